#include "tests/support/command_line.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace balmer::test {

nlohmann::json ProcessResult::json() const {
    return nlohmann::json::parse(standardOutput, nullptr, false);
}

std::string ProcessResult::describe() const {
    std::string text = timedOut ? "it ran past its time limit" : "exit status " + std::to_string(exitStatus);
    if (signal != 0) text += ", ended by signal " + std::to_string(signal);
    return text + "\n--- standard output\n" + standardOutput.substr(0, 4000) + "\n--- standard error\n" +
           standardError.substr(0, 4000);
}

BackgroundProcess::BackgroundProcess(const std::vector<std::string>& arguments,
                                     const std::map<std::string, std::string>& environment) {
    std::array<int, 2> out{}, err{};
    if (::pipe2(out.data(), O_CLOEXEC) != 0) return;
    if (::pipe2(err.data(), O_CLOEXEC) != 0) {
        ::close(out[0]);
        ::close(out[1]);
        return;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);

    std::vector<std::string> variables;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string variable = *entry;
        if (environment.count(variable.substr(0, variable.find('='))) == 0) variables.push_back(variable);
    }
    for (const auto& [name, value] : environment)
        variables.push_back(name + "=" + value);
    std::vector<char*> argv, envp;
    for (const auto& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    for (const auto& variable : variables)
        envp.push_back(const_cast<char*>(variable.c_str()));
    argv.push_back(nullptr);
    envp.push_back(nullptr);
    const int failure = ::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(out[1]);
    ::close(err[1]);
    out_ = out[0];
    err_ = err[0];
    if (failure != 0) {
        pid_ = -1;
        result_.standardError = "cannot start " + arguments[0] + ": " + std::strerror(failure);
    }
}

BackgroundProcess::~BackgroundProcess() {
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    if (out_ >= 0) ::close(out_);
    if (err_ >= 0) ::close(err_);
}

void BackgroundProcess::kill() {
    signal(SIGKILL);
}

void BackgroundProcess::signal(int number) {
    if (pid_ > 0) ::kill(pid_, number);
}

bool BackgroundProcess::says(const std::string& text, std::chrono::seconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (result_.standardOutput.find(text) == std::string::npos) {
        if (out_ < 0 || std::chrono::steady_clock::now() > deadline) return false;
        drain(20);
    }
    return true;
}

void BackgroundProcess::drain(int milliseconds) {
    std::array<pollfd, 2> watched{{{out_, POLLIN, 0}, {err_, POLLIN, 0}}};
    if (out_ < 0 && err_ < 0) {
        ::poll(nullptr, 0, milliseconds);
        return;
    }
    if (::poll(watched.data(), watched.size(), milliseconds) <= 0) return;
    for (auto& [descriptor, events, happened] : watched) {
        if (descriptor < 0 || (happened & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
        std::array<char, 65536> buffer{};
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        int& own = descriptor == out_ ? out_ : err_;
        std::string& text = descriptor == out_ ? result_.standardOutput : result_.standardError;
        if (got > 0) {
            text.append(buffer.data(), static_cast<std::size_t>(got));
        } else if (got == 0 || errno != EINTR) {
            ::close(own);
            own = -1;
        }
    }
}

ProcessResult BackgroundProcess::wait(std::chrono::seconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (pid_ > 0) {
        drain(20);
        int status = 0;
        const bool ended = ::waitpid(pid_, &status, WNOHANG) == pid_;
        if (!ended) {
            if (std::chrono::steady_clock::now() > deadline && !result_.timedOut) {
                result_.timedOut = true;
                kill();
            }
            continue;
        }
        pid_ = -1;
        if (WIFEXITED(status)) result_.exitStatus = WEXITSTATUS(status);
        if (WIFSIGNALED(status)) result_.signal = WTERMSIG(status);
    }
    // What it wrote last is still in the pipes; a grandchild that holds them open is not waited for.
    for (int round = 0; round < 50 && (out_ >= 0 || err_ >= 0); ++round)
        drain(20);
    return result_;
}

ProcessResult runProcess(const std::vector<std::string>& arguments, std::chrono::seconds limit) {
    return BackgroundProcess(arguments).wait(limit);
}

} // namespace balmer::test
