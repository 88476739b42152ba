// Private to active: strategies that ask for what the model is least sure of, row by row.
#pragma once

#include <span>

#include "engine/active/strategy.h"

namespace balmer::active {

/// How unsure the model is of one row, from its probabilities: the larger, the sooner it is asked about.
using Doubt = double (*)(std::span<const float> probabilities);

/// By falling doubt; the reason says what the model hesitates between.
core::Result<std::vector<Pick>> rankByDoubt(const Strategy& strategy, Doubt doubt, const StrategyInput& input,
                                            std::size_t count);

} // namespace balmer::active
