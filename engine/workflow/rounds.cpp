#include "engine/workflow/rounds.h"

#include "engine/store/label_log.h"

namespace balmer::workflow {

core::Result<std::optional<active::PrecisionEstimate>> precisionOf(store::Project& project,
                                                                   const store::RoundRecord& round) {
    BALMER_TRY(const auto classes, project.labels().classes());
    std::size_t agreed = 0, judged = 0;
    for (const auto& item : round.items) {
        if (item.list != active::RoundList::PerformanceEstimate) continue;
        const auto found = classes.find(item.spectrum);
        if (found == classes.end()) continue;
        ++judged;
        agreed += found->second == item.predicted;
    }
    if (judged == 0) return std::nullopt;
    BALMER_TRY(const auto estimate, active::estimatePrecision(agreed, judged));
    return estimate;
}

core::Status judgeRound(store::Project& project, std::int64_t id) {
    BALMER_TRY(const auto round, project.rounds().get(id));
    BALMER_TRY(const auto estimate, precisionOf(project, round));
    if (estimate) BALMER_CHECK(project.rounds().setPrecision(id, *estimate));
    return {};
}

} // namespace balmer::workflow
