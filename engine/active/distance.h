// Private to active: the squared Euclidean distance of two rows, summed in an order that is always the same.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace balmer::active {

inline float squaredDistance(std::span<const float> a, std::span<const float> b) {
    constexpr std::size_t lanes = 8;
    std::array<float, lanes> sums{};
    std::size_t i = 0;
    for (; i + lanes <= a.size(); i += lanes)
        for (std::size_t k = 0; k < lanes; ++k) {
            const float apart = a[i + k] - b[i + k];
            sums[k] += apart * apart;
        }
    for (std::size_t k = 0; i < a.size(); ++i, ++k) {
        const float apart = a[i] - b[i];
        sums[k] += apart * apart;
    }
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

} // namespace balmer::active
