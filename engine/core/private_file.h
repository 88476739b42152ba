// Files that only their owner may read, and a lock among those who write them.
//
// Written so that a reader sees the old content or the new, even after a loss of power. Any thread.
#pragma once

#include <filesystem>
#include <string_view>
#include <utility>

#include "engine/core/file.h"
#include "engine/core/result.h"

namespace balmer::core {

/// Makes the folder with mode 0700 where there is none. Errors: Io; InvalidArgument where it belongs to
/// somebody else or others may write to it.
Status preparePrivateFolder(const std::filesystem::path& folder);

/// InvalidArgument where the file belongs to somebody else or others may read or write it.
Status checkPrivate(const std::filesystem::path& file);

/// Replaces it (PendingFile), with mode 0600. Errors: as systemError().
Status writePrivate(const std::filesystem::path& file, std::string_view content);

/// Holds FILE.lock, against other threads and other processes; the system lets go of it when its holder dies.
class FileLock {
  public:
    /// Waits for it. Errors: Io.
    static Result<FileLock> of(const std::filesystem::path& file);

  private:
    explicit FileLock(File file) : file_(std::move(file)) {}
    File file_;
};

} // namespace balmer::core
