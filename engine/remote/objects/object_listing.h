// What an object store's folder has, as its names and sizes say. Private to objects/.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <vector>

#include "engine/core/result.h"
#include "engine/remote/objects/manifest.h"

namespace balmer::remote {

/// The files of one object.
struct Kept {
    bool whole = false, part = false, link = false;
    std::uint64_t bytes = 0; ///< counted against the quota
    std::int64_t used = 0;   ///< the newest time of modification, nanoseconds since 1970
};

struct ObjectListing {
    std::map<ObjectId, Kept> objects;
    std::vector<std::filesystem::path> leftovers; ///< manifests of nothing, from before `old`
    std::uint64_t bytes = 0;                      ///< counted against the quota
};

/// Files with other names are passed over. Errors: Io.
core::Result<ObjectListing> listObjects(const std::filesystem::path& folder, std::int64_t old);

} // namespace balmer::remote
