// margin: 1 − (p₁ − p₂), of the two most probable classes. Scheffer, Decomain & Wrobel (2001), Advances in
// Intelligent Data Analysis, LNCS 2189, 309; Settles (2009), Computer Sciences Technical Report 1648,
// University of Wisconsin, section 3.1.
#include <algorithm>

#include "engine/active/strategies/doubt.h"
#include "engine/active/strategies/table.h"

namespace balmer::active {

namespace {

double smallMargin(std::span<const float> probabilities) {
    float first = 0, second = 0;
    for (const float p : probabilities) {
        second = std::max(second, std::min(first, p));
        first = std::max(first, p);
    }
    return 1 - (double(first) - double(second));
}

core::Result<std::vector<Pick>> rankByMargin(const StrategyInput& input, std::size_t count,
                                             core::TaskContext&) {
    return rankByDoubt(marginStrategy, &smallMargin, input, count);
}

} // namespace

const Strategy marginStrategy{.name = "margin",
                              .help = "the two most probable classes are closest",
                              .needsProbabilities = true,
                              .rank = &rankByMargin};

} // namespace balmer::active
