// BestUnitSearch: the two nearest neurons of each row, exactly, at the price of a matrix product.
//
// |x - w|² = |x|² - 2 (x·w - |w|²/2), so the nearest neuron has the largest score s = x·w - |w|²/2. Scores
// are one single-precision matrix product a block of 256 rows, after the mean neuron is subtracted from both
// sides (without that, spectra of similar continua lose their differences to rounding) and both are brought
// to magnitudes near 1 by a power of two. With u = 2^-24 and D columns the error of a score is at most
//     E = 1.1 u ((D + 4) |x| |w| + 3 |w|²) + D 2^-50 |x|² + 1e-30
// (Higham 2002, Accuracy and Stability of Numerical Algorithms, §3.1, for a dot product in any order; the
// rest is the rounding of the centred values, of |w|²/2, of the difference, of the double-precision sums
// below, and underflow). Every neuron whose score is within 2 E of the second largest is compared by Σ(x -
// w)² in double precision over the original numbers, in ascending order: the winners are those of double
// precision, the lowest index on a tie.
//
// The product is oneDNN's sgemm, measured 7 … 24 % faster than OpenBLAS at these shapes; and its number of
// threads is a setting of the calling thread (OpenMP), held at 1 during the call, where OpenBLAS has one
// setting for the process, which would be libtorch's too.
//
// A search keeps a view of the codebook, which must stay as it is. Const use from any thread, each with its
// own Scratch.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/core/thread_pool.h"
#include "engine/som/projection.h"

namespace balmer::som {

/// The two nearest neurons of a row, and the squares of the distances to them.
struct NearestTwo {
    std::uint32_t best = 0, second = 0;
    double squaredDistance = 0, secondSquaredDistance = 0;
};

class BestUnitSearch {
  public:
    struct Scratch {
        std::vector<float> rows, scores, groupMaximum, secondLargest, threshold;
    };

    /// codebook: [neurons >= 2 × columns], finite, magnitudes at most 1e37.
    explicit BestUnitSearch(core::FloatView codebook);

    /// rows: at most kernels::blockRows, finite, magnitudes at most 1e37; nearest has an entry for each.
    void searchBlock(core::FloatView rows, Scratch& scratch, std::span<NearestTwo> nearest) const;

    /// All rows, in the pool; the calling thread makes a checkpoint for each block that it does, from
    /// progress `from` to `to`. Errors: Cancelled.
    core::Result<std::vector<NearestTwo>> search(core::FloatView rows, core::ThreadPool& pool,
                                                 core::TaskContext& task, double from, double to,
                                                 std::string_view stage) const;

    /// The mean neuron.
    std::span<const float> centre() const { return centre_; }

  private:
    core::FloatView codebook_;
    std::vector<float> centre_;
    float scale_ = 1;
    core::FloatMatrix centred_;
    std::vector<float> half_;
    double largestNorm_ = 0;
};

/// The same as the columns of a projection.
Projection projectionOf(std::span<const NearestTwo> nearest);

/// The largest magnitude of rows of which every number is finite and at most 1e37 in magnitude.
/// Errors: InvalidArgument, naming the row and the column.
core::Result<float> largestMagnitude(core::FloatView rows);

} // namespace balmer::som
