// ConvShape: the layers of a network. A value; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace balmer::learn {

/// Pairs of convolutions, the maximum of two after each pair, two dense layers, and one for the classes.
struct ConvShape {
    std::size_t columns = 140, classes = 2;
    int width = 64; ///< channels of the first pair; each further pair has twice as many; dense layers 8 ×
    int pairs = 3;
    int kernel = 3; ///< samples that a convolution looks at

    /// Positions that are left after the last pair; less than one: the rows are too short.
    std::int64_t positionsLeft() const;
    /// Columns that rows must have for one to be left.
    std::size_t fewestColumns() const;
    /// Number of weights of such a network, without making one.
    std::size_t weightCount() const;
    bool operator==(const ConvShape&) const = default;
};

} // namespace balmer::learn
