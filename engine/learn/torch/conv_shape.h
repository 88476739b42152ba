// ConvShape: the layers of a network. A value; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace balmer::learn {

/// y[row] = b + Σ_s x[row + s] · w[s], w [shifts × in × out], followed by b [out].
struct LayerShape {
    std::int64_t shifts, in, out;
    std::size_t weights() const { return static_cast<std::size_t>((shifts * in + 1) * out); }
};

/// Pairs of convolutions, the maximum of two after each pair, two dense layers, and one for the classes.
struct ConvShape {
    std::size_t columns = 140, classes = 2;
    int width = 64; ///< channels of the first pair; each further pair has twice as many; dense layers 8 ×
    int pairs = 3;
    int kernel = 3; ///< samples that a convolution looks at

    /// Units of a hidden dense layer.
    std::int64_t denseUnits() const { return std::int64_t{8} * width; }
    /// The layers in order. The first convolution, of one channel, is a dense layer on as many pixels as its
    /// kernel has.
    std::vector<LayerShape> layers() const;
    /// Positions after one pair and its maximum.
    std::int64_t pooled(std::int64_t positions) const { return (positions - 2 * (kernel - 1)) / 2; }
    /// Positions that are left after the last pair; less than one: the rows are too short.
    std::int64_t positionsLeft() const;
    /// Columns that rows must have for one to be left.
    std::size_t fewestColumns() const;
    /// Number of weights of such a network, without making one.
    std::size_t weightCount() const;
    bool operator==(const ConvShape&) const = default;
};

} // namespace balmer::learn
