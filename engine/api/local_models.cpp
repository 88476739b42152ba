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

core::Result<std::vector<Prediction>> LocalModels::predictions(const std::string& name,
                                                               const std::vector<std::string>& ids,
                                                               std::optional<jobs::JobId> job) {
    BALMER_TRY(const auto dataset, datasets_.get(name));
    std::vector<Prediction> predictions(ids.size());
    /// Of the column as the job wrote it, or the newest; nothing where there is none.
    const auto versionOf = [&](const std::string& column) -> core::Result<std::optional<store::ColumnInfo>> {
        BALMER_TRY(auto versions, project_.columns().versions(name, column));
        for (auto version = versions.rbegin(); version != versions.rend(); ++version)
            if (!job || version->job == job) return std::move(*version);
        return std::nullopt;
    };
    BALMER_TRY(const auto predicted, versionOf("predicted"));
    if (!predicted) return predictions; // it has not been scored
    const auto eachValue = [&](const std::string& column, const auto& take) -> core::Status {
        BALMER_TRY(const auto version, versionOf(column));
        if (!version) return {};
        BALMER_TRY(const auto values, project_.columns().values(name, column, version->version));
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (const auto row = dataset.rowOf(ids[i]); row && *row < values.size())
                take(predictions[i], values[*row]);
        return {};
    };
    for (const auto& className : predicted->categories)
        BALMER_CHECK(eachValue(workflow::probabilityColumn(className), [&](Prediction& one, double value) {
            one.classes.push_back(className);
            one.probabilities.push_back(value);
        }));
    BALMER_CHECK(eachValue("entropy", [](Prediction& one, double value) { one.entropy = value; }));
    return predictions;
}

} // namespace balmer::api
