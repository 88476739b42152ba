#include "engine/core/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "engine/core/disk.h"
#include "engine/core/standard_streams.h"
#include "engine/core/text_number.h"

namespace balmer::core {

namespace fs = std::filesystem;

namespace {

/// The handle of this process that a name stands for: "-", /dev/stdout, /dev/fd/5.
std::optional<int> ownHandle(const fs::path& target) {
    if (target == "/dev/stdout") return STDOUT_FILENO;
    if (target == "/dev/stderr") return STDERR_FILENO;
    const std::string folder = target.parent_path().string();
    if (folder != "/dev/fd" && folder != "/proc/self/fd") return std::nullopt;
    const auto number = parseInteger(target.filename().string());
    if (!number || *number < 0 || *number > 1'000'000) return std::nullopt;
    return static_cast<int>(*number);
}

/// What the name leads to, which need not be there.
Result<fs::path> endOf(fs::path target) {
    for (int links = 0; links < 40; ++links) {
        std::error_code error;
        const auto next = fs::read_symlink(target, error);
        if (error) return target; // it is not a link
        target = next.is_absolute() ? next : target.parent_path() / next;
    }
    return fail(systemError("write", target, ELOOP));
}

} // namespace

bool OutputFile::isStandardOutput(const fs::path& target) {
    return target == "-" || ownHandle(target) == STDOUT_FILENO;
}

bool OutputFile::isStream(const fs::path& target) {
    struct stat seen {};
    return target == "-" ||
           (::stat(target.c_str(), &seen) == 0 && !S_ISREG(seen.st_mode) && !S_ISDIR(seen.st_mode));
}

Result<OutputFile> OutputFile::open(const fs::path& target) {
    if (target == "-") return OutputFile();
    if (const auto own = ownHandle(target)) {
        const int handle = ::fcntl(*own, F_DUPFD_CLOEXEC, 3);
        if (handle < 0) return fail(systemError("write", target));
        return OutputFile(File(handle, target));
    }
    BALMER_TRY(const auto end, endOf(target));
    struct stat seen {};
    if (::stat(end.c_str(), &seen) != 0) {
        if (errno != ENOENT) return fail(cannotWrite(end));
        BALMER_TRY(auto pending, PendingFile::beside(end, 0666));
        return OutputFile(std::move(pending));
    }
    if (S_ISREG(seen.st_mode)) {
        BALMER_TRY(auto pending, PendingFile::beside(end, 0666));
        (void)::fchmod(pending.file().handle(), seen.st_mode & 07777);
        return OutputFile(std::move(pending));
    }
    if (S_ISDIR(seen.st_mode)) return fail(ErrorCode::Io, end.string() + " is a folder; name a file in it");
    const int handle = disk().open(end.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0);
    if (handle < 0 && errno == ENXIO)
        return fail(ErrorCode::Io,
                    end.string() + (S_ISFIFO(seen.st_mode) ? " is a pipe from which nobody reads"
                                                           : " is a socket or a device that takes nothing"));
    if (handle < 0) return fail(cannotWrite(end));
    return OutputFile(File(handle, end));
}

Status OutputFile::write(std::string_view bytes) {
    if (pending_) return pending_->write(bytes);
    if (through_) return through_->write(bytes);
    writeOutput(bytes);
    return finishOutput();
}

Status OutputFile::finish() {
    if (pending_) return pending_->publish();
    if (!through_) return finishOutput();
    BALMER_CHECK(through_->flush());
    return through_->close();
}

} // namespace balmer::core
