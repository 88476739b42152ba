// FolderLock: says to other processes that this one uses a folder, until it is destroyed or the process ends.
//
// Nothing is written. Where the file system knows no locks, none is ever got. One thread at a time.
#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "engine/core/file.h"

namespace balmer::core {

class FolderLock {
  public:
    /// None where another has it, or the folder cannot be locked. Does not wait.
    static std::optional<FolderLock> tryAlone(const std::filesystem::path& folder);
    /// With others; waits for one that has it alone, which is never for long. None where the folder cannot be
    /// locked.
    static std::optional<FolderLock> shared(const std::filesystem::path& folder);

    /// From now on others may share it too. Others may have had it alone in between.
    void share();
    /// The path still leads to the folder that was locked.
    bool isAtItsPath() const { return folder_.isAtItsPath(); }

  private:
    static std::optional<FolderLock> take(const std::filesystem::path& folder, int how);
    explicit FolderLock(File folder) : folder_(std::move(folder)) {}
    File folder_;
};

} // namespace balmer::core
