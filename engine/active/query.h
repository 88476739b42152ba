// The three lists of one round of active learning: which spectra to ask about, a random sample to judge the
// predictions by, and the candidates.
//
// The first is a mix of strategies (mix.h); the two others work on class probabilities alone and are empty
// while nothing is trained. Rows that are excluded (labelled already, or bad) are never listed, nor are rows
// without a prediction (NaN) once there are predictions. Ties go to the lower row. The three lists are those
// of Škoda, Podsztavek & Tvrdík (2020), A&A 643, A122. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/active/mix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::active {

struct ListedSpectrum {
    std::size_t row = 0; ///< in the pool
    int predicted = 0; ///< the most probable class (the lower index on a tie); −1 while nothing is trained
    double probability =
        0;              ///< of the predicted class; in the candidates list, of all target classes together
    double entropy = 0; ///< normalised, in [0, 1]
    std::string reason; ///< for the user: "A and B are equally likely (entropy 0.98)"

    bool operator==(const ListedSpectrum&) const = default;
};

struct QueryParameters {
    Mix strategy;                         ///< of the oracle list
    std::size_t oracle = 100;             ///< length of the oracle list
    std::size_t performanceEstimate = 30; ///< size of the random sample
    std::size_t candidates = 100;         ///< length of the list of candidates; 0 means all
};

struct RoundLists {
    std::vector<ListedSpectrum> oracle;              ///< the rows to ask about, as the strategy orders them
    std::vector<ListedSpectrum> performanceEstimate; ///< a random sample, without replacement, of the rows
                                                     ///< predicted as one of the targets
    std::vector<ListedSpectrum> candidates;          ///< the rows predicted as one of the targets, by falling
                                                     ///< probability of all targets together
};

/// The three lists of a round. The input names two classes or more and a target. The random sample may share
/// rows with the other lists: leaving those out would make the estimate of precision a biased one. Errors:
/// InvalidArgument for an input that is not valid, or that lacks what the strategy needs; Cancelled.
core::Result<RoundLists> drawRound(const StrategyInput& input, const QueryParameters& parameters,
                                   core::TaskContext& task);

} // namespace balmer::active
