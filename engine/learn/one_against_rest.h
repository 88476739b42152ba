// Several classes by machines that each tell one class from the rest. Private to learn. Pure.
#pragma once

#include <cstddef>
#include <numeric>
#include <span>

namespace balmer::learn {

/// Of two classes the one machine tells the second.
inline std::size_t machinesFor(std::size_t classes) {
    return classes == 2 ? 1 : classes;
}

/// The class that a machine tells.
inline int classOf(std::size_t machine, std::size_t classes) {
    return static_cast<int>(classes == 2 ? 1 : machine);
}

/// Adds to sums [classes] what the machines say (values in [0, 1], one a machine), brought to a sum of one,
/// times weight.
inline void addShares(std::span<const double> values, float weight, std::span<float> sums) {
    if (sums.size() == 2) {
        sums[0] += weight * static_cast<float>(1 - values[0]);
        sums[1] += weight * static_cast<float>(values[0]);
        return;
    }
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    for (std::size_t c = 0; c < sums.size(); ++c)
        sums[c] +=
            weight * static_cast<float>(sum > 0 ? values[c] / sum : 1.0 / static_cast<double>(sums.size()));
}

} // namespace balmer::learn
