#include "tests/end_to_end/remote_home.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace balmer::test {
namespace {

constexpr auto limit = std::chrono::minutes(10);

/// The text between what comes before and the next space or line's end.
std::string wordAfter(const std::string& text, const std::string& before) {
    const auto at = text.find(before);
    if (at == std::string::npos) return {};
    const auto from = at + before.size();
    return text.substr(from, text.find_first_of(" ,\n", from) - from);
}

/// The process that listens on a Unix socket; 0 where none does.
pid_t listenerOf(const std::filesystem::path& path) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        peer.pid = 0;
    ::close(socket);
    return peer.pid;
}

} // namespace

RunningWorker::RunningWorker(const std::filesystem::path& folder)
    : process_({BALMER_WORKER_COMMAND, "--folder", folder.string(), "--listen-tcp", "127.0.0.1:0",
                "--listen-tls", "127.0.0.1:0"}) {
    if (!process_.says(", certificate ", limit)) return;
    socket_ = wordAfter(process_.said(), "listening on unix:");
    tcpPort_ = static_cast<std::uint16_t>(std::atoi(wordAfter(process_.said(), "tcp port ").c_str()));
    tlsPort_ = static_cast<std::uint16_t>(std::atoi(wordAfter(process_.said(), "tls port ").c_str()));
}

void RunningWorker::kill() {
    process_.kill();
    process_.wait(limit);
}

RemoteHome::RemoteHome() {
    for (const auto& [variable, name] : {std::pair("XDG_CONFIG_HOME", "config"),
                                         {"XDG_DATA_HOME", "data"},
                                         {"XDG_CACHE_HOME", "cache"},
                                         {"XDG_STATE_HOME", "state"}}) {
        std::filesystem::create_directories(folder_ / name);
        ::setenv(variable, (folder_ / name).c_str(), 1);
    }
    // Stands in for ssh: drops its options and the host, and runs the command here.
    const auto script = folder_ / "ssh";
    std::ofstream(script) << "#!/bin/sh\n"
                             "while [ $# -gt 0 ]; do\n"
                             "    case \"$1\" in -o | -p) shift 2 ;; -*) shift ;; *) break ;; esac\n"
                             "done\n"
                             "shift\n"
                             "exec \"$@\"\n";
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    ::setenv("BALMER_SSH", script.c_str(), 1);
}

RemoteHome::~RemoteHome() {
    endWorkerOfSsh();
}

void RemoteHome::endWorkerOfSsh() const {
    const auto socket = folder_ / "data/balmer/worker/run/socket";
    const auto process = listenerOf(socket);
    if (process <= 0) return;
    ::kill(process, SIGTERM);
    const auto until = std::chrono::steady_clock::now() + limit;
    while (::kill(process, 0) == 0 && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_NE(::kill(process, 0), 0) << "the worker that ssh started did not end when asked to";
}

RunningWorker& RemoteHome::startWorker() {
    worker_ = std::make_unique<RunningWorker>(workerFolder());
    EXPECT_TRUE(worker_->up()) << "balmer-worker does not say what it listens on";
    return *worker_;
}

void RemoteHome::restartWorker() {
    if (worker_) worker_->kill();
    startWorker();
}

std::string RemoteHome::ask(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command{BALMER_WORKER_COMMAND, "--folder", workerFolder().string()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto result = runProcess(command, limit);
    EXPECT_EQ(result.exitStatus, 0) << result.describe();
    return result.standardOutput.substr(0, result.standardOutput.find('\n'));
}

std::filesystem::path RemoteHome::fileWith(const std::string& secret) const {
    const auto file = folder() / "secret";
    std::ofstream(file) << secret << "\n";
    return file;
}

void RemoteHome::add(const BalmerSession& session, Way way) {
    if (way != Way::Ssh && !worker_) startWorker();
    switch (way) {
    case Way::Unix:
        session.succeed({"worker", "add", "lab", "unix:" + worker_->socket()});
        return;
    case Way::Tcp:
        session.succeed({"worker", "add", "lab", "tcp://127.0.0.1:" + std::to_string(worker_->tcpPort()),
                         "--token-file", fileWith(ask({"token"})).string()});
        return;
    case Way::Tls: {
        const auto added = session.succeed(
            {"worker", "add", "lab", "tls://127.0.0.1:" + std::to_string(worker_->tlsPort())});
        EXPECT_EQ(added.value("paired", true), false);
        session.succeed({"worker", "pair", "lab", "--code-file", fileWith(ask({"pair"})).string()});
        return;
    }
    case Way::Ssh:
        session.succeed({"worker", "add", "lab", std::string("ssh://elsewhere") + BALMER_WORKER_COMMAND});
        return;
    }
}

void importMatrix(const BalmerSession& session, std::size_t rows) {
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(rows, {"a", "b"})).string(), "--name", "m"});
}

nlohmann::json comparable(nlohmann::json result) {
    for (const char* own : {"seconds", "place", "sent_bytes"})
        result.erase(own);
    return result;
}

bool ended(const nlohmann::json& job) {
    const auto phase = job.value("phase", "");
    return phase == "COMPLETED" || phase == "ERROR" || phase == "ABORTED";
}

nlohmann::json waitForPhase(const BalmerSession& session, const std::string& phase) {
    const auto until = std::chrono::steady_clock::now() + limit;
    nlohmann::json seen;
    while (std::chrono::steady_clock::now() < until) {
        const auto jobs = session.run({"jobs"}).json();
        if (jobs.is_object() && jobs.contains("jobs") && !jobs["jobs"].empty() &&
            jobs["jobs"][0].value("kind", "") == "som") { // newest first
            seen = jobs["jobs"][0];
            if (seen.value("phase", "") == phase) return seen;
            if (ended(seen)) break;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    ADD_FAILURE() << "the map's job never was " << phase << ": " << seen.dump();
    return seen;
}

} // namespace balmer::test
