#include "engine/learn/torch/conv_network_model.h"

#include <oneapi/dnnl/dnnl.h>
#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "engine/core/random_stream.h"

namespace balmer::learn {
namespace {

using at::Tensor;
using core::ErrorCode;
using core::fail;

constexpr std::int64_t kernel = 3;
constexpr std::int64_t denseUnits = 512;
constexpr std::array<std::int64_t, 6> channels{64, 64, 128, 128, 256, 256};

/// Rows of a batch that one thread computes together. Fixed, so that sums do not depend on the number of threads.
constexpr std::size_t pieceRows = 16;
/// Weights that one thread updates together.
constexpr std::size_t updateBlock = std::size_t{1} << 15;

/// libtorch and oneDNN keep to the calling thread while this lives.
class SingleThreaded {
  public:
    SingleThreaded() : before_(at::get_num_threads()) {
        if (before_ != 1) at::set_num_threads(1);
    }
    ~SingleThreaded() {
        if (before_ != 1) at::set_num_threads(before_);
    }
    SingleThreaded(const SingleThreaded&) = delete;
    SingleThreaded& operator=(const SingleThreaded&) = delete;

  private:
    int before_;
};

/// c [m × n] = a · b + beta c, row-major; 't' reads a as [k × m] or b as [n × k].
void product(char transposeA, char transposeB, std::int64_t m, std::int64_t n, std::int64_t k, const float* a,
             std::int64_t strideA, const float* b, std::int64_t strideB, float beta, float* c, std::int64_t strideC) {
    const auto status = dnnl_sgemm(transposeA, transposeB, m, n, k, 1.0f, a, strideA, b, strideB, beta, c, strideC);
    TORCH_CHECK(status == dnnl_success, "oneDNN refused a matrix product (status ", int(status), ")");
}

/// y[r] = b + Σ_s x[r + s] · w[s] for the rows r at which all shifts s exist, zero for the few after them.
/// x [rows × in], w [shifts × in × out], b [out]. With relu, negative values become zero.
Tensor shiftedAffine(const Tensor& x, const Tensor& w, const Tensor& b, bool relu) {
    const std::int64_t rows = x.size(0), shifts = w.size(0), in = w.size(1), out = w.size(2), valid = rows - shifts + 1;
    Tensor y = at::empty({rows, out}, x.options().requires_grad(false));
    const float* from = x.data_ptr<float>();
    const float* matrix = w.data_ptr<float>();
    const float* bias = b.data_ptr<float>();
    float* to = y.data_ptr<float>();
    for (std::int64_t s = 0; s < shifts; ++s)
        product('n', 'n', valid, out, in, from + s * in, in, matrix + s * in * out, out, s == 0 ? 0.0f : 1.0f, to, out);
    for (std::int64_t r = 0; r < valid; ++r) {
        float* row = to + r * out;
        if (relu)
            for (std::int64_t c = 0; c < out; ++c) row[c] = std::max(row[c] + bias[c], 0.0f);
        else
            for (std::int64_t c = 0; c < out; ++c) row[c] += bias[c];
    }
    std::fill(to + valid * out, to + rows * out, 0.0f);
    return y;
}

struct ShiftedAffine : torch::autograd::Function<ShiftedAffine> {
    static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, const Tensor& w, const Tensor& b,
                          bool relu) {
        Tensor y = shiftedAffine(x, w, b, relu);
        context->saved_data["relu"] = relu;
        context->saved_data["inputGradient"] = x.requires_grad();
        context->save_for_backward({x, w, y});
        return y;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const Tensor &x = saved[0], &w = saved[1], &y = saved[2];
        const std::int64_t rows = x.size(0), shifts = w.size(0), in = w.size(1), out = w.size(2),
                           valid = rows - shifts + 1;
        Tensor masked = gradients[0].contiguous();
        const float* given = masked.data_ptr<float>();
        if (context->saved_data["relu"].toBool()) {
            Tensor through = at::empty_like(masked);
            const float* value = y.data_ptr<float>();
            float* to = through.data_ptr<float>();
            for (std::int64_t i = 0; i < rows * out; ++i) to[i] = value[i] > 0 ? given[i] : 0.0f;
            masked = through;
        }
        const float* gradient = masked.data_ptr<float>();
        const float* input = x.data_ptr<float>();
        const float* matrix = w.data_ptr<float>();
        Tensor forMatrix = at::empty_like(w), forBias = at::zeros({out}, w.options().requires_grad(false)), forInput;
        for (std::int64_t s = 0; s < shifts; ++s)
            product('t', 'n', in, out, valid, input + s * in, in, gradient, out, 0.0f,
                    forMatrix.data_ptr<float>() + s * in * out, out);
        float* bias = forBias.data_ptr<float>();
        for (std::int64_t r = 0; r < valid; ++r)
            for (std::int64_t c = 0; c < out; ++c) bias[c] += gradient[r * out + c];
        if (context->saved_data["inputGradient"].toBool()) {
            forInput = at::empty_like(x);
            float* to = forInput.data_ptr<float>();
            std::fill(to + valid * in, to + rows * in, 0.0f);
            for (std::int64_t s = 0; s < shifts; ++s)
                product('n', 't', valid, in, out, gradient, out, matrix + s * in * out, out, s == 0 ? 0.0f : 1.0f,
                        to + s * in, in);
        }
        return {forInput, forMatrix, forBias, Tensor()};
    }
};

/// The larger of each two neighbouring positions: x [spectra · length × channels] to [spectra · pooled × channels].
Tensor maximumOfTwo(const Tensor& x, std::int64_t spectra, std::int64_t length, std::int64_t pooled) {
    const std::int64_t width = x.size(1);
    Tensor y = at::empty({spectra * pooled, width}, x.options().requires_grad(false));
    for (std::int64_t spectrum = 0; spectrum < spectra; ++spectrum)
        for (std::int64_t p = 0; p < pooled; ++p) {
            const float* pair = x.data_ptr<float>() + (spectrum * length + 2 * p) * width;
            float* to = y.data_ptr<float>() + (spectrum * pooled + p) * width;
            for (std::int64_t c = 0; c < width; ++c) to[c] = std::max(pair[c], pair[width + c]);
        }
    return y;
}

struct MaximumOfTwo : torch::autograd::Function<MaximumOfTwo> {
    static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, std::int64_t spectra,
                          std::int64_t length, std::int64_t pooled) {
        context->saved_data["spectra"] = spectra;
        context->saved_data["length"] = length;
        context->saved_data["pooled"] = pooled;
        context->save_for_backward({x});
        return maximumOfTwo(x, spectra, length, pooled);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   torch::autograd::variable_list gradients) {
        const Tensor x = context->get_saved_variables()[0];
        const Tensor given = gradients[0].contiguous();
        const std::int64_t spectra = context->saved_data["spectra"].toInt(),
                           length = context->saved_data["length"].toInt(),
                           pooled = context->saved_data["pooled"].toInt(), width = x.size(1);
        Tensor result = at::empty_like(x);
        for (std::int64_t spectrum = 0; spectrum < spectra; ++spectrum) {
            const std::int64_t first = spectrum * length * width;
            for (std::int64_t p = 0; p < pooled; ++p) {
                const float* pair = x.data_ptr<float>() + first + 2 * p * width;
                const float* from = given.data_ptr<float>() + (spectrum * pooled + p) * width;
                float* to = result.data_ptr<float>() + first + 2 * p * width;
                for (std::int64_t c = 0; c < width; ++c) {
                    const bool second = pair[width + c] > pair[c];
                    to[c] = second ? 0.0f : from[c];
                    to[width + c] = second ? from[c] : 0.0f;
                }
            }
            float* junk = result.data_ptr<float>() + first;
            std::fill(junk + 2 * pooled * width, junk + length * width, 0.0f);
        }
        return {result, Tensor(), Tensor(), Tensor()};
    }
};

