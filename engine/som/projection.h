// Projection: where on a map each row of a matrix lies.
//
// Winners are exact: those of Σ(x - w)² summed in double precision over the float data, the lowest index on a
// tie, independent of the number of threads. How: best_unit_search.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/core/thread_pool.h"
#include "engine/som/self_organising_map.h"

namespace balmer::som {

/// One entry a row. A value; const use from any thread.
struct Projection {
    std::vector<std::uint32_t> best;   ///< the nearest neuron ("best-matching unit")
    std::vector<std::uint32_t> second; ///< the second nearest
    std::vector<float> distance;       ///< Euclidean distance to the nearest, in the units of the data
    std::vector<float> secondDistance;

    std::size_t rows() const { return best.size(); }
};

/// rows: [rows × columns of the map's codebook], finite; no rows give an empty projection.
/// Errors: InvalidArgument (an invalid map, another number of columns, a value that is not finite or whose
/// magnitude exceeds 1e37: the message names the row), Cancelled. Runs on the pool; the calling thread makes
/// the checkpoints.
core::Result<Projection> project(core::FloatView rows, const Map& map, core::ThreadPool& pool,
                                 core::TaskContext& task);

/// The rows of each neuron, in ascending order. A value; const use from any thread.
class Members {
  public:
    Members() = default;
    /// best: one neuron a row, each < neurons.
    Members(std::span<const std::uint32_t> best, std::size_t neurons);

    std::size_t neurons() const { return first_.empty() ? 0 : first_.size() - 1; }
    std::span<const std::uint32_t> of(std::size_t neuron) const {
        return {rows_.data() + first_[neuron], first_[neuron + 1] - first_[neuron]};
    }

  private:
    std::vector<std::size_t> first_;
    std::vector<std::uint32_t> rows_;
};

} // namespace balmer::som
