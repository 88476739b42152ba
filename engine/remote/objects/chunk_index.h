// ChunkIndex: in which object of a store a chunk lies, so that it need not be sent again. What it says is a
// hint; who copies a chunk verifies it. Any thread. Private to objects/.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/core/mutex.h"

#include "engine/remote/objects/manifest.h"

namespace balmer::remote {

struct DigestHash {
    std::size_t operator()(const core::Digest32& digest) const {
        std::size_t value = 0;
        std::memcpy(&value, digest.data(), sizeof value);
        return value;
    }
};

class ChunkIndex {
  public:
    /// True once, and once more after each clear(): the caller then adds what there is.
    bool wantsAll();
    /// Kept only after wantsAll() said true: before that, all is still to be added.
    void add(const ObjectId& id, const Manifest& manifest);
    std::optional<std::pair<ObjectId, std::uint32_t>> find(const core::Digest32& digest) const;
    void clear();

  private:
    struct Place {
        std::uint32_t object = 0, chunk = 0;
    };
    mutable core::Mutex mutex_;
    bool filled_ BALMER_GUARDED_BY(mutex_) = false;
    std::vector<ObjectId> objects_ BALMER_GUARDED_BY(mutex_);
    std::unordered_map<core::Digest32, Place, DigestHash> places_ BALMER_GUARDED_BY(mutex_);
};

} // namespace balmer::remote
