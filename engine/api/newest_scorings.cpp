#include "engine/api/newest_scorings.h"

#include "engine/core/log.h"

namespace balmer::api {

core::Result<std::vector<std::optional<workflow::Predicted>>>
NewestScorings::of(std::span<const std::string_view> ids) {
    return workflow::newestPredictions(
        project_, ids, [this](const std::string& name) { return usable(name); },
        [this](const store::ColumnInfo& predicted) { return read(predicted); });
}

core::Result<std::optional<dataset::Dataset>> NewestScorings::usable(const std::string& name) {
    auto opened = datasets_.get(name);
    if (opened) return std::optional(std::move(*opened));
    const auto& error = opened.error();
    if (error.code() == core::ErrorCode::Cancelled || error.code() == core::ErrorCode::ResourceExhausted)
        return core::fail(error);
    const std::lock_guard lock(mutex_);
    if (said_.insert(name).second)
        core::log::warning("the predictions for the dataset " + name + " are not shown: " + error.describe());
    return std::nullopt;
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
