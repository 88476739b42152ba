#include "engine/remote/server/relay.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/core/file.h"
#include "engine/core/private_file.h"
#include "engine/core/start_thread.h"
#include "engine/remote/server/worker_config.h"

extern char** environ;

namespace balmer::remote {

using core::ErrorCode;
using core::fail;

namespace {

constexpr auto startLimit = std::chrono::seconds(15);

/// −1 where nobody listens.
int connectTo(const std::filesystem::path& path) {
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return -1;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
    ::close(socket);
    return -1;
}

core::Status startWorker(const std::filesystem::path& folder, std::vector<std::string> command) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    const auto log = (folder / "worker.log").string();
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                     0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID); // it outlives the connection that started it
    std::vector<char*> words;
    for (auto& word : command)
        words.push_back(word.data());
    words.push_back(nullptr);
    pid_t child = -1;
    const int failed = ::posix_spawn(&child, words[0], &actions, &attributes, words.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) return fail(ErrorCode::Io, command[0] + " cannot be started: " + std::strerror(failed));
    return {};
}

/// False: the end of this direction.
bool pass(int from, int to) {
    static thread_local std::array<char, 256 << 10> buffer;
    const auto count = ::read(from, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (count <= 0) return false;
    for (ssize_t done = 0; done < count;) {
        const auto written = ::write(to, buffer.data() + done, static_cast<std::size_t>(count - done));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        done += written;
    }
    return true;
}

} // namespace

core::Status relay(const std::filesystem::path& folder, const std::vector<std::string>& start) {
    std::signal(SIGPIPE, SIG_IGN);
    BALMER_CHECK(core::makeFolders(folder.parent_path()));
    BALMER_CHECK(core::preparePrivateFolder(folder));
    const auto path = workerSocket(folder);
    int socket = connectTo(path);
    if (socket < 0) {
        BALMER_CHECK(startWorker(folder, start));
        const auto until = std::chrono::steady_clock::now() + startLimit;
        while (socket < 0 && std::chrono::steady_clock::now() < until) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            socket = connectTo(path);
        }
        if (socket < 0)
            return fail(ErrorCode::DeadlineExceeded,
                        "the worker did not come up; see " + (folder / "worker.log").string());
    }
    // One thread a direction: each may block without holding up the other.
    BALMER_TRY(auto up, core::startThread([socket] {
                   while (pass(STDIN_FILENO, socket)) {
                   }
                   ::shutdown(socket, SHUT_WR);
               }));
    while (pass(socket, STDOUT_FILENO)) {
    }
    // Standard input may never end by itself; the program does.
    up.detach();
    return {};
}

} // namespace balmer::remote
