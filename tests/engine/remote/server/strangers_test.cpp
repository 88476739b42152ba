// Strangers on every way into a worker that may open few files: silent ones before and after TLS, and ones
// that guess. Beside them an owner's job goes on, another one comes to its end, and the owner is answered.
#include <atomic>
#include <csignal>
#include <iostream>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "engine/remote/server/worker_config.h"
#include "tests/engine/remote/server/refusals.h"

namespace balmer::test {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

/// Keeps so many connections open, whatever the worker does: one that was closed is opened again.
class Silent {
  public:
    Silent(std::uint16_t port, std::size_t count) : sockets_(count, -1) {
        thread_ = std::thread([this, port] {
            while (!over_) {
                for (auto& each : sockets_)
                    if (!over_ && !isOpen(each)) each = open(port, each);
                std::this_thread::sleep_for(milliseconds(20));
            }
        });
    }
    ~Silent() {
        over_ = true;
        thread_.join();
        for (const int each : sockets_)
            ::close(each);
    }
    std::size_t opened() const { return opened_; }

  private:
    static bool isOpen(int socket) {
        char byte = 0;
        return socket >= 0 && ::recv(socket, &byte, 1, MSG_DONTWAIT) != 0;
    }
    int open(std::uint16_t port, int before) {
        if (before >= 0) ::close(before);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (made >= 0) (void)::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        ++opened_;
        return made;
    }
    std::vector<int> sockets_;
    std::atomic<bool> over_ = false;
    std::atomic<std::size_t> opened_ = 0;
    std::thread thread_;
};

/// Proves nothing, again and again, over several connections at once.
class Guessing {
  public:
    Guessing(std::uint16_t port, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            threads_.emplace_back([this, port] {
                while (!over_) {
                    (void)RawClient::toPort(port)->shakeHands(std::string(64, '1'));
                    ++guesses_;
                }
            });
    }
    ~Guessing() {
        over_ = true;
        for (auto& each : threads_)
            each.join();
    }
    std::size_t guesses() const { return guesses_; }

  private:
    std::atomic<bool> over_ = false;
    std::atomic<std::size_t> guesses_ = 0;
    std::vector<std::thread> threads_;
};

std::string phaseOf(RawClient& client, unsigned key) {
    remote::wire::Request list;
    list.mutable_list();
    const auto answer = client.ask(list);
    if (!answer.response) return answer.text();
    for (const auto& job : answer.response->list().jobs())
        if (job.key() == keyOf(key)) return job.phase();
    return "none";
}

TEST(Strangers, StopNobodysJob) {
    const std::size_t strangers = longTests() ? 1200 : 200;
    constexpr std::size_t files = 192;
    rlimit own{};
    ::getrlimit(RLIMIT_NOFILE, &own);
    own.rlim_cur = std::min<rlim_t>(own.rlim_max, 8192);
    ::setrlimit(RLIMIT_NOFILE, &own);
    if (own.rlim_cur < strangers + 100) GTEST_SKIP() << "this user may open too few files";

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

    const auto owner = RawClient::toSocket(remote::workerSocket(worker));
    ASSERT_TRUE(owner->shakeHands());
    ASSERT_TRUE(owner->ask(submission(1, R"({"do": "wait"})")).response);

    const Silent beforeTls(tls, strangers / 2), silent(tcp, strangers / 2);
    const Guessing guessing(tcp, 4);
    const Sample sample(noise(300'000));
    long longest = 0, refused = 0;
    std::size_t most = 0;
    for (unsigned round = 0; round < 20; ++round) {
        auto begin = Clock::now();
        ASSERT_TRUE(owner->alive()) << "a connection that is known is not ended";
        longest = std::max(longest, since(begin));
        // A new connection from the address of those who guess: whoever gives way tries again.
        begin = Clock::now();
        while (true) {
            const auto another = RawClient::toPort(tcp);
            if (another->shakeHands(*token) && another->alive()) break;
            ++refused;
        }
        longest = std::max(longest, since(begin));
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
    RecordProperty("strangers", static_cast<int>(strangers));
    RecordProperty("owner_waited_ms", std::to_string(longest));
    RecordProperty("jobs_ended_by_strangers", goesOn ? 0 : 1);
    EXPECT_LE(most, files * 3 / 4) << "the rest is for jobs";
    std::cout << "  beside " << strangers << " silent strangers (" << beforeTls.opened() + silent.opened()
              << " connections) and " << guessing.guesses() << " guesses the owner waited " << longest
              << " ms at most, and tried again " << refused << " times; the worker had " << most << " of "
              << files << " files and sockets open\n";
}

} // namespace
} // namespace balmer::test
