// ConvScorer: what a trained network says of spectra, as fast as single precision goes. Private to
// learn/torch; needs no libtorch.
//
// Convolutions of three and five samples are computed by minimal filtering (Winograd 1980; Lavin & Gray 2016,
// CVPR, 4013): six samples at the points 0, ±1, ±2, ∞ give four outputs of three or two of five, with six
// products instead of twelve or ten; longer ones by a product a sample. A spectrum's probabilities do not
// depend on those beside it.
//
// Immutable; any number of threads, each with a workspace of its own.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/learn/torch/conv_shape.h"
#include "engine/learn/torch/packed_product.h"

namespace balmer::learn {

class ConvScorer {
  public:
    /// Spectra that are computed together; a call of probabilities() takes any number.
    static constexpr std::size_t rowsAtOnce = 128;

    /// Scratch of one thread; grows to what is needed and is kept.
    struct Workspace {
        std::vector<float> here, there, given, product, features, dense;
    };

    /// weights: as ConvModel::weights().
    ConvScorer(const ConvShape& shape, std::span<const float> weights);

    /// rows: scaled, [n × columns]; output [n × classes], softmax.
    void probabilities(core::FloatView rows, core::MatrixView<float> output, Workspace& space) const;

  private:
    struct Convolution {
        std::vector<PackedMatrix> matrices; ///< one a point, or one a sample of the kernel
        std::vector<float> bias;            ///< padded with zeros
        bool filtered = false;              ///< by points
    };
    struct Dense {
        PackedMatrix matrix;
        std::vector<float> bias; ///< padded with zeros
    };
    struct Rows {
        std::size_t stride, width; ///< rows of a spectrum, and channels
    };
    Convolution convolution(const float* weights, std::size_t in, std::size_t out) const;
    std::size_t outputsOfATile() const;
    std::size_t rowsFor(std::size_t positions) const;
    void open(core::FloatView rows, Workspace& space) const;
    void convolve(const Convolution& layer, std::size_t spectra, std::size_t positions,
                  Workspace& space) const;
    void convolveByTiles(const Convolution& layer, std::size_t spectra, std::size_t left, Rows from, Rows to,
                         Workspace& space) const;
    void addLayer(const Dense& layer, const float* from, std::size_t rows, float* to, bool hidden) const;

    ConvShape shape_;
    std::vector<float> first_; ///< [kernel × padded width] of the first convolution
    std::vector<float> firstBias_;
    std::vector<Convolution> convolutions_; ///< the others
    std::vector<Dense> dense_;
};

} // namespace balmer::learn
