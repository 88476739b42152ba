// ConvModel: the weights of one network and one step of its training. The only part that sees libtorch.
//
// The layers work on rows of channels (position, channel) that lie spectrum after spectrum. A convolution of
// kernel k is then k matrix products, each with the input shifted by a row, and a dense layer is one. The
// rows in which a kernel reaches into the next spectrum are computed too, and dropped by the pooling.
//
// Owned by a ConvNetwork. For one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/thread_pool.h"
#include "engine/learn/torch/conv_scorer.h"
#include "engine/learn/torch/conv_shape.h"

namespace balmer::learn {

class ConvModel {
  public:
    /// All weights zero. The shape must leave a position.
    explicit ConvModel(const ConvShape& shape);
    ~ConvModel();
    ConvModel(ConvModel&&) noexcept;
    ConvModel& operator=(ConvModel&&) noexcept;

    /// All weights, layer by layer, each layer's matrix before its bias.
    std::span<float> weights();
    std::span<const float> weights() const;

    /// He-uniform weights (He et al. 2015), biases zero.
    void initialise(std::uint64_t seed);

    /// What says the probabilities by the present weights; a copy of them.
    ConvScorer scorer() const;

    struct Step {
        double learningRate, weightDecay, dropout;
        std::uint64_t seed; ///< of the dropout
    };
    /// One step of Adam on a batch; returns the batch's mean cross-entropy.
    core::Result<double> step(core::FloatView rows, std::span<const int> labels, const Step& parameters,
                              core::ThreadPool& pool);
    /// Frees what only training needs: moments and gradients, five times the weights.
    void endTraining();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace balmer::learn
