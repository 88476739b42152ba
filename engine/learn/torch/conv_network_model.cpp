#include "engine/learn/torch/conv_network_model.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <oneapi/dnnl/dnnl.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "engine/core/each_processor.h"
#include "engine/core/random_stream.h"

namespace balmer::learn {
namespace {

using at::Tensor;
using core::ErrorCode;
using core::fail;

/// Rows of a batch that one thread computes together. Fixed, so that sums do not depend on the number of
/// threads.
constexpr std::size_t pieceRows = 16;
/// Weights that one thread updates together.
constexpr std::size_t updateBlock = std::size_t{1} << 12;

constexpr float adamBeta1 = 0.9f, adamBeta2 = 0.999f;

/// While this lives, libtorch and oneDNN keep to the calling thread, and numbers too small to be normal, as
/// the gradients of a network that is sure of itself are, count as zero: a processor is slow with them.
class SingleThreaded {
  public:
    SingleThreaded() : before_(at::get_num_threads()) {
        if (before_ != 1) at::set_num_threads(1);
#ifdef __SSE2__
        __builtin_ia32_ldmxcsr(rounding_ | flushToZero | denormalsAreZero);
#endif
    }
    ~SingleThreaded() {
        if (before_ != 1) at::set_num_threads(before_);
#ifdef __SSE2__
        __builtin_ia32_ldmxcsr(rounding_);
#endif
    }
    SingleThreaded(const SingleThreaded&) = delete;
    SingleThreaded& operator=(const SingleThreaded&) = delete;

