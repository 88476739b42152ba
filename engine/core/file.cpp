#include "engine/core/file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/core/disk.h"

namespace balmer::core {

namespace fs = std::filesystem;

namespace {

/// How long a pipe may be without anybody who writes into it, and how often it is looked at; milliseconds.
constexpr int patience = 2000, step = 20;

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string_view remedy(int code) {
    switch (code) {
    case ENOSPC:
        return "; there is no space left on that disk: make room, or choose another one";
    case EDQUOT:
        return "; your quota on that disk is used up: make room, or choose another one";
    case EROFS:
        return "; that disk can only be read: choose another one";
    case EMFILE:
    case ENFILE:
        return "; too many files and connections are open: close some, or raise `ulimit -n`";
    case EACCES:
    case EPERM:
        return "; you may not do that there: check who owns it and its mode";
    case ELOOP:
        return "; it is a link where a file should be";
    case ENOENT:
    case ENOTDIR:
        return "; check the path";
    default:
        return "";
    }
}

bool isFull(int code) {
    return code == ENOSPC || code == EDQUOT || code == EMFILE || code == ENFILE;
}

/// A disk, and a device whose bytes have no end: those of a terminal do, and those of the empty one.
bool neverEnds(int handle, const struct stat& seen) {
    return S_ISBLK(seen.st_mode) ||
           (S_ISCHR(seen.st_mode) && ::isatty(handle) != 1 && seen.st_rdev != makedev(1, 3));
}

Result<File> openWith(const fs::path& path, int flags, unsigned mode) {
    int handle = -1;
    do {
        handle = disk().open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode);
    } while (handle < 0 && errno == EINTR);
    if (handle < 0) return fail(systemError("open", path));
    return File(handle, path);
}

/// Whether there is something in the pipe, or somebody who may write into it; gives them a little time to
/// come.
bool isFed(int handle) {
    int other[2];
    if (::pipe2(other, O_CLOEXEC | O_NONBLOCK) != 0) return false;
    bool fed = false;
    for (int waited = 0; !fed && waited < patience; waited += step) {
        // A copy of one byte, which stays there: 0 means nothing in it and nobody at the other end.
        const auto seen = ::tee(handle, other[1], 1, SPLICE_F_NONBLOCK);
        fed = seen > 0 || (seen < 0 && errno == EAGAIN);
        if (!fed) ::poll(nullptr, 0, step);
    }
    ::close(other[0]);
    ::close(other[1]);
    return fed;
}

} // namespace

Error systemError(std::string_view doing, const fs::path& file, int code) {
    return {code == ENOENT || code == ENOTDIR ? ErrorCode::NotFound
            : isFull(code)                    ? ErrorCode::ResourceExhausted
                                              : ErrorCode::Io,
            "cannot " + std::string(doing) + " " + file.string() + ": " + std::strerror(code) +
                std::string(remedy(code))};
}

Error systemError(std::string_view doing, const fs::path& file) {
    return systemError(doing, file, errno);
}

Error cannotWrite(const fs::path& file) {
    const int code = errno;
    if (code != ENOENT && code != ENOTDIR) return systemError("write", file, code);
    return {ErrorCode::Io, "cannot write " + file.string() + ": there is no folder " +
                               fs::absolute(file).parent_path().string() + "; make it, or choose another"};
}

Result<File> File::open(const fs::path& path, Use use, Links links, unsigned mode) {
    int flags = O_NONBLOCK | (links == Links::Refuse ? O_NOFOLLOW : 0);
    switch (use) {
    case Use::Read:
        flags |= O_RDONLY;
        break;
    case Use::ReadWrite:
        flags |= O_RDWR;
        break;
    case Use::CreateNew:
        flags |= O_RDWR | O_CREAT | O_EXCL;
        break;
    case Use::OpenOrCreate:
        flags |= O_RDWR | O_CREAT;
        break;
    case Use::Append:
        flags |= O_WRONLY | O_CREAT | O_APPEND;
        break;
    }
    return openWith(path, flags, mode);
}

Error notAFile(const fs::path& path) {
    struct stat seen {};
    if (::stat(path.c_str(), &seen) != 0) return systemError("open", path);
    const auto mode = seen.st_mode;
    return {ErrorCode::Io, path.string() + " is " +
                               (S_ISDIR(mode)    ? "a folder"
                                : S_ISSOCK(mode) ? "a socket"
                                : S_ISFIFO(mode) ? "a pipe"
                                                 : "a device") +
                               ", not a file; name a file"};
}

Result<File> File::openNamed(const fs::path& path) {
    struct stat seen {};
    if (path == "-") {
        const int handle = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        if (handle < 0) return fail(systemError("read", "standard input"));
        File standard(handle, "standard input");
        if (::fstat(handle, &seen) == 0 && neverEnds(handle, seen))
            return fail(ErrorCode::Io, "standard input is a device, not a file; name a file");
        return standard;
    }
    // A socket cannot be opened at all, which the system says as "No such device".
    if (::stat(path.c_str(), &seen) == 0 && S_ISSOCK(seen.st_mode)) return fail(notAFile(path));
    BALMER_TRY(auto file, openWith(path, O_RDONLY | O_NONBLOCK, 0));
    if (::fstat(file.handle_, &seen) != 0) return fail(systemError("look at", path));
    if (S_ISDIR(seen.st_mode) || S_ISSOCK(seen.st_mode) || neverEnds(file.handle_, seen))
        return fail(notAFile(path));
    if (S_ISFIFO(seen.st_mode) && !isFed(file.handle_))
        return fail(ErrorCode::Io, path.string() + " is a pipe into which nobody writes");
    return file;
}

