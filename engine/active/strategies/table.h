// Private to active: the table of strategies, in the order in which a user meets them. A line is the constant
// that the strategy's file defines.
#pragma once

#include "engine/active/strategy.h"

#define BALMER_STRATEGIES(STRATEGY)                                                                          \
    STRATEGY(entropyStrategy)                                                                                \
    STRATEGY(marginStrategy)                                                                                 \
    STRATEGY(leastConfidenceStrategy)                                                                        \
    STRATEGY(mostLikelyStrategy)                                                                             \
    STRATEGY(committeeStrategy)                                                                              \
    STRATEGY(baldStrategy)                                                                                   \
    STRATEGY(badgeStrategy)                                                                                  \
    STRATEGY(coreSetStrategy)                                                                                \
    STRATEGY(typicalStrategy)                                                                                \
    STRATEGY(coverStrategy)                                                                                  \
    STRATEGY(anomalousStrategy)                                                                              \
    STRATEGY(randomStrategy)

namespace balmer::active {

#define BALMER_DECLARE_STRATEGY(strategy) extern const Strategy strategy;
BALMER_STRATEGIES(BALMER_DECLARE_STRATEGY)
#undef BALMER_DECLARE_STRATEGY

} // namespace balmer::active
