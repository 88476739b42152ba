// What a worker refuses: every broken rule ends in one clear sentence on each side, and takes no more memory
// than the protocol allows.

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <new>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <openssl/ssl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/core/log.h"
#include "engine/remote/objects/manifest.h"
#include "engine/remote/protocol/messages.h"
#include "tests/engine/remote/client/worker_with_home.h"
#include "tests/engine/remote/server/raw_client.h"
#include "tests/support/test_support.h"

namespace {
std::atomic<std::size_t> largestAllocation{0};
} // namespace

#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void* operator new(std::size_t size) {
    for (auto seen = largestAllocation.load();
         size > seen && !largestAllocation.compare_exchange_weak(seen, size);) {
    }
    if (void* const made = std::malloc(size)) return made;
    throw std::bad_alloc();
}
void operator delete(void* made) noexcept {
    std::free(made);
}
void operator delete(void* made, std::size_t) noexcept {
    std::free(made);
}
#endif

namespace balmer::test {
namespace {

using core::ErrorCode;
using remote::FrameType;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Bytes of this process that lie in memory.
std::size_t residentBytes() {
    ::malloc_trim(0);
    std::ifstream in("/proc/self/statm");
    std::size_t all = 0, resident = 0;
    in >> all >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

long since(Clock::time_point begin) {
    return std::chrono::duration_cast<milliseconds>(Clock::now() - begin).count();
}

std::string keyOf(unsigned number) {
    std::string key(16, 'k');
    std::memcpy(key.data(), &number, sizeof number);
    return key;
}

std::string digestBytes(const remote::ObjectId& id) {
    return remote::digestToBytes(id).value_or("");
}

/// An object of given content, as an upload needs it.
struct Sample {
    std::string bytes;
    remote::Manifest manifest;
    remote::ObjectId id;
    explicit Sample(std::string content) : bytes(std::move(content)) {
        manifest.size = bytes.size();
        for (std::size_t at = 0; at < bytes.size(); at += remote::chunkSize)
            manifest.chunks.push_back(core::digestBytesOf(
                std::as_bytes(std::span(bytes))
                    .subspan(at, std::min<std::size_t>(remote::chunkSize, bytes.size() - at))));
        id = remote::objectIdOf(manifest);
    }
    remote::wire::Request offer() const {
        remote::wire::Request request;
        request.mutable_offer()->set_object(digestBytes(id));
        auto& to = *request.mutable_offer()->mutable_manifest();
        to.set_bytes(manifest.size);
        for (const auto& digest : manifest.chunks)
            to.mutable_chunks()->append(reinterpret_cast<const char*>(digest.data()), digest.size());
        return request;
    }
    remote::wire::Request put(std::uint32_t chunk, std::uint32_t size) const {
        remote::wire::Request request;
        request.mutable_put()->set_object(digestBytes(id));
        request.mutable_put()->set_chunk(chunk);
        request.mutable_put()->set_bytes(size);
        return request;
    }
};

remote::wire::Request submission(unsigned key, const std::string& spec,
                                 const std::vector<const Sample*>& inputs = {}) {
    remote::wire::Request request;
    auto& submit = *request.mutable_submit();
    submit.set_key(keyOf(key));
    submit.set_spec(spec);
    for (const auto* input : inputs) {
        auto& entry = *submit.add_inputs();
        entry.set_name("data-" + std::to_string(submit.inputs_size()));
        entry.set_object(digestBytes(input->id));
        entry.set_bytes(input->bytes.size());
    }
    return request;
}

class Refusals : public ::testing::Test {
  protected:
    TemporaryFolder folder_;
    std::unique_ptr<RunningWorker> worker_;

    std::filesystem::path log_ = folder_ / "log";
    std::streamoff read_ = 0; // bytes of the log that were asked for already

    void SetUp() override { core::log::alsoTo(log_); }

    void start(RunningWorker::Options options = {}) {
        worker_.reset();
        worker_ = std::make_unique<RunningWorker>(folder_ / "worker", options);
    }
    /// What the worker has logged since it was asked last; waits for the words.
    std::string logged(const std::string& words) {
        std::string all;
        for (int i = 0; i < 15000; ++i) {
            std::ifstream file(log_, std::ios::binary);
            file.seekg(read_);
            all.assign(std::istreambuf_iterator<char>(file), {});
            if (all.find(words) != std::string::npos) break;
            std::this_thread::sleep_for(milliseconds(20));
        }
        read_ += static_cast<std::streamoff>(all.size());
        return all;
    }
    std::unique_ptr<RawClient> meet() {
        auto client = RawClient::toSocket(worker_->socket());
        const auto met = client->shakeHands();
        EXPECT_TRUE(met) << why(met);
        return client;
    }
    std::unique_ptr<RawClient> meetAs(const std::string& user) {
        const auto token =
            remote::workerToken(worker_->folder(), user); // read by the worker at each connection
        auto client = RawClient::toPort(worker_->tcpPort());
        const auto met = client->shakeHands(token.value_or(""));
        EXPECT_TRUE(met) << why(met);
        return client;
    }
    /// The connection ends with these words, which the worker's log has, too; another client is served.
    void expectEnded(RawClient& client, const std::string& words) {
        EXPECT_THAT(client.lastWords(), HasSubstr(words));
        EXPECT_THAT(logged(words), HasSubstr(words));
        EXPECT_TRUE(meet()->alive());
    }
    RawClient::Answer upload(RawClient& client, const Sample& sample) {
        auto answer = client.ask(sample.offer());
        for (std::uint32_t chunk = 0; chunk < sample.manifest.chunks.size() && !answer.problem; ++chunk) {
            const auto bytes = sample.bytes.substr(std::size_t{chunk} * remote::chunkSize, remote::chunkSize);
            const auto stream = client.begin(sample.put(chunk, static_cast<std::uint32_t>(bytes.size())));
            for (std::size_t at = 0; at < bytes.size(); at += remote::dataFrameSize)
                client.send(FrameType::Data, at + remote::dataFrameSize >= bytes.size() ? remote::flagEnd : 0,
                            stream, bytes.substr(at, remote::dataFrameSize));
            answer = client.answer(stream);
        }
        return answer;
    }
};

TEST_F(Refusals, WorkerThatIsToldToEndAtOnceEnds) {
    for (int i = 0; i < 20; ++i)
        start(); // and ends the one before, whatever its first coroutines wait for
}

// --------------------------------------------------------------------------------------------------------
// who it is

TEST_F(Refusals, WrongTokenAndNoToken) {
    start({.tcp = true});
    (void)remote::workerToken(worker_->folder(), "tester");
    const auto wrong = RawClient::toPort(worker_->tcpPort())->shakeHands(std::string(64, '1'));
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().describe(), HasSubstr("token"));
    EXPECT_THAT(logged("refused"), HasSubstr("token"));
    const auto none = RawClient::toPort(worker_->tcpPort())->shakeHands();
    ASSERT_FALSE(none);
    EXPECT_THAT(none.error().describe(), HasSubstr("token"));
}

TEST_F(Refusals, CertificateThatIsNotPinnedOnEitherSide) {
    start({.tls = true});
    Home home(folder_ / "home");
    const remote::WorkerProbe probe(home.connect());
    const auto otherWorker = probe.ask({"lab", worker_->tlsUrl(), {}, std::string(64, '0'), 4});
    ASSERT_FALSE(otherWorker);
    EXPECT_THAT(otherWorker.error().describe(), HasSubstr("not the one that it was paired with"));
    (void)logged("refused");
    const auto unpaired = probe.ask(
        {"lab", worker_->tlsUrl(), {}, remote::workerFingerprint(worker_->folder()).value_or(""), 4});
    ASSERT_FALSE(unpaired);
    EXPECT_THAT(unpaired.error().describe(), HasSubstr("pair"));
    EXPECT_THAT(logged("refused"), HasSubstr("pair"));
}

TEST_F(Refusals, ClientOfTls12) {
    start({.tls = true});
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    EXPECT_THAT(RawClient::toTls(worker_->tlsPort(), context)->tlsFailure(), HasSubstr("protocol version"));
    EXPECT_THAT(logged("refused"), HasSubstr("TLS 1.3"));
}

TEST_F(Refusals, ClientWithoutCertificate) {
    start({.tls = true});
    EXPECT_THAT(RawClient::toTls(worker_->tlsPort(), SSL_CTX_new(TLS_client_method()))->tlsFailure(),
                HasSubstr("certificate required"));
    EXPECT_THAT(logged("refused"), HasSubstr("no certificate"));
}

TEST_F(Refusals, RecordedHandshake) {
    start({.tcp = true});
    const auto good = meetAs("tester");
    ASSERT_TRUE(good->alive());
    const auto replayed = RawClient::toPort(worker_->tcpPort());
    replayed->send(good->sent());
    EXPECT_THAT(logged("refused"), AnyOf(HasSubstr("token"), HasSubstr("proof")));
    EXPECT_TRUE(good->alive());
}

TEST_F(Refusals, OtherMajorVersion) {
    start();
    const auto client = RawClient::toSocket(worker_->socket());
    client->send(remote::encode(remote::Preface{7, 2}));
    remote::wire::Hello hello;
    hello.set_oldest_major(7);
    hello.set_newest_major(7);
    hello.set_nonce(std::string(32, 'n'));
    client->send(FrameType::Hello, 0, 0, hello.SerializeAsString());
    const auto log = logged("refused");
    EXPECT_THAT(log, AllOf(HasSubstr("version"), HasSubstr("7"), HasSubstr("1")));
}

TEST_F(Refusals, OtherProtocol) {
    start();
    const auto client = RawClient::toSocket(worker_->socket());
    const std::string words = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    client->send(std::as_bytes(std::span(words)));
    EXPECT_THAT(logged("refused"), HasSubstr("does not speak Balmer's protocol"));
}

// --------------------------------------------------------------------------------------------------------
// frames

TEST_F(Refusals, LengthOfFourGibibytes) {
    start();
    const auto early = RawClient::toSocket(worker_->socket());
    const auto late = meet();
    largestAllocation = 0;
    early->send(remote::encode(remote::Preface{}));
    early->sendHeader(0xffffffffu, 1, 0, 0);
    EXPECT_THAT(logged("refused"), HasSubstr("4294967295 bytes"));
    late->sendHeader(0xffffffffu, 16, 0, 1);
    EXPECT_THAT(late->lastWords(), HasSubstr("4294967295 bytes"));
    EXPECT_THAT(logged("was ended"), HasSubstr("4294967295 bytes"));
    EXPECT_LT(largestAllocation, 1u << 20);
    EXPECT_TRUE(meet()->alive());
}

TEST_F(Refusals, UnknownFrames) {
    start();
    const auto client = meet();
    client->send(static_cast<FrameType>(77), remote::flagOptional, 5, std::string(1000, 'x'));
    EXPECT_TRUE(client->alive()) << "an optional one is skipped";
    client->send(static_cast<FrameType>(77), 0, 5, "x");
    expectEnded(*client, "not known");
}

TEST_F(Refusals, FramesThatAreNotTheClients) {
    start();
    for (const auto type : {FrameType::Hello, FrameType::Welcome, FrameType::Response, FrameType::Event}) {
        const auto client = meet();
        client->send(type, 0, type == FrameType::Response || type == FrameType::Event ? 1 : 0, "");
        EXPECT_THAT(client->lastWords(), ::testing::Not(AnyOf(IsEmpty(), StartsWith("(open)"))));
    }
}

TEST_F(Refusals, MessagesThatUnfold) {
    start();
    // Groups in groups of a field that nobody knows.
    std::string nested(1u << 20, static_cast<char>(0xa3));
    for (std::size_t i = 1; i < nested.size(); i += 2)
        nested[i] = 0x06; // field 100, begin of a group, in two bytes
    // A parcel of half a million nameless files: two bytes each here, forty in memory.
    std::string files;
    for (int i = 0; i < 500'000; ++i)
        files += std::string("\x1a\x00", 2);
    std::string bomb = "\x12";
    for (auto left = files.size();; left >>= 7) {
        bomb += static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
        if (left <= 0x7f) break;
    }
    bomb += files;
    for (const auto& payload : {nested, bomb}) {
        const auto client = meet();
        largestAllocation = 0;
        const auto before = residentBytes();
        client->send(FrameType::Request, 0, 1, payload);
        EXPECT_THAT(client->lastWords(), AnyOf(HasSubstr("cannot be decoded"), HasSubstr("parts")));
        EXPECT_LE(largestAllocation, (1u << 20) + 4096);
        EXPECT_LT(residentBytes(), before + (8u << 20));
        EXPECT_THAT(logged("was ended"), HasSubstr("was ended"));
    }
    EXPECT_TRUE(meet()->alive());
}

TEST_F(Refusals, StreamNumbersThatAreEvenOrUsed) {
    start();
    remote::wire::Request request;
    request.mutable_status();
    const auto even = meet();
    even->send(FrameType::Request, 0, 2, request.SerializeAsString());
    expectEnded(*even, "cannot belong to stream 2");
    const auto again = meet();
    EXPECT_TRUE(again->alive());
    again->send(FrameType::Request, 0, 1, request.SerializeAsString());
    expectEnded(*again, "stream 1 after stream 1");
}

TEST_F(Refusals, MoreStreamsThanAllowed) {
    start();
    const auto client = meet();
    ASSERT_TRUE(client->ask(submission(1, R"({"do": "wait"})")).response);
    remote::wire::Request watch;
    watch.mutable_watch()->set_key(keyOf(1));
    for (int i = 0; i < 64; ++i)
        ASSERT_TRUE(client->ask(watch).response) << i;
    const auto answer = client->ask(watch);
    EXPECT_THAT(answer.text(), HasSubstr("more than 64 requests"));
}

// --------------------------------------------------------------------------------------------------------
// data

TEST_F(Refusals, DataThatNobodyWants) {
    start();
    const auto client = meet();
    client->send(FrameType::Data, remote::flagEnd, 1, "data");
    expectEnded(*client, "which wants none");
}

TEST_F(Refusals, DataBeyondTheCredit) {
    start();
    const Sample sample(noise(3 * remote::chunkSize));
    const auto client = meet();
    ASSERT_TRUE(client->ask(submission(1, R"({"do": "copy"})", {&sample})).response);
    ASSERT_TRUE(client->ask(sample.offer()).response);
    // Chunks that are begun and not ended give no credit back.
    const std::string piece(1u << 20, 'x');
    for (std::uint32_t chunk = 0; chunk < 3; ++chunk) {
        const auto stream = client->begin(sample.put(chunk, remote::chunkSize));
        for (int i = 0; i < 3; ++i)
            client->send(FrameType::Data, 0, stream, piece);
    }
    expectEnded(*client, "more data than it had credit for");
}

TEST_F(Refusals, ChunksThatAreNotWhatWasAnnounced) {
    start();
    const Sample sample(noise(300'000));
    const auto begun = [&](std::uint32_t size) {
        auto client = meet();
        EXPECT_TRUE(client->ask(submission(1, R"({"do": "copy"})", {&sample})).response);
        EXPECT_TRUE(client->ask(sample.offer()).response);
        return std::pair(client->begin(sample.put(0, size)), std::move(client));
    };
    auto [longer, first] = begun(1000);
    first->send(FrameType::Data, remote::flagEnd, longer, std::string(1001, 'x'));
    expectEnded(*first, "longer than it was said to be");
    auto [shorter, second] = begun(1000);
    second->send(FrameType::Data, remote::flagEnd, shorter, std::string(999, 'x'));
    expectEnded(*second, "shorter than it was said to be");
    auto [huge, third] = begun(remote::chunkSize + 1);
    expectEnded(*third, "4 MiB at most");
    auto [wrong, fourth] = begun(300'000);
    fourth->send(FrameType::Data, remote::flagEnd, wrong, std::string(300'000, 'x'));
    const auto answer = fourth->answer(wrong);
    ASSERT_TRUE(answer.problem);
    EXPECT_EQ(answer.problem->code(), ErrorCode::Format);
    EXPECT_THAT(answer.text(), HasSubstr("not what its manifest says"));
    EXPECT_FALSE(upload(*fourth, sample).problem) << "the right bytes are taken afterwards";
}

TEST_F(Refusals, MoreChunksAtOnceThanAllowed) {
    start();
    const Sample sample(noise(300'000));
    const auto client = meet();
    ASSERT_TRUE(client->ask(submission(1, R"({"do": "copy"})", {&sample})).response);
    for (int i = 0; i < 9; ++i)
        client->begin(sample.put(0, 1000));
    expectEnded(*client, "more than 8 chunks");
}

TEST_F(Refusals, ObjectThatNoJobWantsAndManifestOfAnother) {
    start();
    const Sample wanted(noise(5000)), stray(noise(5000, 2));
    const auto client = meet();
    ASSERT_TRUE(client->ask(submission(1, R"({"do": "copy"})", {&wanted})).response);
    EXPECT_THAT(client->ask(stray.offer()).text(), HasSubstr("submit the job first"));
    auto mixed = stray.offer();
    mixed.mutable_offer()->set_object(digestBytes(wanted.id));
    EXPECT_THAT(client->ask(mixed).text(), HasSubstr("not that of the object"));
    const auto stream = client->begin(stray.put(0, 5000));
    client->send(FrameType::Data, remote::flagEnd, stream, stray.bytes);
    EXPECT_THAT(client->answer(stream).text(), HasSubstr("submit the job first"));
    EXPECT_TRUE(client->alive());
}

// --------------------------------------------------------------------------------------------------------
// jobs

TEST_F(Refusals, AnotherOwnersJobIsAsIfItDidNotExist) {
    start({.tcp = true});
    const Sample sample(noise(5000));
    const auto mine = meetAs("mine"), other = meetAs("other");
    ASSERT_TRUE(mine->ask(submission(1, R"({"do": "copy"})", {&sample})).response);
    ASSERT_FALSE(upload(*mine, sample).problem);
    ASSERT_TRUE(mine->ask(submission(1, R"({"do": "copy"})", {&sample})).response);
    remote::wire::Request result;
    result.mutable_result()->set_key(keyOf(1));
    auto got = mine->ask(result);
    for (int i = 0; i < 500 && !got.response; ++i) {
        std::this_thread::sleep_for(milliseconds(10));
        got = mine->ask(result);
    }
    ASSERT_TRUE(got.response) << got.text();
    ASSERT_EQ(got.response->result().outputs_size(), 1);

    const auto textFor = [&](unsigned key, auto set) {
        remote::wire::Request request;
        set(request, keyOf(key));
        const auto answer = other->ask(request);
        EXPECT_TRUE(answer.problem);
        auto text = answer.text();
        const auto digits = remote::keyFromBytes(keyOf(key)).value_or("");
        if (const auto at = text.find(digits); at != std::string::npos)
            text.replace(at, digits.size(), "KEY");
        return text;
    };
    const auto same = [&](auto set) { EXPECT_EQ(textFor(1, set), textFor(999, set)); };
    same([](auto& request, const auto& key) { request.mutable_result()->set_key(key); });
    same([](auto& request, const auto& key) { request.mutable_watch()->set_key(key); });
    same([](auto& request, const auto& key) { request.mutable_cancel()->set_key(key); });
    same([](auto& request, const auto& key) { request.mutable_release()->set_key(key); });
    const auto taken = other->ask(submission(1, R"({"do": "copy"})", {&sample}));
    EXPECT_TRUE(taken.problem);
    remote::wire::Request get;
    get.mutable_get()->set_object(got.response->result().outputs(0).object());
    EXPECT_THAT(other->ask(get).text(), HasSubstr("no result of yours"));
    remote::wire::Request manifest;
    manifest.mutable_manifest()->set_object(got.response->result().outputs(0).object());
    EXPECT_THAT(other->ask(manifest).text(), HasSubstr("no result of yours"));
    EXPECT_TRUE(mine->ask(get).response);
}

TEST_F(Refusals, MoreJobsThanOneOwnerMayHave) {
    start({.tcp = true});
    const auto client = meetAs("mine");
    for (unsigned i = 0; i < 32; ++i)
        ASSERT_TRUE(client->ask(submission(i, R"({"do": "wait"})")).response) << i;
    const auto answer = client->ask(submission(32, R"({"do": "wait"})"));
    ASSERT_TRUE(answer.problem);
    EXPECT_EQ(answer.problem->code(), ErrorCode::ResourceExhausted);
    EXPECT_TRUE(client->ask(submission(5, R"({"do": "wait"})")).response) << "a known one is no new one";
    EXPECT_TRUE(meetAs("other")->ask(submission(33, R"({"do": "wait"})")).response);
}

TEST_F(Refusals, SubmissionsThatCannotBe) {
    start();
    const Sample sample(noise(5000));
    const auto client = meet();
    EXPECT_THAT(client->ask(submission(1, R"({"kind": "telepathy"})")).text(), HasSubstr("telepathy"));
    EXPECT_TRUE(client->ask(submission(1, "{not json")).problem);
    EXPECT_THAT(client->ask(submission(1, std::string(300'000, ' '))).text(), HasSubstr("256 KiB"));
    for (const auto& name : {std::string("../../etc/passwd"), std::string("a/b"), std::string(".."),
                             std::string(), std::string("/absolute"), std::string("a\\b"), std::string("CON"),
                             std::string(101, 'a'), std::string("a\n")}) {
        auto request = submission(1, R"({"do": "copy"})", {&sample});
        request.mutable_submit()->mutable_inputs(0)->set_name(name);
        EXPECT_THAT(client->ask(request).text(), HasSubstr("no name that a file of a parcel may have"))
            << name;
    }
    for (const auto& key : {std::string(), std::string(15, 'k'), std::string(17, 'k')}) {
        auto request = submission(1, R"({"do": "copy"})");
        request.mutable_submit()->set_key(key);
        EXPECT_TRUE(client->ask(request).problem);
    }
    auto large = submission(1, R"({"do": "copy"})", {&sample});
    large.mutable_submit()->mutable_inputs(0)->set_bytes(remote::objectSizeLimit + 1);
    EXPECT_THAT(client->ask(large).text(), HasSubstr("register it instead"));
    EXPECT_TRUE(client->ask(remote::wire::Request()).problem) << "a request of no kind";
    EXPECT_THAT(*worker_->journal().list("", 0), IsEmpty());
    EXPECT_TRUE(client->alive());
}

TEST_F(Refusals, SubmissionRepeatedIsOneJob) {
    start();
    const auto trace = (folder_ / "trace").string();
    const auto spec = nlohmann::json{{"do", "copy"}, {"trace", trace}}.dump();
    const auto client = meet();
    for (int i = 0; i < 1000; ++i)
        ASSERT_TRUE(client->ask(submission(1, spec)).response) << i;
    for (int i = 0; i < 100; ++i)
        ASSERT_TRUE(meet()->ask(submission(1, spec)).response) << i;
    const auto other = client->ask(submission(1, R"({"do": "fail"})"));
    EXPECT_THAT(other.text(), HasSubstr("conflict"));
    EXPECT_EQ(worker_->journal().list("", 0)->size(), 1u);
    worker_.reset();
    std::ifstream in(trace);
    EXPECT_EQ(std::count(std::istreambuf_iterator<char>(in), {}, '\n'), 1) << "it ran once";
}

TEST_F(Refusals, ThousandsOfCancelledJobsLeaveNothingBehind) {
    // In memory where that can be: every job is synced several times.
    const std::filesystem::path quick = "/dev/shm";
    const auto folder =
        std::filesystem::is_directory(quick) ? quick / folder_.path().filename() : folder_ / "worker";
    const std::shared_ptr<void> clear(nullptr, [&](void*) {
        worker_.reset();
        std::filesystem::remove_all(folder);
    });
    worker_ = std::make_unique<RunningWorker>(folder, RunningWorker::Options{.slots = 1});
    const auto client = meet();
    const auto before = residentBytes();
    const auto begin = Clock::now();
    constexpr unsigned count = 2000;
    for (unsigned i = 0; i < count; ++i) {
        ASSERT_TRUE(client->ask(submission(i, R"({"do": "wait"})")).response) << i;
        remote::wire::Request cancel;
        cancel.mutable_cancel()->set_key(keyOf(i));
        ASSERT_TRUE(client->ask(cancel).response) << i;
        // What waits is bounded, so the next ones may have to wait until the last one has gone.
        if (i % 16 == 15)
            while (worker_->journal().unfinished()->size() > 8)
                std::this_thread::sleep_for(milliseconds(2));
    }
    while (!worker_->journal().unfinished()->empty() && since(begin) < 300'000)
        std::this_thread::sleep_for(milliseconds(5));
    const auto grown = static_cast<long>(residentBytes()) - static_cast<long>(before);
    std::cout << "  " << count << " jobs submitted and cancelled in " << since(begin)
              << " ms, memory grew by " << grown / 1024 << " KiB\n";
    EXPECT_THAT(*worker_->journal().unfinished(), IsEmpty());
    EXPECT_LT(grown, 32 << 20);
    EXPECT_TRUE(std::filesystem::is_empty(folder / "jobs"));
    ASSERT_TRUE(client->ask(submission(count, R"({"do": "copy"})")).response);
}

// --------------------------------------------------------------------------------------------------------
// many, and slow

TEST_F(Refusals, ThousandSilentConnectionsEndAndHinderNobody) {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 8192);
    ::setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < 2200) GTEST_SKIP() << "this user may open " << files.rlim_cur << " files only";
    start({.tcp = true, .handshake = milliseconds(2000)});
    (void)remote::workerToken(worker_->folder(), "tester");
    for (const bool local : {true, false}) {
        const auto before = residentBytes();
        std::vector<std::unique_ptr<RawClient>> silent;
        const auto begin = Clock::now();
        for (int i = 0; i < 1000; ++i)
            silent.push_back(local ? RawClient::toSocket(worker_->socket())
                                   : RawClient::toPort(worker_->tcpPort()));
        const auto good = Clock::now();
        ASSERT_TRUE((local ? meet() : meetAs("tester"))->alive());
        const auto took = since(good);
        const auto grown = static_cast<long>(residentBytes()) - static_cast<long>(before);
        const auto open = std::count_if(silent.begin(), silent.end(), [](const auto& each) {
            return !each->endsWithin(milliseconds(5000));
        });
        EXPECT_EQ(open, 0) << "of 1000";
        std::cout << "  " << (local ? "Unix socket" : "TCP") << ": a good client was served within " << took
                  << " ms beside 1000 silent ones (goal 200), which were all closed after " << since(begin)
                  << " ms (limit 2000); memory grew by " << grown / 1024 << " KiB\n";
        EXPECT_LT(took, 60'000);
    }
}

TEST_F(Refusals, ReaderThatStopsReadingIsBounded) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's own memory would be measured";
#endif
    start({.slots = 1});
    // A result of four chunks, and a job with many events.
    const Sample sample(noise(4 * remote::chunkSize));
    const auto first = meet();
    ASSERT_TRUE(first->ask(submission(1, R"({"do": "copy", "lines": 20000})", {&sample})).response);
    ASSERT_FALSE(upload(*first, sample).problem);
    ASSERT_TRUE(first->ask(submission(1, R"({"do": "copy", "lines": 20000})", {&sample})).response);
    remote::wire::Request result;
    result.mutable_result()->set_key(keyOf(1));
    auto got = first->ask(result);
    for (int i = 0; i < 3000 && !got.response; ++i) {
        std::this_thread::sleep_for(milliseconds(10));
        got = first->ask(result);
    }
    ASSERT_TRUE(got.response) << got.text();
    const auto before = residentBytes();
    constexpr std::size_t count = 20;
    std::vector<std::unique_ptr<RawClient>> stuck;
    for (std::size_t i = 0; i < count; ++i) {
        auto client = meet();
        ASSERT_TRUE(client->ask(result).response);
        // More credit than it will ever take.
        client->send(FrameType::Credit, 0, 0, std::string("\x00\x00\x00\x03", 4));
        for (std::uint32_t each = 0; each < 60; ++each) {
            remote::wire::Request request;
            if (each % 3 == 0) {
                request.mutable_watch()->set_key(keyOf(1));
            } else if (each % 3 == 1) {
                request.mutable_list();
            } else {
                request.mutable_get()->set_object(got.response->result().outputs(0).object());
                request.mutable_get()->set_chunk(each % 4);
            }
            client->begin(request);
        }
        stuck.push_back(std::move(client));
    }
    std::this_thread::sleep_for(milliseconds(2000));
    const auto grown = static_cast<long>(residentBytes()) - static_cast<long>(before);
    std::cout << "  " << count << " readers that stopped reading: " << grown / 1024 / static_cast<long>(count)
              << " KiB each (limit 16384)\n";
    EXPECT_LT(grown, static_cast<long>(count * (16u << 20)));
    EXPECT_TRUE(meet()->alive());
}

TEST_F(Refusals, RequestsWithoutReadingTheAnswersAreBounded) {
    start();
    const auto before = residentBytes();
    std::vector<std::unique_ptr<RawClient>> stuck;
    // Manifests of 1 MiB, which are refused; nobody reads the refusals.
    remote::wire::Request request;
    request.mutable_offer()->set_object(std::string(32, 'x'));
    request.mutable_offer()->mutable_manifest()->set_bytes(100);
    request.mutable_offer()->mutable_manifest()->set_chunks(std::string(1'000'000, 'x'));
    for (int i = 0; i < 10; ++i) {
        stuck.push_back(meet());
        for (int each = 0; each < 60; ++each)
            stuck.back()->begin(request);
    }
    const auto grown = static_cast<long>(residentBytes()) - static_cast<long>(before);
    std::cout << "  10 clients with 60 large requests each: " << grown / 10240 << " KiB each\n";
    EXPECT_LT(grown, 10l * (16 << 20));
    EXPECT_TRUE(meet()->alive());
}

// --------------------------------------------------------------------------------------------------------
// full

TEST_F(Refusals, ObjectBeyondTheQuota) {
    start({.quotaGibibyte = 1});
    Sample sample(noise(5000));
    sample.manifest.size = std::uint64_t{2} << 30;
    sample.manifest.chunks.assign(512, sample.manifest.chunks[0]);
    sample.id = remote::objectIdOf(sample.manifest);
    const auto client = meet();
    ASSERT_TRUE(client->ask(submission(1, R"({"do": "copy"})", {&sample})).response);
    const auto answer = client->ask(sample.offer());
    ASSERT_TRUE(answer.problem);
    EXPECT_EQ(answer.problem->code(), ErrorCode::ResourceExhausted);
    EXPECT_THAT(answer.text(), HasSubstr("balmer-worker gc"));
    const Sample small(noise(5000));
    ASSERT_TRUE(client->ask(submission(2, R"({"do": "copy"})", {&small})).response);
    EXPECT_FALSE(upload(*client, small).problem);
}

TEST_F(Refusals, FullDisk) {
    const auto disk = folder_ / "disk";
    std::filesystem::create_directories(disk);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=12m,mode=0700") != 0)
        GTEST_SKIP() << "this user may not mount a small file system";
    const std::shared_ptr<void> unmount(nullptr, [&](void*) {
        worker_.reset();
        ::umount2(disk.c_str(), MNT_DETACH);
    });
    worker_ = std::make_unique<RunningWorker>(disk / "worker", RunningWorker::Options{});
    const auto client = meet();
    const Sample large(noise(5 * remote::chunkSize));
    ASSERT_TRUE(client->ask(submission(1, R"({"do": "copy"})", {&large})).response);
    const auto answer = upload(*client, large);
    ASSERT_TRUE(answer.problem) << "20 MiB do not fit into 12";
    std::cout << "  a full disk: " << answer.text() << "\n";
    EXPECT_THAT(answer.text(), AnyOf(HasSubstr("disk"), HasSubstr("space")));
    for (const auto& each : std::filesystem::recursive_directory_iterator(disk / "worker" / "objects"))
        EXPECT_NE(each.path().filename().string(), large.id) << "nothing half-written has its final name";
    EXPECT_TRUE(client->alive());
}

} // namespace
} // namespace balmer::test
