// ManifestCache: manifests of files, kept so that a large file that did not change is not hashed again.
//
// One folder, one small file an entry, named by the digest of the path. An entry is believed while the file's
// device, inode, size, time of modification and time of change are those that were seen; a file that changed
// in the two seconds before it was read is not remembered, because its times cannot show a further change. An
// entry that cannot be read is as none. Any thread, several processes.
#pragma once

#include <filesystem>

#include "engine/core/clock.h"
#include "engine/remote/objects/manifest.h"

namespace balmer::remote {

class ManifestCache {
  public:
    /// Makes the folder when there is something to keep, and drops the entries of files that are gone.
    explicit ManifestCache(std::filesystem::path folder, const core::Clock& clock = core::systemClock());

    /// Errors: those of manifestOfFile; a cache that cannot be written is not an error.
    core::Result<Manifest> manifestOf(const std::filesystem::path& file, core::TaskContext& task);

  private:
    std::filesystem::path folder_;
    const core::Clock& clock_;
};

} // namespace balmer::remote
