#include "engine/core/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "engine/core/disk.h"

namespace balmer::core {

namespace {
bool lockFolder(const File& folder, int how) {
    while (::flock(folder.handle(), how) != 0)
        if (errno != EINTR) return false;
    return true;
}
} // namespace

std::optional<FolderLock> FolderLock::take(const std::filesystem::path& folder, int how) {
    const int handle = disk().open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW, 0);
    if (handle < 0) return std::nullopt;
    File opened(handle, folder);
    if (!lockFolder(opened, how)) return std::nullopt;
    return FolderLock(std::move(opened));
}

std::optional<FolderLock> FolderLock::tryAlone(const std::filesystem::path& folder) {
    return take(folder, LOCK_EX | LOCK_NB);
}

std::optional<FolderLock> FolderLock::shared(const std::filesystem::path& folder) {
    return take(folder, LOCK_SH);
}

void FolderLock::share() {
    (void)lockFolder(folder_, LOCK_SH);
}

} // namespace balmer::core
