// Remote workers: an upload over TLS on loopback against `openssl s_server` and `s_client` moving the same
// bytes; the time of a small request; what a job costs beyond its own work.
//
// The reference and the upload take turns. The job is empty and run by the tests' child, so its whole time
// from submit to commit is overhead. Usage: remote_benchmark [MiB to upload]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/remote/client/transfer.h"
#include "engine/remote/client/worker_client.h"
#include "tests/engine/remote/client/worker_with_home.h"
#include "tests/support/test_support.h"

namespace balmer {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 3;

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                     values.end());
    return values[values.size() / 2];
}

template <typename R>
void need(const R& result) {
    if (result) return;
    std::cerr << result.error().describe() << "\n";
    std::exit(1);
}

/// Chunks that are all different, so that none is spared.
void writeNoise(const fs::path& file, std::uint64_t chunks, unsigned round) {
    auto chunk = test::noise(remote::chunkSize, round + 1);
    // What s_client reads at once must not begin with one of its commands.
    for (std::size_t at = 0; at < chunk.size(); at += 4096)
        chunk[at] = 'x';
    std::ofstream out(file, std::ios::binary);
    for (std::uint64_t i = 0; i < chunks; ++i) {
        std::memcpy(chunk.data() + 8, &i, sizeof i);
        out.write(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    }
}

bool listens(std::uint16_t port) {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool answered = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    return answered;
}

pid_t begin(const std::string& command) {
    const pid_t child = ::fork();
    if (child == 0) {
        // A standard input that says nothing and does not end: s_server would end with it.
        int silent[2];
        if (::pipe(silent) == 0) ::dup2(silent[0], STDIN_FILENO);
        ::execl("/bin/sh", "sh", "-c", ("exec " + command).c_str(), nullptr);
        ::_exit(127);
    }
    return child;
}

double openSslSeconds(const fs::path& file, const fs::path& pem) {
    const std::uint16_t port = 24433;
    const auto address = "127.0.0.1:" + std::to_string(port);
    // The first connection is the one that asks whether it listens.
    const auto server = begin("openssl s_server -quiet -naccept 2 -accept " + address + " -tls1_3 -cert " +
                              pem.string() + " -key " + pem.string() + " > /dev/null 2>&1");
    for (int i = 0; i < 200 && !listens(port); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const auto start = Clock::now();
    const auto client = begin("openssl s_client -quiet -no_ign_eof -tls1_3 -connect " + address + " < " +
                              file.string() + " > /dev/null 2>&1");
    int how = 0;
    ::waitpid(client, &how, 0);
    ::waitpid(server, &how, 0);
    return secondsSince(start);
}

struct Worker {
    test::TemporaryFolder folder;
    test::RunningWorker running{folder / "worker", {.tls = true, .quotaGibibyte = 64}};
    remote::ClientSettings settings;
    remote::WorkerEntry entry{"lab", running.tlsUrl(), {}, {}, 4};

    Worker() {
        remote::WorkerProbe::Options options;
        options.identity = folder / "identity";
        options.software = "benchmark";
        options.user = "benchmark";
        const auto code = remote::openPairing(running.folder());
        need(code);
        const auto fingerprint = remote::WorkerProbe(options).pair(entry, *code);
        need(fingerprint);
        entry.fingerprint = *fingerprint;
        settings.connector.identity = options.identity;
        settings.software = options.software;
        settings.user = options.user;
    }
    /// Does the work with a client, on this thread.
    template <typename Work>
    void with(Work work) {
        asio::io_context io(1);
        const auto kept = std::make_shared<Work>(std::move(work));
        asio::co_spawn(
            io,
            [this, &io, kept]() -> asio::awaitable<void> {
                auto client = co_await remote::WorkerClient::open(io.get_executor(), entry, settings);
                need(client);
                co_await (*kept)(*client);
                (*client)->close();
            },
            asio::detached);
        io.run();
    }
};

void measureUpload(std::uint64_t mebibytes) {
    const auto chunks = std::max<std::uint64_t>(mebibytes / 4, 1);
    const double bytes = static_cast<double>(chunks * remote::chunkSize);
    std::vector<double> ours, theirs, hashing;
    Worker worker;
    for (unsigned round = 0; round < rounds; ++round) {
        const auto file = worker.folder / "noise";
        writeNoise(file, chunks, round);
        theirs.push_back(openSslSeconds(file, worker.folder / "identity" / "identity.pem"));
        remote::ManifestCache cache(worker.folder / "manifests");
        core::TaskContext task;
        auto start = Clock::now();
        auto measured = remote::measure({{"noise", file}}, cache, task);
        need(measured);
        hashing.push_back(secondsSince(start));
        const auto files = std::make_shared<const std::vector<remote::PackedFile>>(std::move(*measured));
        remote::NamedPool disk(2, "bench");
        worker.with([&](std::shared_ptr<remote::WorkerClient> client) -> asio::awaitable<void> {
            const auto key = std::string(31, '0') + std::to_string(round);
            const std::vector<jobs::ParcelEntry> inputs(1, files->front().entry);
            auto answer = co_await client->submit(key, R"({"do": "copy"})", inputs);
            need(answer);
            start = Clock::now();
            remote::TransferProgress nobody = [](std::uint64_t, std::uint64_t) {};
            auto sent = co_await remote::upload(client, disk, files, answer->missing, nobody);
            need(sent);
            ours.push_back(secondsSince(start));
        });
        disk.join();
    }
    std::cout << "upload of " << bytes / (1 << 20) << " MiB over TLS: " << bytes / median(ours) / 1e6
              << " MB/s; openssl " << bytes / median(theirs) / 1e6 << " MB/s; ratio "
              << median(theirs) / median(ours)
              << " (goal 0.6). Hashing beforehand: " << bytes / median(hashing) / 1e6 << " MB/s\n";
}

void measureRequest() {
    Worker worker;
    std::vector<double> times;
    worker.with([&](std::shared_ptr<remote::WorkerClient> client) -> asio::awaitable<void> {
        for (int i = 0; i < 2000; ++i) {
            const auto start = Clock::now();
            auto status = co_await client->status(std::vector<remote::ObjectId>());
            need(status);
            times.push_back(secondsSince(start));
        }
    });
    std::cout << "a small request over TLS: " << 1e3 * median(times) << " ms (goal 1)\n";
}

void measureJob(const std::string& where) {
    const test::TemporaryFolder folder;
    test::RunningWorker worker(folder / "worker");
    test::Home home(folder / "home");
    home.addWorker("lab", worker.unixUrl());
    std::vector<double> times;
    for (int i = 0; i < 30; ++i) {
        const auto start = Clock::now();
        const auto job = home.wait(home.submit({{"do", "copy"}, {"add", i}}));
        if (job.phase != jobs::Phase::Completed) std::exit(1);
        times.push_back(secondsSince(start));
    }
    std::cout << "an empty job from submit to commit, " << where << ": " << 1e3 * median(times)
              << " ms (goal 100), at most " << 1e3 * *std::max_element(times.begin(), times.end()) << " ms\n";
}

} // namespace
} // namespace balmer

int main(int count, char** words) {
    balmer::measureJob("on the disk for temporary files");
    ::setenv("TMPDIR", "/dev/shm", 1);
    balmer::measureJob("in memory");
    balmer::measureRequest();
    balmer::measureUpload(count > 1 ? std::strtoull(words[1], nullptr, 10) : 1024);
}
