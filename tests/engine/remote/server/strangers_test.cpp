// Strangers on every way into a worker: silent ones, ones that have it compute for TLS, and ones that guess.
// Beside them an owner's job goes on, another one comes to its end, and the owner is answered.
#include <csignal>
#include <iostream>
#include <map>

#include <openssl/ssl.h>

#include <spawn.h>
#include <sys/wait.h>

#include "engine/remote/server/worker_config.h"
#include "engine/remote/transport/pin_book.h"
#include "engine/remote/transport/tls.h"
#include "tests/engine/remote/server/refusals.h"
#include "tests/support/crowd.h"

namespace balmer::test {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

/// A greeting and a proof that proves nothing.
std::string guess() {
    remote::ClientHandshake::Settings settings;
    settings.software = settings.user = "stranger";
    remote::ClientHandshake handshake(std::move(settings));
    auto bytes = handshake.begin();
    remote::wire::Proof proof;
    proof.set_method(remote::wire::METHOD_TOKEN);
    proof.set_proof(std::string(32, 'x'));
    const auto text = proof.SerializeAsString();
    const auto frame = remote::encodeFrame(remote::FrameType::Proof, 0, 0, std::as_bytes(std::span(text)));
    bytes.insert(bytes.end(), frame.begin(), frame.end());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What a client says first in TLS: a few bytes, for which a server computes a secret and a signature.
std::string tlsGreeting(ssl_ctx_st* context) {
    SSL* const tls = SSL_new(context);
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(tls, BIO_new(BIO_s_mem()), out);
    SSL_set_connect_state(tls);
    (void)SSL_do_handshake(tls);
    std::string words(BIO_ctrl_pending(out), '\0');
    (void)BIO_read(out, words.data(), static_cast<int>(words.size()));
    SSL_free(tls);
    return words;
}

std::string phaseOf(RawClient& client, unsigned key) {
    remote::wire::Request list;
    list.mutable_list();
    const auto answer = client.ask(list);
    if (!answer.response) return answer.text();
    for (const auto& job : answer.response->list().jobs())
        if (job.key() == keyOf(key)) return job.phase();
    return "none";
}

/// A worker that may have so many files and sockets open, strangers on every way into it, and an owner.
void besideStrangers(std::size_t files) {
    const std::size_t strangers = longTests() ? 1200 : 200;
    if (raiseOwnFileLimit(8192) < strangers + 100) GTEST_SKIP() << "this user may open too few files";

    const TemporaryFolder folder;
    const auto worker = folder / "worker", ports = folder / "ports";
    std::vector<std::string> command = {BALMER_TEST_WORKER, worker.string(), "3", std::to_string(files),
                                        ports.string()};
    std::vector<char*> words;
    for (auto& word : command)
        words.push_back(word.data());
    words.push_back(nullptr);
    pid_t process = -1;
    ASSERT_EQ(::posix_spawn(&process, words[0], nullptr, nullptr, words.data(), environ), 0);
    const std::shared_ptr<void> end(nullptr, [&](void*) {
        ::kill(process, SIGKILL);
        ::waitpid(process, nullptr, 0);
    });
    while (!std::filesystem::exists(ports)) {
        ASSERT_EQ(::waitpid(process, nullptr, WNOHANG), 0) << "the worker has ended";
        std::this_thread::sleep_for(milliseconds(10));
    }
    std::uint16_t tcp = 0, tls = 0;
    std::ifstream(ports) >> tcp >> tls;
    const auto token = remote::workerToken(worker, "tester");
    ASSERT_TRUE(token);
    const auto desktop = remote::identityIn(folder / "desktop", "desktop");
    const auto foreign = remote::identityIn(folder / "foreign", "stranger");
    const auto fingerprint = remote::workerFingerprint(worker);
    ASSERT_TRUE(desktop && foreign && fingerprint);
    ASSERT_TRUE(remote::PinBook(worker / "clients").add({"tester", desktop->fingerprint}));
    const auto socket = remote::workerSocket(worker);

    const auto owner = RawClient::toSocket(socket);
    ASSERT_TRUE(owner->shakeHands());
    ASSERT_TRUE(owner->ask(submission(1, R"({"do": "wait"})")).response);

    auto* const strange = remote::newTlsContext(remote::TlsRole::Client, *foreign).value();
    const auto greeting = tlsGreeting(strange);
    SSL_CTX_free(strange);
    const auto each = strangers / 5;
    const Crowd silentTls(portDoor(tls), each), computing(portDoor(tls), each, greeting),
        silent(portDoor(tcp), each), guessing(portDoor(tcp), each, guess()), local(socketDoor(socket), each);
    std::map<std::string, long> longest;
    long refused = 0;
    std::size_t most = 0;
    const auto measured = [&](const std::string& what, auto&& work) {
        const auto begin = Clock::now();
        work();
        longest[what] = std::max(longest[what], since(begin));
    };
    // A new connection from the address of the strangers: who had to give way tries again.
    const auto enter = [&](const std::string& way, auto&& connect) {
        measured("a new one by " + way, [&] {
            while (!connect())
                ++refused;
        });
    };
    const Sample sample(noise(300'000));
    for (unsigned round = 0; round < 20; ++round) {
        measured("a known one", [&] { ASSERT_TRUE(owner->alive()) << "it is not ended"; });
        enter("TCP", [&] {
            const auto another = RawClient::toPort(tcp);
            return another->shakeHands(*token) && another->alive();
        });
        enter("the Unix socket", [&] {
            const auto another = RawClient::toSocket(socket);
            return another->shakeHands() && another->alive();
        });
        enter("TLS", [&] {
            const auto another =
                RawClient::toTls(tls, remote::newTlsContext(remote::TlsRole::Client, *desktop).value(),
                                 remote::knockOf(desktop->fingerprint, *fingerprint));
            return another->tlsFailure().empty() && another->shakeHands() && another->alive();
        });
        most = std::max<std::size_t>(
            most, static_cast<std::size_t>(std::distance(
                      std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/fd"),
                      std::filesystem::directory_iterator())));
        const auto key = round + 2;
        const auto spec = R"({"do": "copy"})";
        ASSERT_TRUE(owner->ask(submission(key, spec, {&sample})).response);
        if (round == 0) {
            ASSERT_TRUE(owner->ask(sample.offer()).response);
            const auto stream = owner->begin(sample.put(0, 300'000));
            owner->send(remote::FrameType::Data, remote::flagEnd, stream, sample.bytes);
            ASSERT_TRUE(owner->answer(stream).response);
            ASSERT_TRUE(owner->ask(submission(key, spec, {&sample})).response);
        }
        while (phaseOf(*owner, key) != "COMPLETED") {
            ASSERT_NE(phaseOf(*owner, key), "ERROR");
            std::this_thread::sleep_for(milliseconds(5));
        }
    }
    const bool goesOn = phaseOf(*owner, 1) == "EXECUTING";
    EXPECT_TRUE(goesOn);
    long worst = 0;
    for (const auto& [what, time] : longest)
        worst = std::max(worst, time);
    testing::Test::RecordProperty("strangers", static_cast<int>(strangers));
    testing::Test::RecordProperty("owner_waited_ms", std::to_string(worst));
    testing::Test::RecordProperty("jobs_ended_by_strangers", goesOn ? 0 : 1);
    EXPECT_LE(most, files * 3 / 4 + 4) << "the rest is for jobs; a few are just being refused";
    std::cout << "  beside " << strangers << " strangers who opened "
              << silentTls.opened() + silent.opened() + local.opened() << " connections in silence, "
              << computing.opened() << " that begin TLS and " << guessing.opened()
              << " to guess, the longest wait in ms for an answer on";
    for (const auto& [what, time] : longest)
        std::cout << " " << what << ": " << time << ";";
    std::cout << " tried again " << refused << " times; the worker had " << most << " of " << files
              << " files and sockets open\n";
}

TEST(Strangers, StopNobodysJob) {
    besideStrangers(4096);
}

TEST(Strangers, StopNobodysJobWhereFewFilesMayBeOpen) {
    besideStrangers(192);
}

} // namespace
} // namespace balmer::test
