// Cross-validation: every row predicted by a classifier that never saw it.
//
// The out-of-fold probabilities serve to measure a classifier, and wherever a prediction for a labelled row
// must not come from its own label (auditing labels, calibration).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/learn/classifier.h"
#include "engine/learn/metrics.h"

namespace balmer::learn {

/// Makes the untrained classifier of one fold. Called in the calling thread, one fold after the other.
using ClassifierFactory = std::function<core::Result<std::unique_ptr<Classifier>>(int fold)>;

struct CrossValidationParameters {
    int folds = 5;
    std::uint64_t seed = 1; ///< of the partition
};

struct CrossValidation {
    core::FloatMatrix probabilities; ///< [rows × classes], out of fold
    std::vector<int> predicted;      ///< most probable class of each row; −1 for one that cannot be scored
    std::size_t unscored = 0;        ///< rows that cannot be scored; the metrics are over the others
    std::vector<int> fold;           ///< in which each row was held out
    Metrics metrics;                 ///< of all out-of-fold predictions together
    std::vector<double> foldMacroF1; ///< of each fold alone
    std::vector<TrainingReport> training;
};

/// labels: one a row, in [0, classes of the factory's classifiers).
/// Errors: those of stratifiedFolds, of the factory and of the classifiers; Cancelled.
core::Result<CrossValidation> crossValidate(core::FloatView rows, std::span<const int> labels,
                                            const CrossValidationParameters& parameters,
                                            const ClassifierFactory& factory, core::TaskContext& task);

} // namespace balmer::learn
