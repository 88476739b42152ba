// file: URLs (RFC 8089) and paths. Functions without state; any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace balmer::vo {

/// "file:///p", "file://localhost/p" and "file:/p" (as Java writes it), percent-decoded. Nothing for another
/// scheme or host, a path that is not absolute, or a NUL. A query and a fragment are dropped.
std::optional<std::filesystem::path> fileOfUrl(std::string_view url);

/// "file:///home/x/a%20b.fits" for an absolute path.
std::string urlOfFile(const std::filesystem::path& file);

} // namespace balmer::vo
