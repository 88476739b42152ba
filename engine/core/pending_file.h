// PendingFile: a file of Balmer's own that is being made: whole under its name, or not there.
//
// It lies beside its place as NAME.part-UID-N, locked by whoever writes it, until publish() has brought it to
// the disk and renamed it; N is the first number that nobody of this user writes to. What a killed writer
// left behind is known by its lock, which the system let go, and goes when the same NAME is written again.
// One thread at a time; any number of processes.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/file.h"
#include "engine/core/result.h"

namespace balmer::core {

class PendingFile {
  public:
    /// mode: of the file, when its folder's umask allows it. Errors: as systemError().
    static Result<PendingFile> beside(std::filesystem::path place, unsigned mode = 0644);
    PendingFile(PendingFile&&) = default;
    PendingFile& operator=(PendingFile&&) = delete;
    /// Removes it unless it was published.
    ~PendingFile();

    /// Where it lies until then: for libraries that write by name.
    const std::filesystem::path& path() const { return file_->path(); }
    const std::filesystem::path& place() const { return place_; }
    const File& file() const { return *file_; }
    Status write(std::span<const std::byte> bytes) { return file_->write(bytes); }
    Status write(std::string_view text) { return file_->write(text); }
    /// All that the source holds. Errors: as systemError().
    Status copyFrom(const std::filesystem::path& source);

    /// Flushes it, gives it its name in place of what was there, and flushes the folder. Where the place
    /// is known only now (by a digest): publishAs, which makes the place's folder. Errors: as systemError();
    /// Io where somebody took it away meanwhile.
    Status publish();
    Status publishAs(const std::filesystem::path& place);

  private:
    PendingFile(File file, std::filesystem::path place) : file_(std::move(file)), place_(std::move(place)) {}
    std::optional<File> file_; ///< nothing once it is published
    std::filesystem::path place_;
};

/// Puts bytes in the place of a file of Balmer's own. Errors: as systemError().
Status replaceFile(const std::filesystem::path& place, std::string_view content, unsigned mode = 0644);

/// Removes the pending files of this folder whose writers are no more, and says which they were.
std::vector<std::filesystem::path> sweepPending(const std::filesystem::path& folder);

} // namespace balmer::core
