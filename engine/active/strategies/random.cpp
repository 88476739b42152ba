// random: each row that can be asked about with the same chance, without replacement. The others are measured
// against it.
#include "engine/active/strategies/ranking.h"
#include "engine/active/strategies/table.h"

namespace balmer::active {

namespace {

core::Result<std::vector<Pick>> rankAtRandom(const StrategyInput& input, std::size_t count,
                                             core::TaskContext&) {
    BALMER_TRY(auto rows, rowsToAsk(randomStrategy, input));
    const std::string reason = "drawn at random from the " + std::to_string(rows.size()) + " without a label";
    core::RandomStream random(input.seed, 11);
    std::vector<Pick> picks;
    for (const std::size_t row : drawnFrom(std::move(rows), count, random))
        picks.push_back({row, reason});
    return picks;
}

} // namespace

const Strategy randomStrategy{
    .name = "random", .help = "drawn at random, to compare with", .rank = &rankAtRandom};

} // namespace balmer::active
