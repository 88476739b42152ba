// What comes from neighbours, as files of the project. Private to api.
//
// Functions block; any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/http/client.h"
#include "engine/vo/samp/mtypes.h"

namespace balmer::api {

/// What a file that came should be called.
struct IncomingName {
    std::string sender;              ///< names the folder below received/
    std::vector<std::string> wishes; ///< the first that can be a file's name is taken
    std::string ending;              ///< ".fits", where the name has none that tells
};

IncomingName nameFor(const vo::LoadSpectrum& request, const std::string& sender);
IncomingName nameFor(const vo::LoadTable& request, const std::string& sender);

/// Fetches what the URL (http, https, ftp, ftps or file) names into received/SENDER of the project's folder,
/// under a name that was free. Errors: those of http::download, DeadlineExceeded after ten minutes;
/// Unsupported for another scheme; NotFound; ResourceExhausted above limitBytes, where no name is free, or
/// where received/ would hold more than quotaBytes.
core::Result<std::filesystem::path> fetchFile(http::Client& client, const std::string& url,
                                              const std::filesystem::path& project, const IncomingName& name,
                                              std::uint64_t limitBytes, std::uint64_t quotaBytes,
                                              core::TaskContext& task);

/// Where an earlier file of this name (with a number or without) has the same content, removes this one and
/// gives the earlier. Errors: Io.
core::Result<std::filesystem::path> keepOneCopy(const std::filesystem::path& file);

/// Addresses and identifiers by which an archive knows the spectrum, as its sender says: those of this
/// computer are left out, they do not last.
std::vector<std::string> originsOf(const vo::LoadSpectrum& request);

} // namespace balmer::api
