// Balancing: synthetic rows for rare classes until all are as frequent as the most frequent one.
//
// SMOTE (Chawla, Bowyer, Hall & Kegelmeyer 2002, JAIR 16, 321): a new row lies at a random place on the line
// between a row of the class and one of its nearest neighbours of that class (Euclidean). A class of n rows
// has at most n − 1 neighbours to use; a class of one row is repeated. Pure; same result for every number of
// threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::learn {

struct SmoteParameters {
    std::size_t neighbours = 5;
    std::uint64_t seed = 1;
    std::size_t threads = 0; ///< 0: all processors
};

struct LabelledRows {
    core::FloatMatrix rows;
    std::vector<int> labels;
};

/// The given rows in their order, then the synthetic ones class by class. Classes without rows stay without.
/// Errors: InvalidArgument (sizes, negative label, no neighbours), Cancelled.
core::Result<LabelledRows> smote(core::FloatView rows, std::span<const int> labels,
                                 const SmoteParameters& parameters, core::TaskContext& task);

} // namespace balmer::learn
