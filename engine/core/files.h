// Whole files: read with a limit, written so that a reader sees the old content or the new, never half.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::core {

/// The error for a file that does not open: NotFound, or Io with the system's reason.
Error cannotOpen(const std::filesystem::path& file);

/// Errors: NotFound, Io; ResourceExhausted when the file is larger than limitBytes.
Result<std::string> readFile(const std::filesystem::path& file,
                             std::size_t limitBytes = std::size_t{1} << 30);

/// As many of its first bytes as it has. Errors: those of readFile.
Result<std::string> readBeginning(const std::filesystem::path& file, std::size_t bytes);

/// Writes beside the target, flushes to the disk, renames. Errors: Io.
Status writeFile(const std::filesystem::path& file, std::string_view content);

} // namespace balmer::core
