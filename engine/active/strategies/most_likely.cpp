// most-likely: Σ p over the target classes. It finds members instead of the border between classes: what
// Garnett et al. (2012), ICML, call active search, with one step of foresight.
#include "engine/active/strategies/ranking.h"
#include "engine/active/strategies/table.h"
#include "engine/core/text_number.h"

namespace balmer::active {

namespace {

core::Result<std::vector<Pick>> rankByTargets(const StrategyInput& input, std::size_t count,
                                              core::TaskContext&) {
    BALMER_TRY(const auto rows, rowsToAsk(mostLikelyStrategy, input));
    if (input.targets.empty())
        return core::fail(
            core::ErrorCode::InvalidArgument,
            "the strategy most-likely needs to know which classes are looked for; name a target");
    std::vector<char> isTarget(input.classes.size(), 0);
    for (const int target : input.targets)
        isTarget[static_cast<std::size_t>(target)] = 1;
    const auto wanted = [&](std::size_t row) {
        double sum = 0;
        for (std::size_t c = 0; c < isTarget.size(); ++c)
            if (isTarget[c]) sum += input.probabilities(row, c);
        return sum;
    };
    std::vector<Pick> picks;
    for (const auto& ranked : largestFirst(rows, count, wanted))
        picks.push_back({ranked.row, "among the likeliest of those looked for: probability " +
                                         core::formatFixed(ranked.value, 3)});
    return picks;
}

} // namespace

const Strategy mostLikelyStrategy{.name = "most-likely",
                                  .help = "a class that is looked for is most probable",
                                  .needsProbabilities = true,
                                  .rank = &rankByTargets};

} // namespace balmer::active
