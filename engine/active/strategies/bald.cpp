// bald: H(mean of p over the models) − mean of H(p), the mutual information between the class and the model,
// in nats. Large where each model is sure and they contradict one another; small where all of them hesitate,
// which more labels would not mend. Houlsby, Huszár, Ghahramani & Lengyel (2011), arXiv:1112.5745.
#include <algorithm>

#include "engine/active/entropy.h"
#include "engine/active/strategies/ranking.h"
#include "engine/active/strategies/table.h"
#include "engine/core/text_number.h"

namespace balmer::active {

namespace {

core::Result<std::vector<Pick>> rankByInformation(const StrategyInput& input, std::size_t count,
                                                  core::TaskContext& task) {
    BALMER_TRY(const auto rows, rowsToAsk(baldStrategy, input));
    BALMER_CHECK(task.checkpoint(0, "comparing models"));
    const auto models = static_cast<double>(input.committee.size());
    std::vector<float> mean(input.classes.size());
    const auto information = [&](std::size_t row) {
        double ofEach = 0;
        std::vector<double> sums(mean.size(), 0);
        for (const auto& member : input.committee) {
            const auto p = member.row(row);
            ofEach += entropy(p) / models;
            for (std::size_t c = 0; c < sums.size(); ++c)
                sums[c] += p[c];
        }
        for (std::size_t c = 0; c < mean.size(); ++c)
            mean[c] = static_cast<float>(sums[c] / models);
        return std::max(0.0, entropy(mean) - ofEach);
    };
    std::vector<Pick> picks;
    for (const auto& ranked : largestFirst(rows, count, information)) {
        information(ranked.row); // for the mean
        picks.push_back(
            {ranked.row, "the models differ by " + core::formatFixed(ranked.value, 2) +
                             " nats of information; together: " + hesitation(mean, input.classes)});
    }
    return picks;
}

} // namespace

const Strategy baldStrategy{.name = "bald",
                            .help = "several models are each sure and contradict one another most",
                            .needsCommittee = true,
                            .rank = &rankByInformation};

} // namespace balmer::active
