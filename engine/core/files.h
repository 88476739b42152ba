// Whole files: read with a limit, written so that a reader sees the old content or the new, never half.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::core {

/// What a user named, read to its end: also a pipe, a device, "-". Errors: those of File::openNamed;
/// ResourceExhausted where there is more than limitBytes.
Result<std::string> readFile(const std::filesystem::path& file,
                             std::size_t limitBytes = std::size_t{1} << 30);

/// As many of its first bytes as it has. Of what can be read only once they are gone then: see NamedInput.
/// Errors: those of readFile.
Result<std::string> readBeginning(const std::filesystem::path& file, std::size_t bytes);

/// Writes what a user named, as OutputFile does it. Errors: those of OutputFile.
Status writeFile(const std::filesystem::path& file, std::string_view content);

} // namespace balmer::core
