// downloadTree: the files of a TreeListing into a folder, a few at a time; started again it fetches nothing
// twice.
//
// Thread rule: blocks its caller, which reports the progress, and starts `connections` threads
// `balmer-fetch`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/http/client.h"
#include "engine/http/retry.h"
#include "engine/vo/download/tree_listing.h"

namespace balmer::vo {

struct TreeDownloadOptions {
    std::string user{}, password{};
    unsigned connections = 3;                               ///< 1 to 4
    std::uint64_t limitBytes = std::uint64_t{1} << 40;      ///< over the net by this call, failures included
    std::uint64_t fileLimitBytes = std::uint64_t{16} << 30; ///< of one file
    http::RetryPolicy retry{};
    /// So many files in a row that failed for the server's or the network's sake end the download: the rest
    /// is reported as not tried.
    unsigned failuresInRow = 10;
};

struct FileOutcome {
    enum class State { Fetched, AlreadyHere, Failed, NotTried };
    RemoteFile file;
    State state = State::NotTried;
    std::uint64_t bytes = 0; ///< of the file on the disk
    std::string sha256;      ///< where it is on the disk
    std::string why;         ///< of Failed and NotTried
};

struct TreeReport {
    std::vector<FileOutcome> files; ///< in the listing's order
    std::size_t fetched = 0, alreadyHere = 0, failed = 0, notTried = 0;
    std::uint64_t bytesFetched = 0; ///< over the net, by this call
};

/// Each file goes to target / file.path as http::download does it; the journal (download_journal.h) in target
/// keeps what is finished: such a file is not asked for again while it is there with its size. Files named
/// *.html, *.htm and *.xhtml may be HTML; no other may. At limitBytes a file that is known not to fit is not
/// begun, and one that turns out not to fit ends there, to be resumed later if it can be. Files that fail are
/// outcomes, not errors. Errors: Cancelled (the journal and the parts stay: call it again), Io (the target
/// itself), InvalidArgument (another download works in target). Progress: bytes where all sizes are known,
/// otherwise files; stage "fetching 12 of 3000 files".
core::Result<TreeReport> downloadTree(http::Client& client, const TreeListing& listing,
                                      const std::filesystem::path& target, const TreeDownloadOptions& options,
                                      core::TaskContext& task);

} // namespace balmer::vo
