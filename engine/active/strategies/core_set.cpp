// core-set: farthest first from what has a label, so that no spectrum is far from a labelled one. The greedy
// k-centre of Sener & Savarese (2018), ICLR, algorithm 1. Without any label the first is drawn at random. Of
// a large pool a random sample is looked at.
#include <cmath>

#include "engine/active/spread.h"
#include "engine/active/strategies/ranking.h"
#include "engine/active/strategies/table.h"

namespace balmer::active {

namespace {

constexpr std::size_t coreSetSample = 20'000;

core::Result<std::vector<Pick>> rankByGap(const StrategyInput& input, std::size_t count,
                                          core::TaskContext& task) {
    BALMER_TRY(auto rows, rowsToAsk(coreSetStrategy, input));
    core::RandomStream random(input.seed, 13);
    const auto sample = drawnFrom(std::move(rows), std::max(count, coreSetSample), random);
    BALMER_TRY(const auto far, farthestFirst(input.embedding, sample, labelledPlaces(input), count, task));
    std::vector<Pick> picks;
    for (const auto& each : far)
        picks.push_back({each.row, std::isfinite(each.distance)
                                       ? "unlike what has a label or stands before it: the nearest is " +
                                             amountText(each.distance) + " away"
                                       : "the first, drawn at random from " + std::to_string(sample.size())});
    return picks;
}

} // namespace

const Strategy coreSetStrategy{.name = "core-set",
                               .help = "farthest from every spectrum that has a label",
                               .needsEmbedding = true,
                               .rank = &rankByGap};

} // namespace balmer::active
