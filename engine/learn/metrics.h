// How good predictions are: confusion matrix, accuracy, precision, recall and F1 of each class, macro-F1.
//
// Where a ratio has nothing below the line it is 0, as in scikit-learn. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"

namespace balmer::learn {

/// Row = true class, column = predicted class.
using ConfusionMatrix = core::Matrix<std::size_t>;

struct ClassMetrics {
    std::size_t support = 0; ///< rows that are truly of the class
    double precision = 0;    ///< right among those predicted as the class
    double recall = 0;       ///< right among those of the class
    double f1 = 0;           ///< harmonic mean of the two
};

struct Metrics {
    ConfusionMatrix confusion;         ///< classes × classes
    double accuracy = 0;               ///< share of rows predicted right
    double macroF1 = 0;                ///< mean F1 over the classes that occur, as truth or as prediction
    std::vector<ClassMetrics> classes; ///< one a class
};

/// Errors: InvalidArgument for no rows, sizes that differ, or a class outside [0, classes).
core::Result<Metrics> measure(std::span<const int> truth, std::span<const int> predicted,
                              std::size_t classes);

/// The most probable class of each row, the lower index on a tie; −1 for a row without a prediction (NaN).
std::vector<int> mostProbable(core::FloatView probabilities);

} // namespace balmer::learn
