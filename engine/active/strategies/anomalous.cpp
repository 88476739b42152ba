// anomalous: the Euclidean distance from the median of each feature, in units of the median distance. Centre
// and unit are medians, so that what is strange does not move them (Huber 1981, Robust Statistics, chapter
// 1). Features keep their scale: in an embedding by principal components the first ones count most, and the
// noise of the last ones does not drown them. The median of each feature is that of a random sample of a
// large pool.
#include <algorithm>
#include <cmath>

#include "engine/active/distance.h"
#include "engine/active/strategies/ranking.h"
#include "engine/active/strategies/table.h"

namespace balmer::active {

namespace {

constexpr std::size_t medianSample = 20'000;

/// The upper one of two in the middle. There must be one.
float medianOf(std::vector<float>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

core::Result<std::vector<Pick>> rankByStrangeness(const StrategyInput& input, std::size_t count,
                                                  core::TaskContext& task) {
    BALMER_TRY(const auto rows, rowsToAsk(anomalousStrategy, input));
    std::vector<Pick> picks;
    if (rows.empty()) return picks;
    core::RandomStream random(input.seed, 19);
    const auto sample = drawnFrom(rows, medianSample, random);
    std::vector<float> centre(input.embedding.columns()), values(sample.size());
    for (std::size_t f = 0; f < centre.size(); ++f) {
        BALMER_CHECK(task.checkpoint(0.5 * static_cast<double>(f) / static_cast<double>(centre.size()),
                                     "looking for what is strange"));
        for (std::size_t i = 0; i < sample.size(); ++i)
            values[i] = input.embedding(sample[i], f);
        centre[f] = medianOf(values);
    }
    const auto distance = [&](std::size_t row) {
        return std::sqrt(squaredDistance(input.embedding.row(row), centre));
    };
    for (std::size_t i = 0; i < sample.size(); ++i)
        values[i] = distance(sample[i]);
    const double usual = medianOf(values);
    for (const auto& ranked : largestFirst(rows, count, distance))
        picks.push_back(
            {ranked.row, usual > 0 ? amountText(ranked.value / usual) +
                                         " times as far from the middle of the pool as a usual spectrum"
                                   : amountText(ranked.value) + " away from the middle of the pool, where "
                                                                "most spectra lie"});
    return picks;
}

} // namespace

const Strategy anomalousStrategy{.name = "anomalous",
                                 .help = "farthest from the middle of the pool",
                                 .needsEmbedding = true,
                                 .rank = &rankByStrangeness};

} // namespace balmer::active
