// entropy: −Σ p ln p. Shannon (1948, Bell System Technical Journal 27, 379); as a query strategy Settles
// (2009), Computer Sciences Technical Report 1648, University of Wisconsin, section 3.1.
#include "engine/active/entropy.h"

#include "engine/active/strategies/doubt.h"
#include "engine/active/strategies/table.h"

namespace balmer::active {

namespace {

core::Result<std::vector<Pick>> rankByEntropy(const StrategyInput& input, std::size_t count,
                                              core::TaskContext&) {
    return rankByDoubt(entropyStrategy, &entropy, input, count);
}

} // namespace

const Strategy entropyStrategy{.name = "entropy",
                               .help = "the classes are most alike in probability",
                               .needsProbabilities = true,
                               .rank = &rankByEntropy};

} // namespace balmer::active
