// RowScaler: what is done to a row of flux before the network sees it. Part of the model. A value; any
// thread.
#pragma once

#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/learn/torch/conv_network.h"

namespace balmer::learn {

struct RowScaler {
    InputScaling scaling = InputScaling::MinMax; ///< never Automatic
    std::vector<float> mean;                     ///< of each column; MedianStandardised only
    std::vector<float> inverseDeviation;

    /// What Automatic means for these rows; any other scaling stays as it is.
    static InputScaling resolve(InputScaling wanted, core::FloatView rows);
    /// A row that has anything to scale by: finite, and not constant (MinMax) or with a median above 0.
    static bool usable(InputScaling scaling, std::span<const float> row);
    /// Means and deviations of the usable rows, of which there must be one.
    static RowScaler learn(InputScaling scaling, core::FloatView rows);

    /// False, and zeros, when the row is not usable.
    bool apply(std::span<const float> row, std::span<float> scaled) const;
};

} // namespace balmer::learn
