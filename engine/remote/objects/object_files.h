// What an object store does with files beyond core/file.h. Private to objects/.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "engine/core/file.h"
#include "engine/core/pending_file.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/remote/objects/manifest.h"

namespace balmer::remote {

/// manifestOfFile of an open file.
core::Result<Manifest> manifestOfOpen(const core::File& file, core::TaskContext& task);

/// The whole content of a small file that is not a link. Errors: as core::systemError(), and Format above the
/// limit.
core::Result<std::vector<std::byte>> readSmall(const std::filesystem::path& path, std::size_t limitBytes);

/// core::replaceFile with bytes, for the owner alone.
core::Status writeWhole(const std::filesystem::path& path, std::span<const std::byte> bytes);

} // namespace balmer::remote
