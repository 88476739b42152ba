#include "engine/api/open_datasets.h"

#include "engine/workflow/spectrum_source.h"

namespace balmer::api {

core::Result<dataset::Dataset> OpenDatasets::get(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (const auto found = open_.find(name); found != open_.end()) return found->second;
    BALMER_TRY(auto opened, workflow::openDataset(project_, name));
    open_.emplace(name, opened);
    return opened;
}

} // namespace balmer::api