  private:
    int before_;
#ifdef __SSE2__
    static constexpr unsigned flushToZero = 0x8000, denormalsAreZero = 0x0040; ///< bits of MXCSR
    unsigned rounding_ = __builtin_ia32_stmxcsr();
#endif
};

/// c [m × n] = a · b + beta c, row-major; 't' reads a as [k × m] or b as [n × k].
void product(char transposeA, char transposeB, std::int64_t m, std::int64_t n, std::int64_t k, const float* a,
             std::int64_t strideA, const float* b, std::int64_t strideB, float beta, float* c,
             std::int64_t strideC) {
    const auto status =
        dnnl_sgemm(transposeA, transposeB, m, n, k, 1.0f, a, strideA, b, strideB, beta, c, strideC);
    TORCH_CHECK(status == dnnl_success, "oneDNN refused a matrix product (status ", int(status), ")");
}

// The loops beside the matrix products, in the widest vectors of the processor that runs them.
BALMER_FOR_EACH_PROCESSOR void addBias(float* __restrict values, const float* __restrict bias,
                                       std::int64_t rows, std::int64_t width, float floor) {
    for (std::int64_t r = 0; r < rows; ++r, values += width)
        for (std::int64_t c = 0; c < width; ++c)
            values[c] = std::max(values[c] + bias[c], floor);
}

/// masked = given where value > 0, else 0.
BALMER_FOR_EACH_PROCESSOR void maskByValue(float* __restrict masked, const float* __restrict given,
                                           const float* __restrict value, std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        const float kept = given[i];
        masked[i] = value[i] > 0 ? kept : 0.0f;
    }
}

BALMER_FOR_EACH_PROCESSOR void sumRows(float* __restrict sum, const float* __restrict values,
                                       std::int64_t rows, std::int64_t width) {
    std::fill_n(sum, width, 0.0f);
    for (std::int64_t r = 0; r < rows; ++r, values += width)
        for (std::int64_t c = 0; c < width; ++c)
            sum[c] += values[c];
}

BALMER_FOR_EACH_PROCESSOR void largerOfTwo(float* __restrict larger, const float* __restrict pair,
                                           std::int64_t pairs, std::int64_t width) {
    for (std::int64_t p = 0; p < pairs; ++p, pair += 2 * width, larger += width)
        for (std::int64_t c = 0; c < width; ++c)
            larger[c] = std::max(pair[c], pair[width + c]);
}

/// Each gradient goes to the larger of its pair, to the first of two equal ones.
BALMER_FOR_EACH_PROCESSOR void gradientOfLarger(float* __restrict to, const float* __restrict pair,
                                                const float* __restrict given, std::int64_t pairs,
                                                std::int64_t width) {
    for (std::int64_t p = 0; p < pairs; ++p, pair += 2 * width, to += 2 * width, given += width)
        for (std::int64_t c = 0; c < width; ++c) {
            const bool second = pair[width + c] > pair[c];
            to[c] = second ? 0.0f : given[c];
            to[width + c] = second ? given[c] : 0.0f;
        }
}

BALMER_FOR_EACH_PROCESSOR void addTo(float* __restrict sum, const float* __restrict more, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        sum[i] += more[i];
}

struct AdamStep {
    float rate, shrink, correction2;
};

/// Adam (Kingma & Ba 2015, algorithm 1) with its usual constants; the decay of weights is decoupled from the
/// gradient.
BALMER_FOR_EACH_PROCESSOR void adam(float* __restrict weight, float* __restrict m, float* __restrict v,
                                    const float* __restrict gradient, std::size_t count, AdamStep step) {
    for (std::size_t i = 0; i < count; ++i) {
        m[i] = adamBeta1 * m[i] + (1 - adamBeta1) * gradient[i];
        v[i] = adamBeta2 * v[i] + (1 - adamBeta2) * gradient[i] * gradient[i];
        weight[i] = step.shrink * weight[i] - step.rate * m[i] / (std::sqrt(v[i] * step.correction2) + 1e-8f);
    }
}

/// y[r] = b + Σ_s x[r + s] · w[s] for the rows r at which all shifts s exist, zero for the few after them.
/// x [rows × in], w [shifts × in × out], b [out]. With relu, negative values become zero.
Tensor shiftedAffine(const Tensor& x, const Tensor& w, const Tensor& b, bool relu) {
    const std::int64_t rows = x.size(0), shifts = w.size(0), in = w.size(1), out = w.size(2),
                       valid = rows - shifts + 1;
    Tensor y = at::empty({rows, out}, x.options().requires_grad(false));
    const float* from = x.data_ptr<float>();
    const float* matrix = w.data_ptr<float>();
    const float* bias = b.data_ptr<float>();
    float* to = y.data_ptr<float>();
    for (std::int64_t s = 0; s < shifts; ++s)
        product('n', 'n', valid, out, in, from + s * in, in, matrix + s * in * out, out, s == 0 ? 0.0f : 1.0f,
                to, out);
    addBias(to, bias, valid, out, relu ? 0.0f : -std::numeric_limits<float>::infinity());
    std::fill(to + valid * out, to + rows * out, 0.0f);
    return y;
}

/// shiftedAffine with its derivatives. The gradients of w and, behind it, of b are written to `gradients`.
struct ShiftedAffine : torch::autograd::Function<ShiftedAffine> {
    static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& x, const Tensor& w,
                          const Tensor& b, bool relu, float* gradients) {
        context->saved_data["gradients"] = reinterpret_cast<std::int64_t>(gradients);
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
        Tensor gradient = gradients[0].contiguous();
        if (context->saved_data["relu"].toBool()) {
            Tensor through = at::empty_like(gradient);
            maskByValue(through.data_ptr<float>(), gradient.data_ptr<float>(), y.data_ptr<float>(),
                        rows * out);
            gradient = through;
        }
        const float* given = gradient.data_ptr<float>();
        const float* input = x.data_ptr<float>();
        const float* matrix = w.data_ptr<float>();
        auto* forMatrix = reinterpret_cast<float*>(context->saved_data["gradients"].toInt());
        float* forBias = forMatrix + w.numel();
        for (std::int64_t s = 0; s < shifts; ++s)
            product('t', 'n', in, out, valid, input + s * in, in, given, out, 0.0f, forMatrix + s * in * out,
                    out);
        sumRows(forBias, given, valid, out);
        Tensor forInput;
        if (context->saved_data["inputGradient"].toBool()) {
            forInput = at::empty_like(x);
            float* to = forInput.data_ptr<float>();
            std::fill(to + valid * in, to + rows * in, 0.0f);
            for (std::int64_t s = 0; s < shifts; ++s)
                product('n', 't', valid, in, out, given, out, matrix + s * in * out, out,
                        s == 0 ? 0.0f : 1.0f, to + s * in, in);
        }
        return {forInput, at::from_blob(forMatrix, w.sizes()), at::from_blob(forBias, {out}), Tensor(),
                Tensor()};
    }
};

