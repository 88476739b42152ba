#include "engine/learn/torch/conv_scorer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/core/each_processor.h"

namespace balmer::learn {
namespace {

/// Samples of a tile, and as many points at which it is taken; the last is infinity.
constexpr std::size_t points = 6;
constexpr std::array<double, points - 1> finitePoints{0, 1, -1, 2, -2};

/// Spectra that go through the convolutions together, and the floats of a transformed chunk of them: what
/// the second cache holds.
constexpr std::size_t spectraOfAPiece = 16, floatsOfAChunk = std::size_t{64} << 10;
/// Rows behind the last spectrum, which products in whole tiles read and write and nothing else uses.
constexpr std::size_t slackRows = 32;

std::size_t roundedUp(std::size_t value, std::size_t unit) {
    return (value + unit - 1) / unit * unit;
}

void grow(std::vector<float>& values, std::size_t count) {
    if (values.size() < count) values.resize(count);
}

/// What a weight of the kernel counts for at each point: pʲ / Π (p − other points); at infinity the last
/// weight alone.
std::array<double, points> atPoints(std::size_t sample, std::size_t kernel) {
    std::array<double, points> shares{};
    for (std::size_t j = 0; j + 1 < points; ++j) {
        double product = 1;
        for (std::size_t other = 0; other + 1 < points; ++other)
            if (other != j) product *= finitePoints[j] - finitePoints[other];
        shares[j] = std::pow(finitePoints[j], static_cast<double>(sample)) / product;
    }
    shares[points - 1] = sample + 1 == kernel ? 1 : 0;
    return shares;
}

/// Tiles of six rows of x, each `step` rows after the one before, at the points: to[point · stride + tile ·
/// width + channel].
BALMER_FOR_EACH_PROCESSOR
void intoPoints(const float* __restrict x, std::size_t tiles, std::size_t step, std::size_t width,
                float* __restrict to, std::size_t stride) {
    for (std::size_t tile = 0; tile < tiles; ++tile, x += step * width, to += width)
        for (std::size_t c = 0; c < width; ++c) {
            const float x0 = x[c], x1 = x[width + c], x2 = x[2 * width + c], x3 = x[3 * width + c],
                        x4 = x[4 * width + c], x5 = x[5 * width + c];
            const float even = x4 - 4 * x2, odd = x3 - 4 * x1, evenOfTwo = x4 - x2, oddOfTwo = 2 * (x3 - x1);
            to[c] = 4 * x0 - 5 * x2 + x4;
            to[stride + c] = even + odd;
            to[2 * stride + c] = even - odd;
            to[3 * stride + c] = evenOfTwo + oddOfTwo;
            to[4 * stride + c] = evenOfTwo - oddOfTwo;
            to[5 * stride + c] = 4 * x1 - 5 * x3 + x5;
        }
}

/// Back to four rows a tile, for a kernel of three; with the bias, negative values zero.
BALMER_FOR_EACH_PROCESSOR
void intoFour(const float* __restrict m, std::size_t stride, std::size_t tiles, std::size_t width,
              const float* __restrict bias, float* __restrict y) {
    for (std::size_t tile = 0; tile < tiles; ++tile, m += width, y += 4 * width)
        for (std::size_t c = 0; c < width; ++c) {
            const float sum1 = m[stride + c] + m[2 * stride + c], apart1 = m[stride + c] - m[2 * stride + c];
            const float sum2 = m[3 * stride + c] + m[4 * stride + c],
                        apart2 = m[3 * stride + c] - m[4 * stride + c];
            y[c] = std::max(m[c] + sum1 + sum2 + bias[c], 0.0f);
            y[width + c] = std::max(apart1 + 2 * apart2 + bias[c], 0.0f);
            y[2 * width + c] = std::max(sum1 + 4 * sum2 + bias[c], 0.0f);
            y[3 * width + c] = std::max(apart1 + 8 * apart2 + m[5 * stride + c] + bias[c], 0.0f);
        }
}

/// The same to two rows a tile, for a kernel of five.
BALMER_FOR_EACH_PROCESSOR
void intoTwo(const float* __restrict m, std::size_t stride, std::size_t tiles, std::size_t width,
             const float* __restrict bias, float* __restrict y) {
    for (std::size_t tile = 0; tile < tiles; ++tile, m += width, y += 2 * width)
        for (std::size_t c = 0; c < width; ++c) {
            const float sum1 = m[stride + c] + m[2 * stride + c], apart1 = m[stride + c] - m[2 * stride + c];
            const float sum2 = m[3 * stride + c] + m[4 * stride + c],
                        apart2 = m[3 * stride + c] - m[4 * stride + c];
            y[c] = std::max(m[c] + sum1 + sum2 + bias[c], 0.0f);
            y[width + c] = std::max(apart1 + 2 * apart2 + m[5 * stride + c] + bias[c], 0.0f);
        }
}

BALMER_FOR_EACH_PROCESSOR
void addBias(float* __restrict y, std::size_t rows, std::size_t width, const float* __restrict bias,
             float floor) {
    for (std::size_t row = 0; row < rows; ++row, y += width)
        for (std::size_t c = 0; c < width; ++c)
            y[c] = std::max(y[c] + bias[c], floor);
}

/// The first convolution, of one channel: y = bias + Σ x[row + s] w[s], negative values zero.
BALMER_FOR_EACH_PROCESSOR
void convolveFirst(const float* __restrict x, std::size_t rows, std::size_t kernel, std::size_t width,
                   const float* __restrict w, const float* __restrict bias, float* __restrict y) {
    for (std::size_t row = 0; row < rows; ++row, y += width) {
        for (std::size_t c = 0; c < width; ++c)
            y[c] = bias[c];
        for (std::size_t s = 0; s < kernel; ++s)
            for (std::size_t c = 0; c < width; ++c)
                y[c] += x[row + s] * w[s * width + c];
        for (std::size_t c = 0; c < width; ++c)
            y[c] = std::max(y[c], 0.0f);
    }
}

BALMER_FOR_EACH_PROCESSOR
void largerOfTwo(const float* __restrict x, std::size_t pairs, std::size_t width, float* __restrict y) {
    for (std::size_t pair = 0; pair < pairs; ++pair, x += 2 * width, y += width)
        for (std::size_t c = 0; c < width; ++c)
            y[c] = std::max(x[c], x[width + c]);
}

std::vector<float> paddedCopy(const float* values, std::size_t count) {
    std::vector<float> copy(PackedMatrix::padded(count));
    std::copy_n(values, count, copy.begin());
    return copy;
}

void softmax(const float* logits, std::size_t classes, std::span<float> probabilities) {
    const float highest = *std::max_element(logits, logits + classes);
    double sum = 0;
    for (std::size_t c = 0; c < classes; ++c)
        sum += std::exp(double(logits[c]) - highest);
    for (std::size_t c = 0; c < classes; ++c)
        probabilities[c] = static_cast<float>(std::exp(double(logits[c]) - highest) / sum);
}

} // namespace

std::size_t ConvScorer::outputsOfATile() const {
    const auto kernel = static_cast<std::size_t>(shape_.kernel);
    return kernel == 3 || kernel == 5 ? points - kernel + 1 : 1;
}

/// Rows of a spectrum in a buffer: those that whole tiles write, and those that the next convolution's tiles
/// read; what is not a position is zero.
std::size_t ConvScorer::rowsFor(std::size_t positions) const {
    const std::size_t tile = outputsOfATile(), reach = static_cast<std::size_t>(shape_.kernel) - 1;
    return std::max(roundedUp(positions, tile),
                    positions > reach ? roundedUp(positions - reach, tile) + reach : 0);
}

ConvScorer::Convolution ConvScorer::convolution(const float* weights, std::size_t in, std::size_t out) const {
    const auto kernel = static_cast<std::size_t>(shape_.kernel);
    Convolution made;
    made.filtered = outputsOfATile() > 1;
    made.bias = paddedCopy(weights + kernel * in * out, out);
    made.matrices.assign(made.filtered ? points : kernel, PackedMatrix(PackedMatrix::padded(in), out));
    std::vector<std::array<double, points>> shares;
    for (std::size_t s = 0; s < kernel; ++s)
        shares.push_back(atPoints(s, kernel));
    for (std::size_t i = 0; i < in; ++i)
        for (std::size_t o = 0; o < out; ++o) {
            std::array<double, points> sums{};
            for (std::size_t s = 0; s < kernel; ++s) {
                const float weight = weights[(s * in + i) * out + o];
                if (!made.filtered) {
                    made.matrices[s](i, o) = weight;
                    continue;
                }
                for (std::size_t j = 0; j < points; ++j)
                    sums[j] += shares[s][j] * static_cast<double>(weight);
            }
            for (std::size_t j = 0; made.filtered && j < points; ++j)
                made.matrices[j](i, o) = static_cast<float>(sums[j]);
        }
    return made;
}

ConvScorer::ConvScorer(const ConvShape& shape, std::span<const float> weights) : shape_(shape) {
    const auto kernel = static_cast<std::size_t>(shape.kernel);
    auto channels = static_cast<std::size_t>(shape.width);
    const float* at = weights.data();
    const std::size_t padded = PackedMatrix::padded(channels);
    first_.resize(kernel * padded);
    for (std::size_t s = 0; s < kernel; ++s, at += channels)
        std::copy_n(at, channels, first_.begin() + static_cast<std::ptrdiff_t>(s * padded));
    firstBias_ = paddedCopy(at, channels);
    at += channels;
    for (int pair = 0; pair < shape.pairs; ++pair) {
        if (pair > 0) {
            convolutions_.push_back(convolution(at, channels, 2 * channels));
            at += (kernel * channels + 1) * 2 * channels;
            channels *= 2;
        }
        convolutions_.push_back(convolution(at, channels, channels));
        at += (kernel * channels + 1) * channels;
    }
    // The features of a spectrum: its positions, each with its padded channels.
    const auto left = static_cast<std::size_t>(shape.positionsLeft());
    const std::size_t hidden = static_cast<std::size_t>(shape.denseUnits());
    const auto addDense = [&](std::size_t positions, std::size_t in, std::size_t out) {
        Dense layer{{positions * PackedMatrix::padded(in), out}, {}};
        for (std::size_t p = 0; p < positions; ++p)
            for (std::size_t i = 0; i < in; ++i)
                for (std::size_t o = 0; o < out; ++o)
                    layer.matrix(p * PackedMatrix::padded(in) + i, o) = *at++;
        layer.bias = paddedCopy(at, out);
        at += out;
        dense_.push_back(std::move(layer));
    };
    addDense(left, channels, hidden);
    addDense(1, hidden, hidden);
    addDense(1, hidden, shape.classes);
}

/// The first convolution, into here.
void ConvScorer::open(core::FloatView rows, Workspace& space) const {
    const auto kernel = static_cast<std::size_t>(shape_.kernel);
    const std::size_t width = firstBias_.size(), positions = shape_.columns - kernel + 1,
                      stride = rowsFor(positions);
    grow(space.here, (rows.rows() * stride + slackRows) * width);
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        float* const spectrum = space.here.data() + r * stride * width;
        convolveFirst(rows.row(r).data(), positions, kernel, width, first_.data(), firstBias_.data(),
                      spectrum);
        std::fill(spectrum + positions * width, spectrum + stride * width, 0.0f);
    }
}

