#include "engine/remote/objects/object_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace balmer::remote {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
namespace fs = std::filesystem;

namespace {

std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

} // namespace

core::Error cannot(std::string_view what, const fs::path& file) {
    const int code = errno;
    const auto sentence = "cannot " + std::string(what) + " " + file.string() + ": " + std::strerror(code);
    if (code == ENOSPC || code == EDQUOT)
        return core::Error(ErrorCode::ResourceExhausted,
                           sentence + "; make room on that disk (`balmer-worker gc` drops what no job uses)");
    if (code == ENOENT || code == ENOTDIR) return core::Error(ErrorCode::NotFound, sentence);
    return core::Error(ErrorCode::Io, sentence + "; may you read and write there, and is the disk well?");
}

Result<File> File::open(const fs::path& path, Use use, Links links) {
    int flags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (links == Links::Refuse ? O_NOFOLLOW : 0);
    flags |= use == Use::Read ? O_RDONLY : O_RDWR;
    if (use == Use::CreateNew) flags |= O_CREAT | O_EXCL;
    const int handle = ::open(path.c_str(), flags, 0600);
    if (handle < 0) return fail(cannot("open", path));
    return File(handle, path);
}

File::~File() {
    if (handle_ >= 0) ::close(handle_);
}

Result<FileStamp> File::stamp() const {
    struct stat seen {};
    if (::fstat(handle_, &seen) != 0) return fail(cannot("look at", path_));
    if (!S_ISREG(seen.st_mode))
        return fail(ErrorCode::InvalidArgument, path_.string() + " is not an ordinary file; name one");
    return FileStamp{seen.st_dev, seen.st_ino, static_cast<std::uint64_t>(seen.st_size),
                     nanoseconds(seen.st_mtim), nanoseconds(seen.st_ctim)};
}

Status File::readAt(std::uint64_t offset, std::span<std::byte> bytes) const {
    while (!bytes.empty()) {
        const auto got = ::pread(handle_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail(cannot("read", path_));
        if (got == 0) return fail(ErrorCode::Format, path_.string() + " ends too early");
        bytes = bytes.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return {};
}

Status File::writeAt(std::uint64_t offset, std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
        const auto put = ::pwrite(handle_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return fail(cannot("write", path_));
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        offset += static_cast<std::uint64_t>(put);
    }
    return {};
}

Status File::resize(std::uint64_t size) const {
    if (::ftruncate(handle_, static_cast<off_t>(size)) != 0) return fail(cannot("write", path_));
    return {};
}

Status File::flush() const {
    if (::fsync(handle_) != 0) return fail(cannot("write", path_));
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

Result<Manifest> manifestOfOpen(const File& file, core::TaskContext& task) {
    BALMER_TRY(const auto before, file.stamp());
    Manifest manifest;
    manifest.size = before.size;
    if (manifest.size > objectSizeLimit)
        return fail(ErrorCode::InvalidArgument, file.path().string() + " has " +
                                                    std::to_string(manifest.size) + " bytes, more than the " +
                                                    std::to_string(objectSizeLimit) +
                                                    " that an object may have; split it");
    const auto changed = [&] {
        return fail(ErrorCode::InvalidArgument,
                    file.path().string() + " changed while it was read; try again when nobody writes it");
    };
    const auto count = static_cast<std::uint32_t>(chunkCountOf(manifest.size));
    std::vector<std::byte> bytes(std::min<std::uint64_t>(chunkSize, manifest.size));
    for (std::uint32_t i = 0; i < count; ++i) {
        BALMER_CHECK(task.checkpoint(static_cast<double>(i) / count, "reading"));
        const auto chunk = std::span(bytes).first(chunkBytes(manifest, i));
        if (auto read = file.readAt(std::uint64_t{i} * chunkSize, chunk); !read)
            return read.error().code() == ErrorCode::Format ? changed() : fail(std::move(read).error());
        manifest.chunks.push_back(core::digestBytesOf(chunk));
    }
    BALMER_TRY(const auto after, file.stamp());
    if (after != before) return changed();
    return manifest;
}

Status flushFolder(const fs::path& folder) {
    BALMER_TRY(const auto file, File::open(folder, File::Use::Read, File::Links::Follow));
    if (::fsync(file.handle()) != 0 && errno != EINVAL) return fail(cannot("write", folder));
    return {};
}

Result<std::vector<std::byte>> readSmall(const fs::path& path, std::size_t limitBytes) {
    BALMER_TRY(const auto file, File::open(path, File::Use::Read));
    BALMER_TRY(const auto stamp, file.stamp());
    if (stamp.size > limitBytes)
        return fail(ErrorCode::Format, path.string() + " is too large for what it should be");
    std::vector<std::byte> bytes(stamp.size);
    BALMER_CHECK(file.readAt(0, bytes));
    return bytes;
}

Status writeWhole(const fs::path& path, std::span<const std::byte> bytes) {
    static std::atomic<unsigned> number{0};
    auto beside = path;
    beside += "." + std::to_string(::getpid()) + "-" + std::to_string(number++) + ".tmp";
    ::unlink(beside.c_str()); // of a former process with this number
    const auto write = [&]() -> Status {
        BALMER_TRY(const auto file, File::open(beside, File::Use::CreateNew));
        BALMER_CHECK(file.writeAt(0, bytes));
        BALMER_CHECK(file.flush());
        if (::rename(beside.c_str(), path.c_str()) != 0) return fail(cannot("write", path));
        return {};
    };
    auto written = write();
    if (!written) ::unlink(beside.c_str());
    return written;
}

} // namespace balmer::remote
