// download: one file from the net to the disk, whole or not at all, and resumed where it was stopped.
//
// Bytes go to PATH.balmer-part; what they are the beginning of (address, ETag, Last-Modified, length) stands
// in PATH.balmer-from, written before the first of them. When all are there, they are flushed to the disk and
// renamed to PATH. The next call, in this process or another, goes on where the last one stopped (also by
// kill -9) only if the server proves that it is the same file: HTTP by a 206 to If-Range whose Content-Range
// begins where we stopped, with the length of before, the strong ETag or Last-Modified of before, and no
// other of either; FTP by the same size and time. Otherwise, and where it gave neither, it begins again.
// Thread rule: any thread; one call for one PATH at a time. Memory does not depend on the file's size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/http/client.h"
#include "engine/http/retry.h"

namespace balmer::http {

/// The endings of the two files beside the one that is being fetched.
inline constexpr std::string_view partEnding = ".balmer-part";
inline constexpr std::string_view fromEnding = ".balmer-from";

struct Downloaded {
    std::filesystem::path path;
    std::uint64_t bytes = 0;
    std::uint64_t bytesFetched =
        0;              ///< of these, by this call: fewer where it was resumed, 0 where all was here
    std::string sha256; ///< of the whole file
    std::string finalUrl;
    std::string contentType;
    std::string etag;
    std::string lastModified;
};

struct DownloadOptions {
    std::uint64_t limitBytes = std::uint64_t{16} << 30; ///< of the whole file; above: ResourceExhausted
    bool mayBeHtml = false; ///< false: an HTML page is an error page, whatever its status and type say
    RetryPolicy retry{};
    /// Called when the file stands under its name and before its traces beside it are removed: until this has
    /// succeeded, the next call with the same address calls it again and fetches nothing.
    std::function<core::Status(const Downloaded&)> committed{};
    /// Bytes of the file that are here, now and then: for whoever adds up several downloads.
    std::function<void(std::uint64_t bytes)> progress{};
    /// Before a piece of the file that has come over the net is kept, so that several downloads can share a
    /// limit: an error ends the download and is its error.
    std::function<core::Status(std::size_t bytes)> spend{};
};

/// request: url, user, password and fields count. The folder of path must exist. A file that is already at
/// path and is not this download's own: InvalidArgument; it is left as it is. Progress is reported as the
/// fraction of the announced length, stage "fetching NAME". Errors: those of Client::send and statusError;
/// NotFound (204) and Remote (202) too; Format (an HTML page instead of data); Io. After an error the part
/// stays if it can be resumed.
core::Result<Downloaded> download(Client& client, const Request& request, const std::filesystem::path& path,
                                  const DownloadOptions& options, core::TaskContext& task);

} // namespace balmer::http
