#include "engine/api/newest_scorings.h"

#include "engine/core/log.h"

namespace balmer::api {

core::Result<std::vector<std::optional<workflow::Predicted>>>
NewestScorings::of(std::span<const std::string_view> ids) {
    return workflow::newestPredictions(
        project_, ids,
        {[this](const std::string& name) { return datasets_.get(name); },
         [this](const std::string& name, const core::Error& why) { warnOnce(name, why); },
         [this](const store::ColumnInfo& predicted) { return read(predicted); }});
}

void NewestScorings::warnOnce(const std::string& dataset, const core::Error& why) {
    const std::lock_guard lock(mutex_);
    if (said_.insert(dataset).second) core::log::warning("predictions are not shown: " + why.describe());
}

std::size_t NewestScorings::timesRead() const {
    const std::lock_guard lock(mutex_);
    return timesRead_;
}

core::Result<std::shared_ptr<const workflow::Scoring>>
NewestScorings::read(const store::ColumnInfo& predicted) {
    const std::lock_guard lock(mutex_);
    auto& kept = kept_[predicted.dataset];
    if (!kept.scoring || kept.version != predicted.version || kept.created != predicted.created) {
        ++timesRead_;
        BALMER_TRY(auto scoring, workflow::readScoring(project_, predicted));
        kept = {predicted.version, predicted.created,
                std::make_shared<const workflow::Scoring>(std::move(scoring))};
    }
    return kept.scoring;
}

} // namespace balmer::api
