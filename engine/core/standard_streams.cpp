#include "engine/core/standard_streams.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>

#include "engine/core/file.h"
#include "engine/core/mutex.h"

namespace balmer::core {

namespace {

/// Lives as long as the process: whatever ends last may still write.
struct Stream {
    File file;
    Mutex mutex;
    Status became BALMER_GUARDED_BY(mutex) = {};
    bool unread BALMER_GUARDED_BY(mutex) = false; ///< its reader has gone

    void write(std::string_view text) {
        const LockGuard lock(mutex);
        if (unread || !became) return;
        if (auto put = file.write(text); !put) {
            pollfd other{file.handle(), POLLOUT, 0};
            unread = ::poll(&other, 1, 0) > 0 && (other.revents & POLLERR) != 0;
            if (!unread) became = std::move(put);
        }
    }
    Status state() {
        const LockGuard lock(mutex);
        return became;
    }
};

Stream& output() {
    static auto& stream = *new Stream{.file = File(STDOUT_FILENO, "standard output"), .mutex = {}};
    return stream;
}

Stream& errors() {
    static auto& stream = *new Stream{.file = File(STDERR_FILENO, "standard error"), .mutex = {}};
    return stream;
}

} // namespace

void prepareStreams() {
    std::signal(SIGPIPE, SIG_IGN);
    // Opened the wrong way round, so that who uses it is told; the lowest free number is the one.
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(stream, F_GETFD) < 0)
            (void)::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

void writeOutput(std::string_view text) {
    output().write(text);
}

void writeErrors(std::string_view text) {
    errors().write(text);
}

Status finishOutput() {
    return output().state();
}

} // namespace balmer::core
