#include "engine/remote/objects/object_listing.h"

#include <sys/stat.h>

#include <algorithm>

namespace balmer::remote {

using core::ErrorCode;
using core::fail;
using core::Result;
namespace fs = std::filesystem;

Result<ObjectListing> listObjects(const fs::path& folder, std::int64_t old) {
    ObjectListing listing;
    std::map<ObjectId, fs::path> manifestsThere;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const auto name = entry->path().filename().string();
        struct stat seen {};
        if (::lstat(entry->path().c_str(), &seen) != 0 || !S_ISREG(seen.st_mode)) continue;
        const auto used = std::int64_t{seen.st_mtim.tv_sec} * 1'000'000'000 + seen.st_mtim.tv_nsec;
        const auto id = name.substr(0, 64);
        const auto suffix = name.substr(id.size());
        if (!isObjectId(id)) continue;
        if (suffix == ".manifest") {
            manifestsThere.emplace(id, used < old ? entry->path() : fs::path());
            continue;
        }
        const bool counted = suffix.empty() || suffix == ".part";
        if (!counted && suffix != ".link") continue;
        auto& kept = listing.objects[id];
        kept.whole |= suffix.empty();
        kept.part |= suffix == ".part";
        kept.link |= suffix == ".link";
        kept.used = std::max(kept.used, used);
        if (counted) {
            kept.bytes += static_cast<std::uint64_t>(seen.st_size);
            listing.bytes += static_cast<std::uint64_t>(seen.st_size);
        }
    }
    if (error) return fail(ErrorCode::Io, "cannot list " + folder.string() + ": " + error.message());
    for (const auto& [id, path] : manifestsThere)
        if (!path.empty() && !listing.objects.contains(id)) listing.leftovers.push_back(path);
    return listing;
}

} // namespace balmer::remote
