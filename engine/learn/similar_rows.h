// The rows that are most like a given shape, whatever their level and scale: the whole pool in one pass.
//
// Likeness is Pearson's correlation r of the samples at which the shape is finite, so a shape may be drawn
// for a part of the wavelengths only. Sums are in single precision about each row's first such sample; r is
// good to about 1e-5. Pure; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::learn {

struct SimilarRow {
    std::size_t row = 0;
    double correlation = 0; ///< −1 to 1
};

struct SimilarParameters {
    std::size_t most = 100;  ///< rows to find
    std::size_t threads = 0; ///< 0: all processors; does not change the result
};

/// The most correlated rows, best first, of equal ones the earlier. Rows that are not finite where the shape
/// is, and constant ones, are passed over. shape.size() == rows.columns(). Errors: InvalidArgument for
/// another length, a shape of fewer than three finite samples, or a constant one; Cancelled.
core::Result<std::vector<SimilarRow>> similarRows(core::FloatView rows, std::span<const float> shape,
                                                  const SimilarParameters& parameters,
                                                  core::TaskContext& task);

} // namespace balmer::learn
