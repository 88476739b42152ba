// TreeListing: what a folder on the net holds, found by walking its index pages (HTTP) or its listings (FTP),
// before anything is fetched: the preview.
//
// Thread rule: listTree blocks its caller and starts up to `connections` threads `balmer-fetch` of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/http/client.h"
#include "engine/http/retry.h"

namespace balmer::vo {

struct TreeLimits {
    unsigned depth = 16; ///< folders below the start; the start itself is 0
    std::size_t files = 1000000;
    std::size_t folders = 10000;
    std::chrono::seconds time =
        std::chrono::minutes(30);                 ///< of reading folders; those not read then are left out
    std::uint64_t bytes = std::uint64_t{1} << 40; ///< of all files together
    std::size_t pageBytes = 64 * 1024 * 1024;     ///< of one index page
    std::size_t addressBytes = 256 * 1024 * 1024; ///< of all files' and folders' addresses together
    std::size_t sizeQuestions =
        1000; ///< files whose size no page shows and which are asked (HEAD) one by one
};

struct TreeRequest {
    /// A folder, or one file: then the listing has this one file. What comes is decided by content.
    std::string url{};
    std::string user{}, password{};
    TreeLimits limits{};
    unsigned connections = 3; ///< 1 to 4
    http::RetryPolicy retry{};
};

struct RemoteFile {
    std::string url;            ///< without user and password
    std::filesystem::path path; ///< relative, safe, and no two files have the same
    std::optional<std::uint64_t> bytes;
    bool exact = false; ///< bytes is what the server says of the file, not what a page shows

    bool operator==(const RemoteFile&) const = default;
};

struct SkippedEntry {
    std::string url;
    std::string
        why; ///< "a symbolic link", "shows the same as its parent …: a loop", "deeper than 16 folders" …
};

struct TreeListing {
    std::string root;                  ///< where everything lies below; ends in '/'
    std::vector<RemoteFile> files;     ///< sorted by address
    std::vector<SkippedEntry> skipped; ///< folders that could not be read among them
    std::size_t folders = 0;           ///< read, the start included
    std::uint64_t bytes = 0;           ///< of the files whose size is known
    std::size_t unsized = 0;           ///< files whose size is not known
    bool cut = false;                  ///< a limit was reached, which `skipped` says: there is more
};

/// Errors: those of Client::send for the start itself, NotFound, Format (a page without any entry is an empty
/// folder, no error), Cancelled. What is wrong further down is an entry of `skipped`. Progress: the stage
/// tells how many files in how many folders have been found; the fraction stays 0, since nobody knows how
/// many there are.
core::Result<TreeListing> listTree(http::Client& client, const TreeRequest& request, core::TaskContext& task);

} // namespace balmer::vo
