// How unsure class probabilities are. Pure; any thread.
#pragma once

#include <span>

namespace balmer::active {

/// −Σ p ln p in nats; 0 ln 0 = 0.
double entropy(std::span<const float> probabilities);
/// entropy / ln(classes): 0 is certain, 1 is all classes alike. 0 for fewer than two classes.
double normalisedEntropy(std::span<const float> probabilities);

} // namespace balmer::active