/// The larger of each two neighbouring positions: x [spectra · length × channels] to [spectra · pooled ×
/// channels].
Tensor maximumOfTwo(const Tensor& x, std::int64_t spectra, std::int64_t length, std::int64_t pooled) {
    const std::int64_t width = x.size(1);
    Tensor y = at::empty({spectra * pooled, width}, x.options().requires_grad(false));
    for (std::int64_t spectrum = 0; spectrum < spectra; ++spectrum)
        largerOfTwo(y.data_ptr<float>() + spectrum * pooled * width,
                    x.data_ptr<float>() + spectrum * length * width, pooled, width);
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
            gradientOfLarger(result.data_ptr<float>() + first, x.data_ptr<float>() + first,
                             given.data_ptr<float>() + spectrum * pooled * width, pooled, width);
            float* junk = result.data_ptr<float>() + first;
            std::fill(junk + 2 * pooled * width, junk + length * width, 0.0f);
        }
        return {result, Tensor(), Tensor(), Tensor()};
    }
};

} // namespace

struct ConvModel::State {
    ConvShape shape;
    std::int64_t columns;
    std::size_t classes;
    std::vector<float> weights, firstMoment, secondMoment;
    std::vector<Tensor> parameters;            ///< views of weights: matrix, bias, matrix, bias …
    std::vector<std::vector<float>> gradients; ///< of each piece of a batch, while training
    std::uint64_t steps = 0;

    explicit State(const ConvShape& wanted)
        : shape(wanted), columns(static_cast<std::int64_t>(wanted.columns)), classes(wanted.classes),
          weights(wanted.weightCount()) {
        float* at = weights.data();
        for (const LayerShape& layer : shape.layers()) {
            parameters.push_back(
                at::from_blob(at, {layer.shifts, layer.in, layer.out}).set_requires_grad(true));
            at += layer.shifts * layer.in * layer.out;
            parameters.push_back(at::from_blob(at, {layer.out}).set_requires_grad(true));
            at += layer.out;
        }
    }

    /// Every kernel-sized window of each spectrum as a row; the last of a spectrum, which have no window, are
    /// zero.
    Tensor windows(core::FloatView rows) const {
        const std::int64_t window = shape.kernel;
        Tensor result = at::zeros({static_cast<std::int64_t>(rows.rows()) * columns, window}, at::kFloat);
        float* to = result.data_ptr<float>();
        for (std::size_t r = 0; r < rows.rows(); ++r, to += columns * window)
            for (std::int64_t i = 0; i + window <= columns; ++i)
                std::copy_n(rows.row(r).data() + i, window, to + i * window);
        return result;
    }

    /// Logits [rows × classes]. dropout: a function applied after each of the two hidden dense layers.
    /// Backward will write the gradients of all parameters to `written`, in the order of the weights.
    template <typename Dropout>
    Tensor forward(core::FloatView rows, Dropout&& dropout, float* written) const {
        const auto affine = [&](const Tensor& x, std::size_t layer, bool relu) {
            const Tensor &w = parameters[2 * layer], &b = parameters[2 * layer + 1];
            return ShiftedAffine::apply(x, w, b, relu, written + (w.data_ptr<float>() - weights.data()));
        };
        const auto spectra = static_cast<std::int64_t>(rows.rows());
        std::int64_t length = columns;
        Tensor x = windows(rows);
        std::size_t layer = 0;
        for (int pair = 0; pair < shape.pairs; ++pair) {
            x = affine(x, layer++, true);
            x = affine(x, layer++, true);
            const std::int64_t pooled = shape.pooled(length);
            x = MaximumOfTwo::apply(x, spectra, length, pooled);
            length = pooled;
        }
        x = x.view({spectra, length * x.size(1)});
        x = dropout(affine(x, layer++, true));
        x = dropout(affine(x, layer++, true));
        return affine(x, layer, false);
    }

    /// Σ cross-entropy / batchRows over some rows of a batch; writes its gradient by all weights.
    double gradient(core::FloatView rows, std::span<const int> labels, double batchRows, double dropout,
                    core::RandomStream random, float* written) const {
        at::AutoGradMode recording(true);
        const auto keep = static_cast<float>(1 - dropout);
        const auto drop = [&](const Tensor& x) {
            if (dropout <= 0) return x;
            Tensor mask = at::empty(x.sizes(), at::kFloat);
            float* to = mask.data_ptr<float>();
            for (std::int64_t i = 0; i < mask.numel(); ++i)
                to[i] = random.uniform() < keep ? 1 / keep : 0.0f;
            return x * mask;
        };
        const Tensor logits = forward(rows, drop, written);
        Tensor truth = at::empty({static_cast<std::int64_t>(labels.size())}, at::kLong);
        std::ranges::copy(labels, truth.data_ptr<std::int64_t>());
        const Tensor mean =
            at::nll_loss(at::log_softmax(logits, 1), truth, {}, at::Reduction::Sum) / batchRows;
        torch::autograd::grad({mean}, parameters);
        return mean.item<double>();
    }
};

