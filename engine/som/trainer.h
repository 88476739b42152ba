// train(): makes a self-organising map from the rows of a matrix by the batch algorithm.
//
// One epoch: every row finds its nearest neuron k (exact, see projection.h); then every neuron j becomes
//     w_j = Σ_k h(j, k) S_k / Σ_k h(j, k) n_k
// with S_k and n_k the sum and the number of the rows that chose k, and h the neighbourhood at the epoch's
// radius (Kohonen 2001, §3.6). A neuron that no row reaches keeps its place.
//
// The result is the same, bit for bit, for every number of threads: winners are exact; each S_k is summed by
// one thread in 64-bit fixed point (whose unit is the smallest power of two with which rows × largest
// magnitude stays below 2^62), so that partial sums of several machines will also add up to the same; and the
// neighbourhood is applied in an order that the grid alone gives. On grids the Gaussian is a product of one
// factor along x and one along y, and costs width + height instead of width × height terms a neuron; on
// hexagonal grids the factor along x has a second form for rows of different parity.
#pragma once

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/core/thread_pool.h"
#include "engine/som/projection.h"
#include "engine/som/self_organising_map.h"

namespace balmer::som {

struct TrainedMap {
    Map map;
    /// The training rows on the finished map.
    Projection projection;
    /// Of the finished map on those rows (map.epochs has those of each epoch's beginning).
    double quantisationError = 0;
    double topographicError = 0;
};

/// A map needs as many rows as it has neurons. Errors: InvalidArgument.
core::Status checkSize(const Grid& grid, std::size_t rows);

/// rows: [rows × columns] with rows >= neurons, finite, magnitude at most 1e37; they must not all be the
/// same. Reports the series "quantisation error" and "topographic error" at the steps 0 … epochs, the last
/// for the finished map. The calling thread works along in the pool and makes a checkpoint for each block of
/// rows that it does. Errors: InvalidArgument (the message names the row or the value, and the remedy),
/// Cancelled.
core::Result<TrainedMap> train(core::FloatView rows, const SomParameters& parameters, core::ThreadPool& pool,
                               core::TaskContext& task);

} // namespace balmer::som
