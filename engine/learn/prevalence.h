// Prevalence: how frequent each class is among rows without labels, and what a classifier that was taught
// with equally frequent classes says once that is known. Of a class that is one in a hundred, a row must look
// a hundred times more like it than like the rest.
//
// Expectation–maximisation (Saerens, Latinne & Decaestecker 2002, Neural Computation 14, 21, eqs. 2.4–2.5):
// the shares of the classes are the means of the probabilities that they themselves give, begun with equal
// shares. One row is added to each class, so that none becomes impossible. Pure; any thread.
#pragma once

#include <vector>

#include "engine/core/matrix.h"

namespace balmer::learn {

/// probabilities [rows × classes], each row summing to one, becomes what it is with the shares found, which
/// are returned and sum to one. Rows that are not finite stay as they are and do not count.
std::vector<double> adaptToPrevalence(core::MatrixView<float> probabilities);

} // namespace balmer::learn
