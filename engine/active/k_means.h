// K-means: rows of an embedding in groups.
//
// Centres begin as k-means++ draws them (Arthur & Vassilvitskii 2007, SODA, 1027) and move by Lloyd's rule
// (1982, IEEE Trans. Inf. Theory 28, 129), both on a random sample of the rows; then every row is given to
// its nearest centre in one pass. Work is cut into blocks of fixed size: the result depends on the rows and
// the seed, and not on the number of threads. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::active {

struct KMeansParameters {
    std::size_t groups = 8;      ///< at most; fewer where fewer rows differ
    std::size_t sample = 20'000; ///< the centres are found with so many rows
    std::size_t passes = 15;     ///< of Lloyd's rule, at most
    std::uint64_t seed = 1;
    std::size_t threads = 1; ///< 0: all processors
};

struct Groups {
    core::FloatMatrix centres;      ///< [groups × features]
    std::vector<std::uint32_t> of;  ///< the group of each of the rows `among`, in their order
    std::vector<std::size_t> sizes; ///< rows of `among` in each group; one may be empty

    /// The group whose centre is nearest, the lower one on a tie. There must be one.
    std::size_t nearest(std::span<const float> point) const;
};

/// The rows `among`, which must be finite, in groups. Errors: InvalidArgument for no groups, Cancelled.
core::Result<Groups> groupRows(core::FloatView points, std::span<const std::size_t> among,
                               const KMeansParameters& parameters, core::TaskContext& task);

} // namespace balmer::active
