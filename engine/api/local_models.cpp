#include "engine/api/local_models.h"

#include "engine/api/job_result.h"
#include "engine/store/column_registry.h"
#include "engine/workflow/models.h"
#include "engine/workflow/scores.h"

namespace balmer::api {

core::Result<std::vector<ModelInfo>> LocalModels::list() {
    BALMER_TRY(const auto all, project_.jobs().list({jobs::Phase::Completed, "", 0}));
    std::vector<ModelInfo> models;
    for (const auto& job : all) {
        if (artefactNamed(job, "model") == nullptr) continue;
        const auto result = resultOf(job);
        ModelInfo info;
        info.name = workflow::modelName(job);
        info.job = job.id;
        info.dataset = textIn(result, "dataset");
        if (const auto classes = result.find("classes"); classes != result.end() && classes->is_array())
            for (const auto& each : *classes)
                info.classes.push_back(each.is_string() ? each.get<std::string>() : "");
        if (result.contains("macro_f1") && result["macro_f1"].is_number())
            info.macroF1 = numberIn(result, "macro_f1");
        info.created = job.created;
        models.push_back(std::move(info));
    }
    return models;
}

core::Result<std::shared_ptr<const LocalModels::CachedScores>>
LocalModels::scoresOf(const std::string& name) {
    auto info = project_.columns().info(name, "predicted");
    if (!info) return std::make_shared<const CachedScores>();
    const auto key = std::to_string(info->version);
    {
        std::lock_guard lock(mutex_);
        if (const auto found = scores_.find(name); found != scores_.end() && found->second->key == key)
            return found->second;
    }
    auto made = std::make_shared<CachedScores>();
    made->key = key;
    made->classes = info->categories;
    for (const auto& each : made->classes) {
        BALMER_TRY(auto values, project_.columns().values(name, workflow::probabilityColumn(each)));
        made->probabilities.push_back(std::move(values));
    }
    BALMER_TRY(made->entropy, project_.columns().values(name, "entropy"));
    std::lock_guard lock(mutex_);
    scores_[name] = made;
    return std::shared_ptr<const CachedScores>(made);
}

core::Result<Prediction> LocalModels::prediction(const std::string& name, const std::string& id) {
    BALMER_TRY(const auto dataset, datasets_.get(name));
    BALMER_TRY(const auto scores, scoresOf(name));
    Prediction prediction;
    const auto row = dataset.rowOf(id);
    if (!row || *row >= scores->entropy.size()) return prediction;
    prediction.classes = scores->classes;
    for (const auto& values : scores->probabilities)
        prediction.probabilities.push_back(values[*row]);
    prediction.entropy = scores->entropy[*row];
    return prediction;
}

} // namespace balmer::api
