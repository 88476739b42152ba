// From an address on somebody's server to a name on this disk that cannot do harm.
//
// Pure functions; no thread rule.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/http/url.h"

namespace balmer::vo {

/// Bytes of a name: room for http::partEnding in the 255 of Linux.
inline constexpr std::size_t longestName = 240;

/// The decoded segments of url's path below root, without the empty one behind a folder's slash; none where
/// url is on another server or beside root. Segments are compared decoded ("%c5" is "%C5", "&" is "%26").
std::optional<std::vector<std::string>> segmentsBelow(const http::Url& url, const http::Url& root);

/// One decoded name. Refused (InvalidArgument, with the reason): empty, ".", "..", '/', '\\', control
/// characters, a drive letter, the device names of Windows (CON, NUL, COM1 …, also with an ending), a blank
/// or full stop at its end, more than longestName, and names that the download uses itself (beginning
/// ".balmer-", ending as http::partEnding and fromEnding). Bytes that are not UTF-8 stay percent-encoded in
/// the name.
core::Result<std::string> safeName(std::string_view decoded);

/// The path of url below root (which ends in '/'), segment by segment, each decoded once ("%2520" is "%20").
/// The slash at a folder's end is dropped. Errors: InvalidArgument: not strictly below root, or a refused
/// name.
core::Result<std::filesystem::path> safeRelativePath(const http::Url& url, const http::Url& root);

} // namespace balmer::vo
