// LocalModels: the models of a project that is open here, and what they say. Private to api.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "engine/api/models.h"
#include "engine/api/open_datasets.h"
#include "engine/store/project.h"

namespace balmer::api {

class LocalModels final : public Models {
  public:
    /// Both must live longer.
    LocalModels(store::Project& project, OpenDatasets& datasets) : project_(project), datasets_(datasets) {}

    core::Result<std::vector<ModelInfo>> list() override;
    core::Result<Prediction> prediction(const std::string& dataset, const std::string& id) override;

  private:
    struct CachedScores {
        std::string key;
        std::vector<std::string> classes;
        std::vector<std::vector<double>> probabilities;
        std::vector<double> entropy;
    };
    core::Result<std::shared_ptr<const CachedScores>> scoresOf(const std::string& dataset);

    store::Project& project_;
    OpenDatasets& datasets_;
    std::mutex mutex_; ///< guards the next
    std::map<std::string, std::shared_ptr<const CachedScores>> scores_;
};

} // namespace balmer::api
