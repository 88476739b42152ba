// initialise(): the codebook with which a training begins.
#pragma once

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/core/thread_pool.h"
#include "engine/som/self_organising_map.h"

namespace balmer::som {

/// rows: at least one for each neuron, finite, not all the same. The same result for every number of threads.
///
/// The principal plane is that of at most 2 048 rows, evenly spaced, by orthogonal iteration (Golub & Van
/// Loan 2013, Matrix Computations, §8.2.4) with 4 vectors and 12 steps from a fixed beginning: more than near
/// enough for a beginning. Data that vary along one line only are met by neurons along that line, in their
/// order. Errors: Cancelled.
core::Result<core::FloatMatrix> initialise(core::FloatView rows, const SomParameters& parameters,
                                           core::ThreadPool& pool, core::TaskContext& task);

} // namespace balmer::som