std::int64_t pooledLength(std::int64_t length) { return (length - 2 * (kernel - 1)) / 2; }

struct LayerShape {
    std::int64_t shifts, in, out;
    std::size_t weights() const { return static_cast<std::size_t>((shifts * in + 1) * out); }
};

/// Six convolutions and three dense layers. The first convolution, of one channel, is a dense layer on three pixels.
std::vector<LayerShape> layerShapes(std::size_t columns, std::size_t classes) {
    std::vector<LayerShape> shapes{{1, kernel, channels[0]}};
    for (std::size_t i = 1; i < channels.size(); ++i) shapes.push_back({kernel, channels[i - 1], channels[i]});
    const std::int64_t left = pooledLength(pooledLength(pooledLength(static_cast<std::int64_t>(columns))));
    shapes.push_back({1, left * channels.back(), denseUnits});
    shapes.push_back({1, denseUnits, denseUnits});
    shapes.push_back({1, denseUnits, static_cast<std::int64_t>(classes)});
    return shapes;
}

} // namespace

struct ConvModel::State {
    std::int64_t columns;
    std::size_t classes;
    std::vector<float> weights, firstMoment, secondMoment;
    std::vector<Tensor> parameters; ///< views of weights: matrix, bias, matrix, bias …
    std::uint64_t steps = 0;

