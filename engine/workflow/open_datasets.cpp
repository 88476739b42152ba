#include "engine/workflow/open_datasets.h"

#include "engine/store/dataset_registry.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::workflow {

core::Result<dataset::Dataset> OpenDatasets::get(const std::string& name) {
    BALMER_TRY(const auto record, project_.datasets().get(name));
    const std::lock_guard lock(mutex_);
    if (const auto found = open_.find(name); found != open_.end() && found->second.digest() == record.digest)
        return found->second;
    BALMER_TRY(auto opened, openDataset(project_, name));
    open_.insert_or_assign(name, opened);
    return opened;
}

} // namespace balmer::workflow
