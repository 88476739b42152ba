// Files whose content this process has compared with their digest: what is named by a digest is proved when
// it is first used, and again when the file has changed since.
//
// A file is known by its stamp (device, inode, size, times), so that one put in its place is proved anew. Any
// thread.
#pragma once

#include <filesystem>
#include <string_view>

#include "engine/core/file.h"
#include "engine/core/result.h"

namespace balmer::core {

bool isProved(const FileStamp& stamp, std::string_view digest);
void setProved(const FileStamp& stamp, std::string_view digest);

/// The SHA-256 of the file's bytes is `digest`. Errors: NotFound, Io; Format where it is another one.
Status proveFile(const std::filesystem::path& file, std::string_view digest);

/// What a sentence about a file that is not what its digest says ends with; and what helps with any file that
/// is damaged or gone.
inline constexpr std::string_view proveRemedy = "it was changed or damaged after it was made; `balmer "
                                                "project check --repair` makes again what can be made";
inline constexpr std::string_view repairRemedy = proveRemedy.substr(proveRemedy.find('`'));

} // namespace balmer::core
