#include "engine/core/private_file.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "engine/core/disk.h"
#include "engine/core/pending_file.h"

namespace balmer::core {

namespace {

/// `forbidden`: bits of the mode that nobody may have set; `remedy`: the mode that would be right.
Status checkOwner(const std::filesystem::path& path, mode_t forbidden, const char* remedy) {
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0) return fail(systemError("look at", path));
    if (found.st_uid != ::geteuid())
        return fail(ErrorCode::InvalidArgument, path.string() + " belongs to another user; remove it");
    if ((found.st_mode & forbidden) != 0)
        return fail(ErrorCode::InvalidArgument, path.string() + " is open to other users; run `chmod " +
                                                    remedy + " " + path.string() + "`");
    return {};
}

} // namespace

Status preparePrivateFolder(const std::filesystem::path& folder) {
    BALMER_CHECK(makeFolders(folder.parent_path()));
    if (disk().mkdir(folder.c_str(), 0700) == 0) {
        BALMER_CHECK(flushFolder(folder.parent_path()));
    } else if (errno != EEXIST) {
        return fail(systemError("make", folder));
    }
    return checkOwner(folder, S_IWGRP | S_IWOTH, "700");
}

Status checkPrivate(const std::filesystem::path& file) {
    return checkOwner(file, S_IRWXG | S_IRWXO, "600");
}

Status writePrivate(const std::filesystem::path& file, std::string_view content) {
    return replaceFile(file, content, 0600);
}

Result<FileLock> FileLock::of(const std::filesystem::path& file) {
    auto path = file;
    path += ".lock";
    BALMER_TRY(auto lock, File::open(path, File::Use::OpenOrCreate));
    while (::flock(lock.handle(), LOCK_EX) != 0)
        if (errno != EINTR) return fail(systemError("lock", path));
    return FileLock(std::move(lock));
}

} // namespace balmer::core
