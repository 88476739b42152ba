// least-confidence: 1 − p₁, of the most probable class. Lewis & Gale (1994), SIGIR, 3; Settles (2009),
// Computer Sciences Technical Report 1648, University of Wisconsin, section 3.1.
#include <algorithm>

#include "engine/active/strategies/doubt.h"
#include "engine/active/strategies/table.h"

namespace balmer::active {

namespace {

double lackOfConfidence(std::span<const float> probabilities) {
    return 1 - double(*std::max_element(probabilities.begin(), probabilities.end()));
}

core::Result<std::vector<Pick>> rankByConfidence(const StrategyInput& input, std::size_t count,
                                                 core::TaskContext&) {
    return rankByDoubt(leastConfidenceStrategy, &lackOfConfidence, input, count);
}

} // namespace

const Strategy leastConfidenceStrategy{.name = "least-confidence",
                                       .help = "the most probable class is least probable",
                                       .needsProbabilities = true,
                                       .rank = &rankByConfidence};

} // namespace balmer::active
