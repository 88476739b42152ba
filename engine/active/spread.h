// Rows that lie far from one another.
//
// Farthest-first traversal (Gonzalez 1985, Theoretical Computer Science 38, 293): each row is the one
// farthest, by Euclidean distance, from those before it. Rare shapes come early, each common one once. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::active {

struct FarRow {
    std::size_t row = 0;
    /// To the nearest of those before it; infinite for the first where there is none before.
    double distance = std::numeric_limits<double>::infinity();

    bool operator==(const FarRow&) const = default;
};

/// Up to count of the rows `among`, which differ, in the order of choice. `from` are there before the first;
/// without them the first of `among` is the first. On a tie the one that stands first in `among` is taken.
/// Rows that are not finite are never chosen, and count for nothing in `from`. Errors: InvalidArgument for a
/// row that points does not have, Cancelled.
core::Result<std::vector<FarRow>> farthestFirst(core::FloatView points, std::span<const std::size_t> among,
                                                std::span<const std::size_t> from, std::size_t count,
                                                core::TaskContext& task);

/// Each row as a place in an embedding, for lack of a better one: brought to [−1, 1] and averaged to at most
/// so many columns, neighbours together. NaN where a row is not finite or has no extent.
core::FloatMatrix scaledRows(core::FloatView rows, std::size_t mostColumns = 128);

} // namespace balmer::active
