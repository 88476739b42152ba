#include "tests/support/peer_process.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <set>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <thread>

extern char** environ;

namespace balmer::test {

PeerProcess::PeerProcess(const std::vector<std::string>& arguments,
                         const std::map<std::string, std::string>& environment, std::filesystem::path log)
    : log_(std::move(log)) {
    std::vector<std::string> words{"/usr/bin/setpriv", "--pdeathsig", "TERM", "--"}, variables;
    words.insert(words.end(), arguments.begin(), arguments.end());
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string variable = *entry;
        if (environment.count(variable.substr(0, variable.find('='))) == 0) variables.push_back(variable);
    }
    for (const auto& [name, value] : environment)
        variables.push_back(name + "=" + value);
    std::vector<char*> argv, envp;
    for (auto& word : words)
        argv.push_back(word.data());
    for (auto& variable : variables)
        envp.push_back(variable.data());
    argv.push_back(nullptr);
    envp.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    if (::posix_spawn(&pid_, argv[0], &actions, &attributes, argv.data(), envp.data()) != 0) pid_ = -1;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
}

PeerProcess::~PeerProcess() {
    stop();
}

void PeerProcess::stop() {
    end(SIGTERM, 5);
    end(SIGKILL, 60);
}

void PeerProcess::kill() {
    end(SIGKILL, 60);
}

void PeerProcess::end(int signal, int seconds) {
    if (pid_ <= 0) return;
    ::kill(-pid_, signal);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (running() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

bool PeerProcess::running() {
    if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) {
        ::kill(-pid_, SIGKILL); // what it has left behind
        pid_ = -1;
    }
    return pid_ > 0;
}

std::string PeerProcess::log() const {
    std::ostringstream all;
    all << std::ifstream(log_).rdbuf();
    return all.str();
}

std::string
missingPackages(const std::vector<std::pair<std::filesystem::path, std::string>>& filesAndPackages) {
    std::set<std::string> packages;
    std::error_code ignored;
    for (const auto& [file, package] : filesAndPackages)
        if (!std::filesystem::exists(file, ignored)) packages.insert(package);
    std::string text;
    for (const auto& package : packages)
        text += (text.empty() ? "missing here: the package " : ", ") + package;
    return text;
}

} // namespace balmer::test
