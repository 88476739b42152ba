// DownloadJournal: what a download into a folder has finished, so that it can be stopped at any point and
// started again.
//
// The file .balmer-download.jsonl in the target folder: one JSON object a line, appended and flushed to the
// disk as a file is finished; half a line at the end (power cut, kill -9) is passed over. It is the
// download's log too. One process at a time has it open (a lock on the file). Thread rule: any thread; calls
// take turns.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace balmer::vo {

inline constexpr std::string_view journalName = ".balmer-download.jsonl";

struct JournalEntry {
    std::string url{};
    std::filesystem::path path{}; ///< relative to the folder
    std::uint64_t bytes = 0;
    std::string sha256{};
    std::string etag{}, lastModified{};
    std::string at{}; ///< UTC, "2026-11-22T14:16:03.250Z"
};

class DownloadJournal {
  public:
    /// Makes folder and file where absent. Errors: Io; InvalidArgument where another download has it open.
    static core::Result<DownloadJournal> open(const std::filesystem::path& folder);
    DownloadJournal(DownloadJournal&&) noexcept;
    DownloadJournal& operator=(DownloadJournal&&) noexcept;
    ~DownloadJournal();

    /// What is said last about this address, whether or not the file is still there.
    std::optional<JournalEntry> finished(std::string_view url) const;
    /// All, by address.
    std::vector<JournalEntry> entries() const;

    /// On the disk when it returns. Errors: Io.
    core::Status add(JournalEntry entry);
    /// For the log only. Errors: Io.
    core::Status addFailure(std::string_view url, std::string_view why);

  private:
    struct State;
    explicit DownloadJournal(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace balmer::vo