    State(std::size_t columnCount, std::size_t classCount)
        : columns(static_cast<std::int64_t>(columnCount)), classes(classCount) {
        const auto shapes = layerShapes(columnCount, classCount);
        std::size_t total = 0;
        for (const LayerShape& shape : shapes) total += shape.weights();
        weights.resize(total);
        float* at = weights.data();
        for (const LayerShape& shape : shapes) {
            parameters.push_back(torch::from_blob(at, {shape.shifts, shape.in, shape.out}).set_requires_grad(true));
            at += shape.shifts * shape.in * shape.out;
            parameters.push_back(torch::from_blob(at, {shape.out}).set_requires_grad(true));
            at += shape.out;
        }
    }

    /// Every kernel-sized window of each spectrum as a row; the last of a spectrum, which have no window, are zero.
    Tensor windows(core::FloatView rows) const {
        Tensor result = at::zeros({static_cast<std::int64_t>(rows.rows()) * columns, kernel}, at::kFloat);
        float* to = result.data_ptr<float>();
        for (std::size_t r = 0; r < rows.rows(); ++r, to += columns * kernel)
            for (std::int64_t i = 0; i + kernel <= columns; ++i)
                std::copy_n(rows.row(r).data() + i, kernel, to + i * kernel);
        return result;
    }

    /// Logits [rows × classes]. dropout: a function applied after each of the two hidden dense layers.
    template <bool training, typename Dropout>
    Tensor forward(core::FloatView rows, Dropout&& dropout) const {
        const auto affine = [&](const Tensor& x, std::size_t layer, bool relu) {
            const Tensor &w = parameters[2 * layer], &b = parameters[2 * layer + 1];
            if constexpr (training)
                return ShiftedAffine::apply(x, w, b, relu);
            else
                return shiftedAffine(x, w, b, relu);
        };
        const auto spectra = static_cast<std::int64_t>(rows.rows());
        std::int64_t length = columns;
        Tensor x = windows(rows);
        std::size_t layer = 0;
        for (int stage = 0; stage < 3; ++stage) {
            x = affine(x, layer++, true);
            x = affine(x, layer++, true);
            const std::int64_t pooled = pooledLength(length);
            if constexpr (training)
                x = MaximumOfTwo::apply(x, spectra, length, pooled);
            else
                x = maximumOfTwo(x, spectra, length, pooled);
            length = pooled;
        }
        x = x.view({spectra, length * channels.back()});
        x = dropout(affine(x, layer++, true));
        x = dropout(affine(x, layer++, true));
        return affine(x, layer, false);
    }

    /// The gradient of Σ cross-entropy / batchRows over some rows of a batch, for each of the parameters.
    std::vector<Tensor> gradient(core::FloatView rows, std::span<const int> labels, double batchRows, double dropout,
                                 core::RandomStream random, double& loss) const {
        at::AutoGradMode recording(true);
        const auto keep = static_cast<float>(1 - dropout);
        const auto drop = [&](const Tensor& x) {
            if (dropout <= 0) return x;
            Tensor mask = at::empty(x.sizes(), at::kFloat);
            float* to = mask.data_ptr<float>();
            for (std::int64_t i = 0; i < mask.numel(); ++i) to[i] = random.uniform() < keep ? 1 / keep : 0.0f;
            return x * mask;
        };
        const Tensor logits = forward<true>(rows, drop);
        Tensor truth = at::empty({static_cast<std::int64_t>(labels.size())}, at::kLong);
        std::ranges::copy(labels, truth.data_ptr<std::int64_t>());
        const Tensor mean = at::nll_loss(at::log_softmax(logits, 1), truth, {}, at::Reduction::Sum) / batchRows;
        loss = mean.item<double>();
        return torch::autograd::grad({mean}, parameters);
    }
};

ConvModel::ConvModel(std::size_t columns, std::size_t classes) : state_(std::make_unique<State>(columns, classes)) {}
ConvModel::~ConvModel() = default;
ConvModel::ConvModel(ConvModel&&) noexcept = default;
ConvModel& ConvModel::operator=(ConvModel&&) noexcept = default;

std::size_t ConvModel::weightCount(std::size_t columns, std::size_t classes) {
    std::size_t total = 0;
    for (const LayerShape& shape : layerShapes(columns, classes)) total += shape.weights();
    return total;
}

std::span<float> ConvModel::weights() { return state_->weights; }
std::span<const float> ConvModel::weights() const { return state_->weights; }

void ConvModel::initialise(std::uint64_t seed) {
    core::RandomStream random(seed, 0x1417);
    for (std::size_t i = 0; i < state_->parameters.size(); i += 2) {
        Tensor &matrix = state_->parameters[i], &bias = state_->parameters[i + 1];
        const double bound = std::sqrt(6.0 / static_cast<double>(matrix.size(0) * matrix.size(1)));
        float* to = matrix.data_ptr<float>();
        for (std::int64_t k = 0; k < matrix.numel(); ++k) to[k] = static_cast<float>(random.uniform(-bound, bound));
        std::fill_n(bias.data_ptr<float>(), bias.numel(), 0.0f);
    }
    state_->steps = 0;
    state_->firstMoment.assign(state_->weights.size(), 0.0f);
    state_->secondMoment.assign(state_->weights.size(), 0.0f);
}

