// LocalMaps: the maps of a project that is open here. Private to api.
#pragma once

#include "engine/api/maps.h"
#include "engine/store/project.h"
#include "engine/workflow/open_datasets.h"

namespace balmer::api {

class LocalMaps final : public Maps {
  public:
    /// Both must live longer.
    LocalMaps(store::Project& project, workflow::OpenDatasets& datasets)
        : project_(project), datasets_(datasets) {}

    core::Result<std::vector<MapInfo>> list() override;
    core::Result<MapContent> content(jobs::JobId job) override;
    core::Result<Prototype> prototype(const std::string& dataset, const std::string& id) override;

  private:
    store::Project& project_;
    workflow::OpenDatasets& datasets_;
};

} // namespace balmer::api
