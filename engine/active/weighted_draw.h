// Private to active: one of several, with a chance in proportion to its weight. Pure.
#pragma once

#include <cstddef>
#include <span>

#include "engine/core/random_stream.h"

namespace balmer::active {

/// Index of the one drawn, never of one without weight; weights.size() where none has any. all: their sum.
template <typename Weight>
std::size_t drawByWeight(std::span<const Weight> weights, double all, core::RandomStream& random) {
    double left = random.uniform() * all;
    std::size_t drawn = weights.size();
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (!(weights[i] > 0)) continue;
        drawn = i;
        left -= static_cast<double>(weights[i]);
        if (left < 0) break;
    }
    return drawn;
}

} // namespace balmer::active
