// Prevalence: how frequent each class is among rows without labels, and what a classifier says once that is
// known. Of a class that is one in a hundred, a row must look a hundred times more like it than like the
// rest.
//
// The classifier was taught with equally frequent classes, and with rows of the pool itself as "everything
// else", although members of the other classes hide among them (learning from positive and unlabelled
// examples; Elkan & Noto 2008, KDD 14, 213). What it says of a row then compares each class with the whole
// pool, so that by Bayes' rule the probability of class k is πₖ pₖ/p₀ for its share πₖ of the pool, and that
// of everything else is what is left; where those of the classes come to more than one they are scaled to it.
// The shares are the means of the
// probabilities that they themselves give, begun with a pool of these classes alone, and no smaller than it
// takes for some row to be certain. One row is added to each class, so that none becomes impossible. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/core/matrix.h"

namespace balmer::learn {

/// probabilities [rows × classes], each row summing to one, becomes what it is with the shares found, which
/// are returned and sum to one. rest: the class that was taught with the pool. Rows that are not finite stay
/// as they are and do not count.
std::vector<double> adaptToPrevalence(core::MatrixView<float> probabilities, std::size_t rest);

} // namespace balmer::learn
