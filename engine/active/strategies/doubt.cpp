#include "engine/active/strategies/doubt.h"

#include "engine/active/strategies/ranking.h"

namespace balmer::active {

core::Result<std::vector<Pick>> rankByDoubt(const Strategy& strategy, Doubt doubt, const StrategyInput& input,
                                            std::size_t count) {
    BALMER_TRY(const auto rows, rowsToAsk(strategy, input));
    std::vector<Pick> picks;
    for (const auto& ranked :
         largestFirst(rows, count, [&](std::size_t row) { return doubt(input.probabilities.row(row)); }))
        picks.push_back({ranked.row, hesitation(input.probabilities.row(ranked.row), input.classes)});
    return picks;
}

} // namespace balmer::active
