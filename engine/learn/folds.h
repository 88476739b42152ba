// Folds: a partition of labelled rows in which every class is spread as evenly as it goes. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/result.h"

namespace balmer::learn {

/// The fold, in [0, folds), of each row: each class is shuffled and dealt out in turn, going on where the
/// class before ended, so that folds differ by at most one row, in all and in each class. Errors:
/// InvalidArgument for folds < 2, fewer rows than folds, a negative label, or one class only.
core::Result<std::vector<int>> stratifiedFolds(std::span<const int> labels, int folds, std::uint64_t seed);

} // namespace balmer::learn
