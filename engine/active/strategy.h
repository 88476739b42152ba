// Strategy: one way to choose which spectra to ask about, and the table of those that there are.
//
// A strategy is a pure function of what is known of a pool of rows: class probabilities, those of several
// models (a committee), a place in an embedding, and which rows have a label. One input, one list: it does
// not depend on the number of threads, and ties go to the lower row. Each strategy has a file of its own in
// strategies/, with its formula and its source. Distances are Euclidean, in the embedding's own unit. Values;
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::active {

/// What is known of the pool. Owns nothing of what it looks at.
struct StrategyInput {
    /// [rows × classes], a row of NaN has no prediction; 0 × 0 while nothing is trained.
    core::FloatView probabilities = {};
    std::vector<core::FloatView> committee = {}; ///< the probabilities of each member, or empty
    /// [rows × features], NaN where a row cannot be used, or 0 × 0.
    core::FloatView embedding = {};
    std::span<const unsigned char> excluded = {}; ///< one byte a row (labelled, bad), or empty
    std::span<const std::size_t> labelled = {};   ///< rows that have a label: coverage starts from them
    std::span<const std::string> classes = {};    ///< a name for each column of the probabilities
    std::span<const int> targets = {};            ///< the classes that are looked for
    std::uint64_t seed = 1;                       ///< of what is drawn at random
    std::size_t threads = 1;                      ///< to compute with; 0: all processors

    /// Rows of the pool, whichever of its matrices is given.
    std::size_t rows() const;
    /// Errors: InvalidArgument for sizes that disagree, a target or a labelled row outside the range.
    core::Status validate() const;
};

struct Pick {
    std::size_t row = 0;
    std::string reason; ///< for the user, with the number that it rests on

    bool operator==(const Pick&) const = default;
};

struct Strategy {
    std::string_view name; ///< "least-confidence"
    std::string_view help; ///< part of a sentence: "the most probable class is least probable"
    bool needsProbabilities = false, needsCommittee = false, needsEmbedding = false;
    /// Up to count rows, the first to be asked first; fewer where there are fewer. Never a row that is
    /// excluded or labelled, or that lacks what the strategy needs. Errors: InvalidArgument for an input
    /// that is not valid or lacks what is needed, Cancelled.
    core::Result<std::vector<Pick>> (*rank)(const StrategyInput& input, std::size_t count,
                                            core::TaskContext& task) = nullptr;
};

/// All of them, in the order in which they are offered.
std::span<const Strategy> strategies();
/// Errors: InvalidArgument, which names all.
core::Result<const Strategy*> strategyNamed(std::string_view word);

/// What a strategy needs and the input lacks: "class probabilities, which are there once a model is
/// trained"; "" where nothing is.
std::string lacking(const Strategy& strategy, const StrategyInput& input);

} // namespace balmer::active
