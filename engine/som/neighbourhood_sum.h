// NeighbourhoodSum: adds up what the neurons hold, each weighted by its distance on the grid.
//
// out(j) = Σ_k h(d(j, k)) in(k). One object serves one training; it is used by one thread, which works along
// in the pool.
#pragma once

#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/thread_pool.h"
#include "engine/som/self_organising_map.h"

namespace balmer::som {

class NeighbourhoodSum {
  public:
    NeighbourhoodSum(const Grid& grid, Neighbourhood neighbourhood, std::size_t columns);

    /// values: [neurons × columns]; replaced by the sums. radius > 0. The same bits for every number of
    /// threads.
    void apply(core::FloatMatrix& values, double radius, core::ThreadPool& pool);

  private:
    void applyGaussian(core::FloatMatrix& values, double radius, core::ThreadPool& pool);
    void applyBubble(core::FloatMatrix& values, double radius, core::ThreadPool& pool);

    Grid grid_;
    Neighbourhood neighbourhood_;
    /// Sums along x at the positions of rows of the same parity and of the other one (hexagonal grids only);
    /// the bubble's sums are in the first.
    core::FloatMatrix alike_, shifted_;
};

} // namespace balmer::som
