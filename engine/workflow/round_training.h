// The training of one round of active learning, and what it makes of each row of the pool.
//
// While a class has few labels, simulated emission in the user's own spectra teaches the network beside the
// labels, for the targets that have a profile. The pool's own rows then stand for "everything else" although
// some are targets; so two networks are trained, each on one half of these rows, and a row is scored by the
// one that has not seen it. The classes are equally frequent in what is taught and not in the pool: how
// frequent they are there is found from the scores (learn/prevalence.h). Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/dataset/dataset.h"
#include "engine/learn/classifiers.h"
#include "engine/workflow/injected_rows.h"
#include "engine/workflow/training_rows.h"

namespace balmer::workflow {

struct SimulationParameters {
    std::size_t perClass = 400; ///< simulated rows; 0: labels alone
    std::size_t enough = 50;    ///< labels a class from which no simulated rows are needed
    std::uint64_t seed = 1;
};

struct TrainingPlan {
    bool simulated = false; ///< with simulated rows beside the labels
    std::vector<int> half;  ///< one a row: 0 or 1 where it is used as "everything else", −1 elsewhere
    /// Classes of which there is neither a label nor a simulated row: while there are any, nothing can be
    /// trained.
    std::vector<std::string> withoutExamples;
};
TrainingPlan planTraining(const TargetClasses& classes, const RowLabels& labels,
                          const SimulationParameters& parameters);

struct RankedPool {
    std::unique_ptr<learn::Classifier> model;
    core::FloatMatrix probabilities; ///< [rows of the dataset × classes]
};

/// Errors: InvalidArgument (too few rows), those of the classifier and of appendInjectedRows(); Cancelled.
core::Result<RankedPool> trainAndRank(const learn::ClassifierKind& kind,
                                      const learn::ClassifierParameters& classifier,
                                      const dataset::Dataset& dataset, const TargetClasses& classes,
                                      const RowLabels& labels, const TrainingPlan& plan,
                                      const SimulationParameters& parameters, core::TaskContext& task);

} // namespace balmer::workflow
