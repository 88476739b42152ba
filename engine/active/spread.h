// Rows that lie far from one another: what to ask about while there is nothing to train with.
//
// Farthest-first traversal (Gonzalez 1985, Theoretical Computer Science 38, 293): each row is the one
// farthest, by Euclidean distance between rows brought to [−1, 1], from those chosen before it; the first is
// drawn at random. Rare shapes come early, each common one once. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::active {

struct SpreadParameters {
    std::size_t count = 100;     ///< rows to choose; fewer where there are fewer
    std::size_t sample = 20'000; ///< chosen among so many, drawn at random where there are more
    std::uint64_t seed = 1;
};

/// In the order of choice. Rows that are excluded (one byte a row, or empty), not finite or constant are
/// never chosen. Errors: InvalidArgument for sizes that disagree, Cancelled.
core::Result<std::vector<std::size_t>> spreadOut(core::FloatView rows,
                                                 std::span<const unsigned char> excluded,
                                                 const SpreadParameters& parameters, core::TaskContext& task);

} // namespace balmer::active