/// From here into there, of spectra with so many positions each; then the two change places.
void ConvScorer::convolve(const Convolution& layer, std::size_t spectra, std::size_t positions,
                          Workspace& space) const {
    const std::size_t in = layer.matrices[0].depth(), out = layer.bias.size(),
                      left = positions - static_cast<std::size_t>(shape_.kernel) + 1,
                      strideIn = rowsFor(positions), strideOut = rowsFor(left);
    grow(space.there, (spectra * strideOut + slackRows) * out);
    if (layer.filtered)
        convolveByTiles(layer, spectra, left, {strideIn, in}, {strideOut, out}, space);
    else
        for (std::size_t s = 0; s < spectra; ++s) {
            float* const to = space.there.data() + s * strideOut * out;
            for (std::size_t shift = 0; shift < layer.matrices.size(); ++shift)
                layer.matrices[shift].multiply(space.here.data() + (s * strideIn + shift) * in, in, left, to,
                                               out, shift > 0);
            addBias(to, left, out, layer.bias.data(), 0);
        }
    for (std::size_t s = 0; s < spectra; ++s)
        std::fill(space.there.data() + (s * strideOut + left) * out,
                  space.there.data() + (s + 1) * strideOut * out, 0.0f);
    std::swap(space.here, space.there);
}

