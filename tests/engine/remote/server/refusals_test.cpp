// What a worker refuses: every broken rule ends in one clear sentence on each side, and takes no more memory
// than the protocol allows.
#include <atomic>
#include <cstdlib>
#include <new>

#include <openssl/ssl.h>

#include "tests/engine/remote/server/refusals.h"

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
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

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

} // namespace
} // namespace balmer::test
