#include "engine/io/directory_scan.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "engine/core/file.h"

namespace balmer::io {
namespace {

namespace fs = std::filesystem;

bool hidden(const fs::path& path) {
    return path.filename().string().starts_with('.');
}

/// A project of Balmer: its files hold what was made of spectra.
bool isProject(const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / "project.sqlite", ignored);
}

void scanFolder(const fs::path& folder, bool recursive, ScanResult& result) {
    std::error_code error;
    fs::directory_iterator entry(folder, error);
    const auto refused = [&] {
        result.errors.push_back(
            core::Error(core::ErrorCode::Io, "the folder cannot be read: " + error.message())
                .during("scanning " + folder.string()));
    };
    if (error) return refused();
    for (; entry != fs::directory_iterator(); entry.increment(error)) {
        if (error) return refused();
        std::error_code ignored;
        const fs::path& path = entry->path();
        if (hidden(path)) continue;
        if (entry->is_directory(ignored)) {
            if (recursive && !entry->is_symlink(ignored) && !isProject(path)) scanFolder(path, true, result);
        } else if (entry->is_regular_file(ignored)) { // follows links to files
            result.files.push_back(path);
        }
    }
}

} // namespace

ScanResult scanFiles(std::span<const fs::path> paths, bool recursive) {
    ScanResult result;
    for (const fs::path& path : paths) {
        std::error_code error;
        if (fs::is_directory(path, error)) {
            scanFolder(path, recursive, result);
        } else if (fs::exists(path, error)) {
            if (fs::is_regular_file(path, error)) {
                result.files.push_back(path);
            } else {
                result.errors.push_back(core::notAFile(path));
            }
        } else {
            result.errors.push_back(core::systemError("open", path, ENOENT));
        }
    }
    std::sort(result.files.begin(), result.files.end());
    result.files.erase(std::unique(result.files.begin(), result.files.end()), result.files.end());
    return result;
}

} // namespace balmer::io
