// Files that stay where they are and are objects all the same: which ones may be opened, and how it is
// remembered which version of one was hashed. Private to objects/.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/remote/objects/object_files.h"

namespace balmer::remote {

/// Opens an ordinary file below one of the roots: an absolute path that begins with a root, or one relative
/// to a root (the first that has it). ".." and symbolic links below the root are refused; the root itself may
/// be reached by links. Errors: InvalidArgument outside the roots or for what is not an ordinary file,
/// NotFound, Io.
core::Result<core::File> openBelowRoots(const std::vector<std::filesystem::path>& roots,
                                        const std::filesystem::path& path);

/// That file, or the ordinary files in and below that folder, in the order of their names. Links are passed
/// over. Nothing outside the roots is looked at. Errors: as openBelowRoots(); ResourceExhausted where there
/// is more than atMost.
core::Result<std::vector<std::filesystem::path>>
filesBelowRoots(const std::vector<std::filesystem::path>& roots, const std::filesystem::path& path,
                std::size_t atMost);

/// What ID.link holds.
struct RegisteredFile {
    core::FileStamp stamp;
    std::string path; ///< absolute
};
std::vector<std::byte> encode(const RegisteredFile& registered);
/// Errors: Format.
core::Result<RegisteredFile> decodeRegisteredFile(std::span<const std::byte> bytes);
constexpr std::size_t registeredBytesAtMost = 1 << 16;

} // namespace balmer::remote
