// ArtefactFolder: files by the digest of their bytes, under artefacts/ab/abcdef….
//
// A file is there whole or not at all, and the same bytes are kept once. Any thread, any number of processes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/core/pending_file.h"
#include "engine/core/result.h"
#include "engine/jobs/job.h"

namespace balmer::store {

class ArtefactFolder {
  public:
    explicit ArtefactFolder(std::filesystem::path folder);

    /// Returns the artefact with digest and size; name is as given. Errors: Io, NotFound for the file.
    core::Result<jobs::Artefact> putBytes(std::string_view bytes, std::string_view name,
                                          std::string_view mediaType);
    /// Copies the file; it may be larger than memory.
    core::Result<jobs::Artefact> putFile(const std::filesystem::path& file, std::string_view name,
                                         std::string_view mediaType);

    /// Where its bytes lie, proved (core/proved_files.h). Errors: NotFound; Format where they are others;
    /// InvalidArgument for text that is not a digest.
    core::Result<std::filesystem::path> path(std::string_view digest) const;
    core::Result<std::string> read(std::string_view digest) const;

    /// Where they would lie, unproved, there or not.
    std::filesystem::path place(std::string_view digest) const;

  private:
    core::Result<core::PendingFile> incoming() const;
    std::filesystem::path folder_;
};

} // namespace balmer::store