ConvModel::ConvModel(const ConvShape& shape) : state_(std::make_unique<State>(shape)) {}
ConvModel::~ConvModel() = default;
ConvModel::ConvModel(ConvModel&&) noexcept = default;
ConvModel& ConvModel::operator=(ConvModel&&) noexcept = default;

std::span<float> ConvModel::weights() {
    return state_->weights;
}
std::span<const float> ConvModel::weights() const {
    return state_->weights;
}

void ConvModel::initialise(std::uint64_t seed) {
    core::RandomStream random(seed, 0x1417);
    for (std::size_t i = 0; i < state_->parameters.size(); i += 2) {
        Tensor &matrix = state_->parameters[i], &bias = state_->parameters[i + 1];
        const double bound = std::sqrt(6.0 / static_cast<double>(matrix.size(0) * matrix.size(1)));
        float* to = matrix.data_ptr<float>();
        for (std::int64_t k = 0; k < matrix.numel(); ++k)
            to[k] = static_cast<float>(random.uniform(-bound, bound));
        std::fill_n(bias.data_ptr<float>(), bias.numel(), 0.0f);
    }
    state_->steps = 0;
    state_->firstMoment.assign(state_->weights.size(), 0.0f);
    state_->secondMoment.assign(state_->weights.size(), 0.0f);
}

ConvScorer ConvModel::scorer() const {
    return ConvScorer(state_->shape, state_->weights);
}

core::Result<double> ConvModel::step(core::FloatView rows, std::span<const int> labels,
                                     const Step& parameters, core::ThreadPool& pool) {
    State& state = *state_;
    const std::size_t pieces = (rows.rows() + pieceRows - 1) / pieceRows;
    while (state.gradients.size() < pieces)
        state.gradients.emplace_back(state.weights.size());
    std::vector<double> losses(pieces);
    std::vector<std::string> failures(pieces);
    pool.parallelFor(pieces, [&](std::size_t piece, std::size_t) {
        try {
            const SingleThreaded alone;
            const std::size_t first = piece * pieceRows, count = std::min(pieceRows, rows.rows() - first);
            losses[piece] = state.gradient(
                rows.block(first, count), labels.subspan(first, count), static_cast<double>(rows.rows()),
                parameters.dropout, core::RandomStream(parameters.seed, (state.steps + 1) << 16 | piece),
                state.gradients[piece].data());
        } catch (const std::exception& error) {
            failures[piece] = error.what();
        }
    });
    for (const std::string& failure : failures)
        if (!failure.empty())
            return fail(ErrorCode::Internal, "the network could not be trained: " + failure);

    ++state.steps;
    const auto correction = [&](double beta) { return 1 - std::pow(beta, double(state.steps)); };
    const AdamStep update{static_cast<float>(parameters.learningRate / correction(adamBeta1)),
                          static_cast<float>(1 - parameters.learningRate * parameters.weightDecay),
                          static_cast<float>(1 / correction(adamBeta2))};
    pool.parallelFor((state.weights.size() + updateBlock - 1) / updateBlock,
                     [&](std::size_t block, std::size_t) {
                         const SingleThreaded alone;
                         const std::size_t from = block * updateBlock,
                                           count = std::min(updateBlock, state.weights.size() - from);
                         float* sum = state.gradients[0].data() + from;
                         for (std::size_t piece = 1; piece < pieces; ++piece)
                             addTo(sum, state.gradients[piece].data() + from, count);
                         adam(state.weights.data() + from, state.firstMoment.data() + from,
                              state.secondMoment.data() + from, sum, count, update);
                     });
    double loss = 0;
    for (const double part : losses)
        loss += part;
    return loss;
}

void ConvModel::endTraining() {
    state_->firstMoment = {};
    state_->secondMoment = {};
    state_->gradients = {};
}

} // namespace balmer::learn
