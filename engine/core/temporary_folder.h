// TemporaryFolder: a folder of this process alone, on a disk for what is temporary, or in memory where that
// disk takes nothing. It goes with all that is in it when its owner ends; what a killed process of this user
// left goes when the next one is made.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

#include "engine/core/folder_lock.h"
#include "engine/core/result.h"

namespace balmer::core {

class TemporaryFolder {
  public:
    /// Where `bytes` have room. Errors: ResourceExhausted, naming the folders that were tried.
    static Result<TemporaryFolder> make(std::uintmax_t bytes = 0);
    TemporaryFolder(TemporaryFolder&& other) noexcept
        : path_(std::exchange(other.path_, {})), lock_(std::exchange(other.lock_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
        std::swap(path_, other.path_);
        std::swap(lock_, other.lock_);
        return *this;
    }
    ~TemporaryFolder();

    const std::filesystem::path& path() const { return path_; }

  private:
    TemporaryFolder(std::filesystem::path path, std::optional<FolderLock> lock)
        : path_(std::move(path)), lock_(std::move(lock)) {}
    std::filesystem::path path_;
    std::optional<FolderLock> lock_; ///< none where the disk knows no locks
};

} // namespace balmer::core
