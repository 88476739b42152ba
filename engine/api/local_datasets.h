// LocalDatasets: the datasets of a project that is open here. Private to api.
#pragma once

#include "engine/api/datasets.h"
#include "engine/store/project.h"
#include "engine/workflow/open_datasets.h"

namespace balmer::api {

class LocalDatasets final : public Datasets {
  public:
    /// Both must live longer.
    LocalDatasets(store::Project& project, workflow::OpenDatasets& open) : project_(project), open_(open) {}

    core::Result<std::vector<DatasetInfo>> list() override;
    core::Result<WindowRow> row(const std::string& dataset, const std::string& id) override;
    core::Result<std::vector<ClassMean>> classMeans(const std::string& dataset) override;
    core::Result<std::vector<LabelledNeighbour>>
    nearestLabelled(const std::string& dataset, const std::string& id, std::size_t most) override;

  private:
    store::Project& project_;
    workflow::OpenDatasets& open_;
};

} // namespace balmer::api