void ConvScorer::convolveByTiles(const Convolution& layer, std::size_t spectra, std::size_t left, Rows from,
                                 Rows to, Workspace& space) const {
    const std::size_t step = outputsOfATile(), ofASpectrum = (left + step - 1) / step,
                      all = spectra * ofASpectrum;
    const std::size_t atOnce = PackedMatrix::wholeTiles(
        std::max<std::size_t>(1, floatsOfAChunk / (points * (from.width + to.width))));
    grow(space.given, points * atOnce * from.width);
    grow(space.product, points * atOnce * to.width);
    // Tiles of one spectrum after the other; a chunk may begin and end within one.
    const auto eachRun = [&](std::size_t first, std::size_t end, const auto& work) {
        for (std::size_t tile = first; tile < end;) {
            const std::size_t spectrum = tile / ofASpectrum, within = tile % ofASpectrum;
            const std::size_t run = std::min(ofASpectrum - within, end - tile);
            work(tile - first, run, spectrum, within * step);
            tile += run;
        }
    };
    for (std::size_t first = 0; first < all; first += atOnce) {
        const std::size_t end = std::min(first + atOnce, all);
        eachRun(first, end, [&](std::size_t at, std::size_t run, std::size_t spectrum, std::size_t row) {
            intoPoints(space.here.data() + (spectrum * from.stride + row) * from.width, run, step, from.width,
                       space.given.data() + at * from.width, atOnce * from.width);
        });
        for (std::size_t j = 0; j < points; ++j)
            layer.matrices[j].multiply(space.given.data() + j * atOnce * from.width, from.width, end - first,
                                       space.product.data() + j * atOnce * to.width, to.width, false);
        eachRun(first, end, [&](std::size_t at, std::size_t run, std::size_t spectrum, std::size_t row) {
            (step == 4 ? intoFour : intoTwo)(space.product.data() + at * to.width, atOnce * to.width, run,
                                             to.width, layer.bias.data(),
                                             space.there.data() + (spectrum * to.stride + row) * to.width);
        });
    }
}