File::~File() {
    if (handle_ >= 0) disk().close(handle_);
}

Status File::close() {
    if (const int handle = std::exchange(handle_, -1);
        handle >= 0 && disk().close(handle) != 0 && errno != EINTR)
        return fail(systemError("write", path_));
    return {};
}

Result<FileStamp> File::stamp() const {
    struct stat seen {};
    if (::fstat(handle_, &seen) != 0) return fail(systemError("look at", path_));
    if (!S_ISREG(seen.st_mode))
        return fail(ErrorCode::InvalidArgument, path_.string() + " is not a regular file; name one");
    return FileStamp{seen.st_dev, seen.st_ino, static_cast<std::uint64_t>(seen.st_size),
                     nanoseconds(seen.st_mtim), nanoseconds(seen.st_ctim)};
}

bool File::isRegular() const {
    struct stat seen {};
    return ::fstat(handle_, &seen) == 0 && S_ISREG(seen.st_mode);
}

Result<std::size_t> File::read(std::span<std::byte> buffer) const {
    while (true) {
        const auto got = disk().read(handle_, buffer.data(), buffer.size());
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno == EAGAIN) {
            pollfd polled{handle_, POLLIN, 0};
            ::poll(&polled, 1, -1);
        } else if (errno != EINTR) {
            return fail(systemError("read", path_));
        }
    }
}

Status File::write(std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
        const auto put = disk().write(handle_, bytes.data(), bytes.size());
        if (put >= 0) {
            bytes = bytes.subspan(static_cast<std::size_t>(put));
        } else if (errno == EAGAIN) {
            pollfd polled{handle_, POLLOUT, 0};
            ::poll(&polled, 1, -1);
        } else if (errno != EINTR) {
            return fail(systemError("write", path_));
        }
    }
    return {};
}

Status File::readAt(std::uint64_t offset, std::span<std::byte> bytes) const {
    while (!bytes.empty()) {
        const auto got = disk().pread(handle_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(systemError("read", path_));
        if (got == 0) return fail(ErrorCode::Format, path_.string() + " ends too early");
        bytes = bytes.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return {};
}

Status File::writeAt(std::uint64_t offset, std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
        const auto put = disk().pwrite(handle_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail(systemError("write", path_));
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        offset += static_cast<std::uint64_t>(put);
    }
    return {};
}

Status File::resize(std::uint64_t size) const {
    if (disk().ftruncate(handle_, static_cast<off_t>(size)) != 0) return fail(systemError("write", path_));
    return {};
}

Status File::flush() const {
    // A pipe, a terminal or a device keeps nothing, and says so in one of these two ways.
    if (disk().fsync(handle_) != 0 && errno != EINVAL && errno != EROFS)
        return fail(systemError("write", path_));
    return {};
}

bool File::isHole(std::uint64_t offset, std::uint64_t bytes) const {
    const auto data = ::lseek(handle_, static_cast<off_t>(offset), SEEK_DATA);
    if (data < 0) return errno == ENXIO;
    return static_cast<std::uint64_t>(data) >= offset + bytes;
}

bool File::tryLock() const {
    return ::flock(handle_, LOCK_EX | LOCK_NB) == 0;
}

bool File::isAtItsPath() const {
    struct stat mine {
    }, named{};
    return ::fstat(handle_, &mine) == 0 && ::lstat(path_.c_str(), &named) == 0 &&
           mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

Status flushFolder(const fs::path& folder) {
    BALMER_TRY(const auto file, openWith(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY, 0));
    return file.flush();
}

Status makeFolders(const fs::path& folder) {
    if (folder.empty() || disk().mkdir(folder.c_str(), 0777) == 0) return {};
    if (errno == ENOENT && folder.has_parent_path() && folder.parent_path() != folder) {
        BALMER_CHECK(makeFolders(folder.parent_path()));
        if (disk().mkdir(folder.c_str(), 0777) == 0) return {};
    }
    const int code = errno;
    std::error_code ignored;
    if (fs::is_directory(folder, ignored)) return {};
    auto error = systemError("make the folder", folder, code);
    return fail(error.code() == ErrorCode::NotFound ? ErrorCode::Io : error.code(), error.message());
}

Status renameFile(const fs::path& from, const fs::path& to) {
    if (disk().rename(from.c_str(), to.c_str()) != 0) return fail(cannotWrite(to));
    return flushFolder(to.parent_path());
}

Status removeFile(const fs::path& file) {
    if (disk().unlink(file.c_str()) != 0 && errno != ENOENT) return fail(systemError("remove", file));
    return {};
}

Status removeTree(const fs::path& folder) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) return fail(systemError("remove", folder, error.value()));
    return {};
}

} // namespace balmer::core
