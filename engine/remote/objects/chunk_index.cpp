#include "engine/remote/objects/chunk_index.h"

namespace balmer::remote {

bool ChunkIndex::wantsAll() {
    const core::LockGuard lock(mutex_);
    return !std::exchange(filled_, true);
}

void ChunkIndex::add(const ObjectId& id, const Manifest& manifest) {
    const core::LockGuard lock(mutex_);
    if (!filled_) return;
    const auto number = static_cast<std::uint32_t>(objects_.size());
    objects_.push_back(id);
    for (std::uint32_t chunk = 0; chunk < manifest.chunks.size(); ++chunk)
        places_.insert_or_assign(manifest.chunks[chunk], Place{number, chunk});
}

std::optional<std::pair<ObjectId, std::uint32_t>> ChunkIndex::find(const core::Digest32& digest) const {
    const core::LockGuard lock(mutex_);
    const auto found = places_.find(digest);
    if (found == places_.end()) return std::nullopt;
    return std::pair(objects_[found->second.object], found->second.chunk);
}

void ChunkIndex::clear() {
    const core::LockGuard lock(mutex_);
    filled_ = false;
    objects_.clear();
    places_.clear();
}

} // namespace balmer::remote
