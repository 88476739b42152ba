// OpenDatasets: the datasets of a project that have been opened; their memory map is what makes a row quick.
// Private to api. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "engine/core/result.h"
#include "engine/dataset/dataset.h"
#include "engine/store/project.h"

namespace balmer::api {

class OpenDatasets {
  public:
    /// The project must live longer.
    explicit OpenDatasets(store::Project& project) : project_(project) {}

    /// Opened at the first call, then kept. Errors: NotFound, Io, Format.
    core::Result<dataset::Dataset> get(const std::string& name);

  private:
    store::Project& project_;
    std::mutex mutex_; ///< guards the next
    std::map<std::string, dataset::Dataset> open_;
};

} // namespace balmer::api