void ConvScorer::addLayer(const Dense& layer, const float* from, std::size_t rows, float* to,
                          bool hidden) const {
    const std::size_t width = layer.bias.size();
    layer.matrix.multiply(from, layer.matrix.depth(), rows, to, width, false);
    addBias(to, rows, width, layer.bias.data(), hidden ? 0 : -std::numeric_limits<float>::infinity());
}

void ConvScorer::probabilities(core::FloatView rows, core::MatrixView<float> output, Workspace& space) const {
    const std::size_t depth = dense_[0].matrix.depth(), hidden = dense_[0].bias.size(),
                      last = dense_[2].bias.size();
    for (std::size_t begin = 0; begin < rows.rows(); begin += rowsAtOnce) {
        const std::size_t count = std::min(rowsAtOnce, rows.rows() - begin),
                          whole = PackedMatrix::wholeTiles(count);
        grow(space.features, whole * depth);
        for (std::size_t first = 0; first < count; first += spectraOfAPiece) {
            const std::size_t spectra = std::min(spectraOfAPiece, count - first);
            open(rows.block(begin + first, spectra), space);
            std::size_t positions = shape_.columns - static_cast<std::size_t>(shape_.kernel) + 1;
            for (std::size_t layer = 0; layer < convolutions_.size(); ++layer) {
                convolve(convolutions_[layer], spectra, positions, space);
                positions -= static_cast<std::size_t>(shape_.kernel) - 1;
                if (layer % 2 == 1) continue; // the first of its pair
                const bool isLast = layer + 1 == convolutions_.size();
                const std::size_t width = convolutions_[layer].bias.size(), stride = rowsFor(positions),
                                  pooled = positions / 2, next = isLast ? pooled : rowsFor(pooled);
                if (!isLast) grow(space.there, (spectra * next + slackRows) * width);
                for (std::size_t s = 0; s < spectra; ++s) {
                    float* const to = isLast ? space.features.data() + (first + s) * depth
                                             : space.there.data() + s * next * width;
                    largerOfTwo(space.here.data() + s * stride * width, pooled, width, to);
                    std::fill(to + pooled * width, to + next * width, 0.0f);
                }
                if (!isLast) std::swap(space.here, space.there);
                positions = pooled;
            }
        }
        grow(space.dense, whole * (2 * hidden + last));
        float *const one = space.dense.data(), *const two = one + whole * hidden,
                     *const logits = two + whole * hidden;
        addLayer(dense_[0], space.features.data(), count, one, true);
        addLayer(dense_[1], one, count, two, true);
        addLayer(dense_[2], two, count, logits, false);
        for (std::size_t r = 0; r < count; ++r)
            softmax(logits + r * last, shape_.classes, output.row(begin + r));
    }
}

} // namespace balmer::learn
