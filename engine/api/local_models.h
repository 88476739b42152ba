// LocalModels: the models of a project that is open here, and what they say. Private to api.
#pragma once

#include "engine/api/models.h"
#include "engine/store/project.h"
#include "engine/workflow/open_datasets.h"

namespace balmer::api {

class LocalModels final : public Models {
  public:
    /// Both must live longer.
    LocalModels(store::Project& project, workflow::OpenDatasets& datasets)
        : project_(project), datasets_(datasets) {}

    core::Result<std::vector<ModelInfo>> list() override;
    core::Result<std::vector<Prediction>> predictions(const std::string& dataset,
                                                      const std::vector<std::string>& ids,
                                                      std::optional<jobs::JobId> job) override;

  private:
    store::Project& project_;
    workflow::OpenDatasets& datasets_;
};

} // namespace balmer::api