core::Status ConvModel::probabilities(core::FloatView rows, core::MatrixView<float> output) const {
    try {
        const SingleThreaded alone;
        const at::NoGradGuard plain;
        const Tensor logits = state_->forward<false>(rows, [](const Tensor& x) { return x; });
        for (std::size_t r = 0; r < rows.rows(); ++r) {
            const float* from = logits.data_ptr<float>() + r * state_->classes;
            const float highest = *std::max_element(from, from + state_->classes);
            double sum = 0;
            for (std::size_t c = 0; c < state_->classes; ++c) sum += std::exp(double(from[c]) - highest);
            for (std::size_t c = 0; c < state_->classes; ++c)
                output(r, c) = static_cast<float>(std::exp(double(from[c]) - highest) / sum);
        }
        return {};
    } catch (const std::exception& error) {
        return fail(ErrorCode::Internal, std::string("the network could not be computed: ") + error.what());
    }
}

core::Result<double> ConvModel::step(core::FloatView rows, std::span<const int> labels, const Step& parameters,
                                     core::ThreadPool& pool) {
    State& state = *state_;
    const std::size_t pieces = (rows.rows() + pieceRows - 1) / pieceRows;
    std::vector<std::vector<Tensor>> gradients(pieces);
    std::vector<double> losses(pieces);
    std::vector<std::string> failures(pieces);
    pool.parallelFor(pieces, [&](std::size_t piece, std::size_t) {
        try {
            const SingleThreaded alone;
            const std::size_t first = piece * pieceRows, count = std::min(pieceRows, rows.rows() - first);
            gradients[piece] = state.gradient(rows.block(first, count), labels.subspan(first, count),
                                              static_cast<double>(rows.rows()), parameters.dropout,
                                              core::RandomStream(parameters.seed, state.steps * 4096 + piece),
                                              losses[piece]);
        } catch (const std::exception& error) {
            failures[piece] = error.what();
        }
    });
    for (const std::string& failure : failures)
        if (!failure.empty()) return fail(ErrorCode::Internal, "the network could not be trained: " + failure);

    // Adam (Kingma & Ba 2015, algorithm 1) with its usual constants; the decay of weights is decoupled from the gradient.
    constexpr float beta1 = 0.9f, beta2 = 0.999f, epsilon = 1e-8f;
    ++state.steps;
    const auto correction1 = static_cast<float>(1 - std::pow(double(beta1), double(state.steps)));
    const auto correction2 = static_cast<float>(1 - std::pow(double(beta2), double(state.steps)));
    const auto rate = static_cast<float>(parameters.learningRate) / correction1;
    const auto shrink = static_cast<float>(1 - parameters.learningRate * parameters.weightDecay);
    struct Block {
        std::size_t parameter, from, count;
    };
    std::vector<Block> blocks;
    for (std::size_t p = 0; p < state.parameters.size(); ++p) {
        const auto size = static_cast<std::size_t>(state.parameters[p].numel());
        for (std::size_t from = 0; from < size; from += updateBlock)
            blocks.push_back({p, from, std::min(updateBlock, size - from)});
    }
    pool.parallelFor(blocks.size(), [&](std::size_t index, std::size_t) {
        const Block& block = blocks[index];
        float* weight = state.parameters[block.parameter].data_ptr<float>() + block.from;
        const std::size_t offset = static_cast<std::size_t>(weight - state.weights.data());
        float* m = state.firstMoment.data() + offset;
        float* v = state.secondMoment.data() + offset;
        float* sum = gradients[0][block.parameter].data_ptr<float>() + block.from;
        for (std::size_t piece = 1; piece < pieces; ++piece) {
            const float* more = gradients[piece][block.parameter].data_ptr<float>() + block.from;
            for (std::size_t i = 0; i < block.count; ++i) sum[i] += more[i];
        }
        for (std::size_t i = 0; i < block.count; ++i) {
            m[i] = beta1 * m[i] + (1 - beta1) * sum[i];
            v[i] = beta2 * v[i] + (1 - beta2) * sum[i] * sum[i];
            weight[i] = shrink * weight[i] - rate * m[i] / (std::sqrt(v[i] / correction2) + epsilon);
        }
    });
    double loss = 0;
    for (const double part : losses) loss += part;
    return loss;
}

} // namespace balmer::learn
