// OpenDatasets: the datasets of a project that have been opened; their memory map is what makes a row quick.
//
// Owned by whoever reads many rows: an open project's faces, a job. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "engine/core/result.h"
#include "engine/dataset/dataset.h"
#include "engine/store/project.h"

namespace balmer::workflow {

class OpenDatasets {
  public:
    /// The project must live longer.
    explicit OpenDatasets(store::Project& project) : project_(project) {}

    /// Opened at the first call, then kept as long as the name means this content. Errors: NotFound naming
    /// the datasets that exist; Io, Format.
    core::Result<dataset::Dataset> get(const std::string& name);

  private:
    store::Project& project_;
    std::mutex mutex_;                             ///< guards the next; held while one is opened
    std::map<std::string, dataset::Dataset> open_; ///< by name
};

} // namespace balmer::workflow
