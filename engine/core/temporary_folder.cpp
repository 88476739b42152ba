#include "engine/core/temporary_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "engine/core/file.h"
#include "engine/core/log.h"

namespace balmer::core {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view beginning = "balmer-temporary-";

bool isOurs(const fs::path& folder) {
    struct stat status {};
    return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid();
}

/// Those of this user that no process holds.
void sweepLeft(const fs::path& above) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator each(above, error), end; !error && each != end; each.increment(error))
        if (each->path().filename().native().starts_with(beginning) && isOurs(each->path()))
            found.push_back(each->path());
    for (const auto& folder : found) {
        const auto lock = FolderLock::tryAlone(folder);
        if (lock && lock->isAtItsPath() && removeTree(folder))
            log::info("the temporary folder " + folder.string() + " of a program that ended was removed");
    }
}

} // namespace

Result<TemporaryFolder> TemporaryFolder::make(std::uintmax_t bytes) {
    std::error_code error;
    std::string tried;
    for (const auto& above : {fs::temp_directory_path(error), fs::path("/dev/shm")}) {
        sweepLeft(above);
        while (true) {
            const auto room = fs::space(above, error);
            auto pattern = (above / (std::string(beginning) + "XXXXXX")).string();
            if (above.empty() || error || room.available < bytes || ::mkdtemp(pattern.data()) == nullptr)
                break;
            auto lock = FolderLock::tryAlone(pattern);
            // Before it was locked, somebody who sweeps may have taken it for a dead program's.
            if (lock ? lock->isAtItsPath() : isOurs(pattern))
                return TemporaryFolder(pattern, std::move(lock));
        }
        tried += (tried.empty() ? "" : " nor in ") + above.string();
    }
    return fail(ErrorCode::ResourceExhausted, "there is no room for " + std::to_string(bytes >> 20) +
                                                  " MB of temporary files in " + tried +
                                                  "; make room there, or name another folder in TMPDIR");
}

TemporaryFolder::~TemporaryFolder() {
    if (!path_.empty()) (void)removeTree(path_);
}

} // namespace balmer::core
