// Which spectra to ask about: the three lists of one round of active learning.
//
// Works on class probabilities alone (row r, class c; rows sum to one). Rows that are excluded (labelled
// already, or bad) and rows without a prediction (NaN) are never listed. Ties go to the lower row, so a list
// depends on the probabilities and the seed and nothing else. The three lists are those of Škoda, Podsztavek
// & Tvrdík (2020), A&A 643, A122. Pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"

namespace balmer::active {

/// −Σ p ln p in nats; 0 ln 0 = 0.
double entropy(std::span<const float> probabilities);
/// entropy / ln(classes): 0 is certain, 1 is all classes alike. 0 for fewer than two classes.
double normalisedEntropy(std::span<const float> probabilities);

/// How unsure the model is of one row, from its probabilities: the larger, the sooner it is asked about.
using Doubt = double (*)(std::span<const float> probabilities);
/// The words of all strategies (query_strategies.cpp), the usual one first.
std::vector<std::string> queryStrategies();
/// Errors: InvalidArgument for another word.
core::Result<Doubt> queryStrategyFrom(std::string_view word);

struct ListedSpectrum {
    std::size_t row = 0; ///< in the matrix of probabilities
    int predicted = 0;   ///< the most probable class (the lower index on a tie)
    double probability =
        0;              ///< of the predicted class; in the candidates list, of all target classes together
    double entropy = 0; ///< normalised, in [0, 1]
    std::string reason; ///< for the user: "A and B are equally likely (entropy 0.98)"

    bool operator==(const ListedSpectrum&) const = default;
};

struct QueryParameters {
    Doubt doubt = &entropy;               ///< of the strategy
    std::size_t oracle = 100;             ///< length of the oracle list
    std::size_t performanceEstimate = 30; ///< size of the random sample
    std::size_t candidates = 100;         ///< length of the list of candidates; 0 means all
    std::vector<int> targets;             ///< the classes that are looked for; at least one
    std::uint64_t seed = 1;               ///< of the random sample

    /// Errors: InvalidArgument.
    core::Status validate(std::size_t classes) const;
};

struct RoundLists {
    std::vector<ListedSpectrum> oracle; ///< the rows of which the model is least sure, those first
    std::vector<ListedSpectrum> performanceEstimate; ///< a random sample, without replacement, of the rows
                                                     ///< predicted as one of the targets
    std::vector<ListedSpectrum> candidates;          ///< the rows predicted as one of the targets, by falling
                                                     ///< probability of all targets together
};

/// The three lists of a round. classes: a name for each column. excluded: one byte a row, or empty. The
/// random sample may share rows with the other lists: leaving those out would make the estimate of precision
/// a biased one. Errors: InvalidArgument for sizes that disagree or parameters out of range.
core::Result<RoundLists> drawRound(core::FloatView probabilities, std::span<const std::string> classes,
                                   std::span<const unsigned char> excluded,
                                   const QueryParameters& parameters);

} // namespace balmer::active
