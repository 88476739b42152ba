// What the jobs fetch and retrieve, and the previews of what they would do, have in common.
//
// Functions without state; any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/vo/download/tree_listing.h"

namespace balmer::workflow {

/// Whether a name meets a pattern in which * stands for any characters and ? for one. A pattern with '/' is
/// compared with the whole relative path, another with the file's name.
bool matchesName(std::string_view pattern, const std::filesystem::path& path);

/// Leaves the files out that meet none of the patterns; returns how many. No pattern: nothing is left out.
std::size_t keepMatching(vo::TreeListing& listing, std::span<const std::string> patterns);

/// Where what is fetched from this address goes when nobody says: downloads/SERVER/PATH of the project for a
/// folder on the net, retrieved/SERVER for spectra from a list.
std::filesystem::path folderForTree(const std::filesystem::path& project, const std::string& url);
std::filesystem::path folderForList(const std::filesystem::path& project, const std::string& source);

} // namespace balmer::workflow
