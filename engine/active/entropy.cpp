#include "engine/active/entropy.h"

#include <algorithm>
#include <cmath>

namespace balmer::active {

double entropy(std::span<const float> probabilities) {
    double sum = 0;
    for (const double p : probabilities)
        if (p > 0) sum -= p * std::log(p);
    return std::max(0.0, sum);
}

double normalisedEntropy(std::span<const float> probabilities) {
    if (probabilities.size() < 2) return 0;
    return std::min(1.0, entropy(probabilities) / std::log(static_cast<double>(probabilities.size())));
}

} // namespace balmer::active
