// Which files a list of files and folders stands for.
//
// Any thread. Hidden files and folders (a leading dot) are left out unless named themselves; links to folders
// are not followed inside a folder, so that a loop of links cannot trap the scan. Nor are projects of Balmer
// (folders with a project.sqlite) searched inside a folder.
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "engine/core/result.h"

namespace balmer::io {

struct ScanResult {
    std::vector<std::filesystem::path> files; ///< sorted, without repetition
    std::vector<core::Error> errors;          ///< folders and names that could not be read
};

/// A file stands for itself, a folder for the regular files in it, with `recursive` also for those further
/// down.
ScanResult scanFiles(std::span<const std::filesystem::path> paths, bool recursive);

} // namespace balmer::io
