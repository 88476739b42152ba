#include "engine/core/private_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace balmer::core {

namespace {

auto cannot(std::string_view what, const std::filesystem::path& file) {
    return fail(ErrorCode::Io, "cannot " + std::string(what) + " " + file.string() + ": " +
                                   std::strerror(errno) + "; is there space, and may you write there?");
}

/// `forbidden`: bits of the mode that nobody may have set; `remedy`: the mode that would be right.
Status checkOwner(const std::filesystem::path& path, mode_t forbidden, const char* remedy) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return cannot("look at", path);
    if (found.st_uid != ::geteuid())
        return fail(ErrorCode::InvalidArgument, path.string() + " belongs to another user; remove it");
    if ((found.st_mode & forbidden) != 0)
        return fail(ErrorCode::InvalidArgument, path.string() + " is open to other users; run `chmod " +
                                                    remedy + " " + path.string() + "`");
    return {};
}

bool writeAll(int handle, std::string_view content) {
    while (!content.empty()) {
        const auto written = ::write(handle, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(handle) == 0;
}

bool syncFolder(const std::filesystem::path& folder) {
    const int handle = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0) return false;
    const bool synced = ::fsync(handle) == 0;
    ::close(handle);
    return synced;
}

} // namespace

Status preparePrivateFolder(const std::filesystem::path& folder) {
    if (const auto parent = folder.parent_path(); !parent.empty()) {
        std::error_code error;
        std::filesystem::create_directories(parent, error);
        if (error) return fail(ErrorCode::Io, "cannot make " + parent.string() + ": " + error.message());
    }
    if (::mkdir(folder.c_str(), 0700) != 0) {
        if (errno != EEXIST) return cannot("make", folder);
    } else if (!syncFolder(folder.parent_path())) {
        return cannot("sync the folder of", folder);
    }
    return checkOwner(folder, S_IWGRP | S_IWOTH, "700");
}

Status checkPrivate(const std::filesystem::path& file) {
    return checkOwner(file, S_IRWXG | S_IRWXO, "600");
}

Status writePrivate(const std::filesystem::path& file, std::string_view content) {
    auto beside = file;
    beside += ".part"; // what a killed writer left is overwritten
    const int handle = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (handle < 0) return cannot("write", beside);
    const bool written = ::fchmod(handle, 0600) == 0 && writeAll(handle, content);
    if (const bool closed = ::close(handle) == 0;
        !written || !closed || ::rename(beside.c_str(), file.c_str()) != 0) {
        auto failure = cannot("write", file);
        ::unlink(beside.c_str());
        return failure;
    }
    if (!syncFolder(file.parent_path())) return cannot("sync the folder of", file);
    return {};
}

Result<FileLock> FileLock::of(const std::filesystem::path& file) {
    auto path = file;
    path += ".lock";
    const int handle = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (handle < 0) return cannot("open", path);
    FileLock lock(handle);
    while (::flock(handle, LOCK_EX) != 0)
        if (errno != EINTR) return cannot("lock", path);
    return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}

FileLock::~FileLock() {
    if (handle_ >= 0) ::close(handle_);
}

} // namespace balmer::core
