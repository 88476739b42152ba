#include "engine/learn/spectral_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/core/random_stream.h"
#include "engine/core/thread_pool.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using core::fail;

constexpr double smoothingSamples = 1.5;
constexpr float kneeDeviations = 6;
constexpr std::size_t rowsOfABlock = 256;
constexpr int passes = 6;                  ///< of the subspace iteration
constexpr std::size_t oversampled = 8;     ///< directions beyond those wanted
constexpr std::size_t longestWindow = 512; // samples
constexpr float madToDeviation = 1.4826f;

float medianOf(std::span<float> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Half of a Gaussian of one smoothing length, its middle first, normalised as the whole.
const std::array<float, 6>& smoothingWeights() {
    static const auto weights = [] {
        std::array<double, 6> half{};
        double sum = 0;
        for (std::size_t i = 0; i < half.size(); ++i) {
            const double x = static_cast<double>(i) / smoothingSamples;
            half[i] = std::exp(-x * x / 2);
            sum += i == 0 ? half[i] : 2 * half[i];
        }
        std::array<float, 6> made{};
        for (std::size_t i = 0; i < half.size(); ++i)
            made[i] = static_cast<float>(half[i] / sum);
        return made;
    }();
    return weights;
}

/// Brings a row to its continuum and smooths it. False, and zeros, when there is nothing to divide by.
bool flatten(std::span<const float> row, Continuum continuum, std::span<float> flat) {
    const std::size_t n = row.size();
    std::ranges::fill(flat, 0.0f);
    const auto [low, high] = std::ranges::minmax(row);
    if (!std::ranges::all_of(row, [](float value) { return std::isfinite(value); }) || low == high)
        return false;
    std::vector<float> scratch(row.begin(), row.end());
    float level = 0, slope = 0; // at the middle of the row, and by sample
    if (continuum == Continuum::Line) {
        const std::size_t end = std::max<std::size_t>(n / 6, 2);
        const float left = medianOf(std::span(scratch).first(end));
        const float right = medianOf(std::span(scratch).last(end));
        level = (left + right) / 2;
        slope = (right - left) / static_cast<float>(n - end);
    } else {
        level = medianOf(scratch);
    }
    const float half = static_cast<float>(n - 1) / 2;
    const bool positive = level - std::abs(slope) * half > 0;
    // A row whose continuum is not above zero (one scaled from −1 to 1, say) keeps its line's shape alone.
    const float unit = positive ? 1 : (high - low);
    for (std::size_t i = 0; i < n; ++i) {
        const float at = level + slope * (static_cast<float>(i) - half);
        scratch[i] = positive ? row[i] / at - 1 : (row[i] - at) / unit;
    }
    const auto& weights = smoothingWeights();
    const auto last = static_cast<std::ptrdiff_t>(n) - 1;
    for (std::ptrdiff_t i = 0; i <= last; ++i) {
        float sum = weights[0] * scratch[static_cast<std::size_t>(i)];
        for (std::ptrdiff_t k = 1; k < static_cast<std::ptrdiff_t>(weights.size()); ++k)
            sum += weights[static_cast<std::size_t>(k)] *
                   (scratch[static_cast<std::size_t>(std::max<std::ptrdiff_t>(i - k, 0))] +
                    scratch[static_cast<std::size_t>(std::min(i + k, last))]);
        flat[static_cast<std::size_t>(i)] = sum;
    }
    return std::ranges::all_of(flat, [](float value) { return std::isfinite(value); });
}

double dot(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += double(a[i]) * double(b[i]);
    return sum;
}

/// Gram–Schmidt, twice; a row that lies in the span of those before it becomes zero.
void orthonormalise(core::FloatMatrix& rows) {
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const double before = std::sqrt(dot(rows.row(i), rows.row(i)));
        for (int twice = 0; twice < 2; ++twice)
            for (std::size_t j = 0; j < i; ++j) {
                const auto share = static_cast<float>(dot(rows.row(i), rows.row(j)));
                for (std::size_t c = 0; c < rows.columns(); ++c)
                    rows(i, c) -= share * rows(j, c);
            }
        const double length = std::sqrt(dot(rows.row(i), rows.row(i)));
        const float scale = length > 1e-6 * before && length > 0 ? static_cast<float>(1 / length) : 0.0f;
        for (float& value : rows.row(i))
            value *= scale;
    }
}

/// Eigenvectors of a small symmetric matrix (Jacobi's rotations), as rows by falling eigenvalue.
core::Matrix<double> eigenvectors(core::Matrix<double> a) {
    const std::size_t n = a.rows();
    core::Matrix<double> v(n, n);
    for (std::size_t i = 0; i < n; ++i)
        v(i, i) = 1;
    for (int sweep = 0; sweep < 30; ++sweep)
        for (std::size_t p = 0; p < n; ++p)
            for (std::size_t q = p + 1; q < n; ++q) {
                if (a(p, q) == 0) continue;
                const double theta = (a(q, q) - a(p, p)) / (2 * a(p, q));
                const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
                const double c = 1 / std::sqrt(t * t + 1), s = t * c;
                for (std::size_t k = 0; k < n; ++k) {
                    const double x = a(k, p), y = a(k, q);
                    a(k, p) = c * x - s * y;
                    a(k, q) = s * x + c * y;
                }
                for (std::size_t k = 0; k < n; ++k) {
                    const double x = a(p, k), y = a(q, k);
                    a(p, k) = c * x - s * y;
                    a(q, k) = s * x + c * y;
                    const double vx = v(p, k), vy = v(q, k);
                    v(p, k) = c * vx - s * vy;
                    v(q, k) = s * vx + c * vy;
                }
            }
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t i, std::size_t j) { return a(i, i) > a(j, j); });
    core::Matrix<double> sorted(n, n);
    for (std::size_t i = 0; i < n; ++i)
        std::ranges::copy(v.row(order[i]), sorted.row(i).begin());
    return sorted;
}

/// Calls work(first, count, block) for blocks of rows in the pool.
template <typename Work>
void inBlocks(core::ThreadPool& pool, std::size_t rows, const Work& work) {
    pool.parallelFor((rows + rowsOfABlock - 1) / rowsOfABlock, [&](std::size_t block, std::size_t) {
        const std::size_t first = block * rowsOfABlock;
        work(first, std::min(rowsOfABlock, rows - first), block);
    });
}

/// directions · Zᵀ · Z, added up block by block in a fixed order.
core::FloatMatrix squared(core::FloatView rows, const core::FloatMatrix& directions, core::ThreadPool& pool) {
    const std::size_t k = directions.rows(), n = rows.columns();
    const std::size_t blocks = (rows.rows() + rowsOfABlock - 1) / rowsOfABlock;
    std::vector<core::FloatMatrix> parts(blocks);
    inBlocks(pool, rows.rows(), [&](std::size_t first, std::size_t count, std::size_t block) {
        core::FloatMatrix part(k, n);
        for (std::size_t r = first; r < first + count; ++r) {
            const auto row = rows.row(r);
            for (std::size_t d = 0; d < k; ++d) {
                const float* const direction = directions.row(d).data();
                float share = 0;
                for (std::size_t c = 0; c < n; ++c)
                    share += direction[c] * row[c];
                float* const sum = part.row(d).data();
                for (std::size_t c = 0; c < n; ++c)
                    sum[c] += share * row[c];
            }
        }
        parts[block] = std::move(part);
    });
    core::FloatMatrix total(k, n);
    for (const auto& part : parts)
        for (std::size_t i = 0; i < k * n; ++i)
            total.data()[i] += part.data()[i];
    return total;
}

/// The leading directions of the rows about their origin.
core::Result<core::FloatMatrix> leadingDirections(core::FloatView rows, std::size_t wanted,
                                                  std::uint64_t seed, core::ThreadPool& pool,
                                                  core::TaskContext& task) {
    const std::size_t n = rows.columns(), k = std::min({wanted + oversampled, n, rows.rows()});
    core::RandomStream random(seed, 0xC0DE);
    core::FloatMatrix directions(k, n);
    for (std::size_t i = 0; i < k * n; ++i)
        directions.data()[i] = static_cast<float>(random.normal());
    orthonormalise(directions);
    for (int pass = 1; pass < passes; ++pass) {
        BALMER_CHECK(task.checkpoint(0.3 + 0.7 * pass / passes, "principal components"));
        directions = squared(rows, directions, pool);
        orthonormalise(directions);
    }
    const auto image = squared(rows, directions, pool);
    core::Matrix<double> small(k, k);
    for (std::size_t i = 0; i < k; ++i)
        for (std::size_t j = 0; j < k; ++j)
            small(i, j) = (dot(directions.row(i), image.row(j)) + dot(directions.row(j), image.row(i))) / 2;
    const auto vectors = eigenvectors(std::move(small));
    core::FloatMatrix leading(std::min(wanted, k), n);
    for (std::size_t i = 0; i < leading.rows(); ++i)
        for (std::size_t j = 0; j < k; ++j)
            for (std::size_t c = 0; c < n; ++c)
                leading(i, c) += static_cast<float>(vectors(i, j)) * directions(j, c);
    // Of the two signs the one whose largest entry is positive, so that it does not hang on rounding.
    for (std::size_t i = 0; i < leading.rows(); ++i) {
        const auto row = leading.row(i);
        const auto largest =
            std::ranges::max_element(row, [](float a, float b) { return std::abs(a) < std::abs(b); });
        if (*largest < 0)
            for (float& value : row)
                value = -value;
    }
    return leading;
}

} // namespace

Continuum continuumFor(std::size_t columns) {
    return columns > longestWindow ? Continuum::Median : Continuum::Line;
}

bool SpectralFeatures::prepare(std::span<const float> row, std::span<float> prepared) const {
    if (!flatten(row, continuum_, prepared)) return false;
    for (std::size_t c = 0; c < prepared.size(); ++c)
        prepared[c] = knee_[c] * std::asinh((prepared[c] - median_[c]) / knee_[c]);
    return true;
}

core::Result<SpectralFeatures>
SpectralFeatures::learn(core::FloatView rows, const FeatureParameters& parameters, core::TaskContext& task) {
    if (rows.columns() < 8)
        return fail(ErrorCode::InvalidArgument, "spectra of " + std::to_string(rows.columns()) +
                                                    " samples are too short to tell shapes apart; 8 or more "
                                                    "are needed");
    core::ThreadPool pool(parameters.threads, "balmer-learn");
    SpectralFeatures made;
    made.continuum_ = parameters.continuum;
    const std::size_t n = rows.columns(), looked = std::min(rows.rows(), parameters.sample);
    core::FloatMatrix flat(looked, n);
    std::vector<char> usable(looked);
    inBlocks(pool, looked, [&](std::size_t first, std::size_t count, std::size_t) {
        for (std::size_t i = first; i < first + count && !task.stopRequested(); ++i)
            usable[i] = flatten(rows.row(i * rows.rows() / looked), parameters.continuum, flat.row(i));
    });
    BALMER_CHECK(task.checkpoint(0.2, "principal components"));
    core::FloatMatrix kept;
    for (std::size_t i = 0; i < looked; ++i)
        if (usable[i]) kept.appendRow(flat.row(i));
    if (kept.rows() < 2)
        return fail(ErrorCode::InvalidArgument,
                    "fewer than two of the spectra are finite and not constant: there is nothing to learn "
                    "from");
    made.median_.resize(n);
    made.knee_.resize(n);
    std::vector<float> column(kept.rows());
    for (std::size_t c = 0; c < n; ++c) {
        for (std::size_t r = 0; r < kept.rows(); ++r)
            column[r] = kept(r, c);
        made.median_[c] = medianOf(column);
        for (float& value : column)
            value = std::abs(value - made.median_[c]);
        made.knee_[c] = kneeDeviations * madToDeviation * medianOf(column);
    }
    std::vector<float> knees = made.knee_;
    const float least = std::max(medianOf(knees) / 10, 1e-6f);
    for (std::size_t c = 0; c < n; ++c) {
        made.knee_[c] = std::max(made.knee_[c], least);
        for (std::size_t r = 0; r < kept.rows(); ++r)
            kept(r, c) = made.knee_[c] * std::asinh((kept(r, c) - made.median_[c]) / made.knee_[c]);
    }
    BALMER_TRY(made.components_,
               leadingDirections(kept.view(), parameters.components, parameters.seed, pool, task));
    return made;
}

core::Result<core::FloatMatrix> SpectralFeatures::of(core::FloatView rows, std::size_t threads,
                                                     core::TaskContext& task) const {
    core::FloatMatrix features(rows.rows(), count());
    core::ThreadPool pool(threads, "balmer-learn");
    inBlocks(pool, rows.rows(), [&](std::size_t first, std::size_t rowCount, std::size_t) {
        std::vector<float> prepared(columns());
        for (std::size_t r = first; r < first + rowCount && !task.stopRequested(); ++r) {
            const auto out = features.row(r);
            if (!prepare(rows.row(r), prepared)) {
                std::ranges::fill(out, std::numeric_limits<float>::quiet_NaN());
                continue;
            }
            float rest = 0;
            for (std::size_t k = 0; k + 1 < count(); ++k) {
                const float* const component = components_.row(k).data();
                float share = 0;
                for (std::size_t c = 0; c < prepared.size(); ++c)
                    share += component[c] * prepared[c];
                out[k] = share;
                rest -= share * share;
            }
            for (const float value : prepared)
                rest += value * value;
            out[count() - 1] = std::sqrt(std::max(rest, 0.0f));
        }
    });
    BALMER_CHECK(task.checkpoint(1, "features"));
    return features;
}

void SpectralFeatures::write(ModelWriter& file) const {
    file.line("continuum", continuum_ == Continuum::Line ? "line" : "median");
    file.line("components", std::to_string(components_.rows()));
}

void SpectralFeatures::writeNumbers(ModelWriter& file) const {
    file.numbers(median_);
    file.numbers(knee_);
    file.numbers({components_.data(), components_.rows() * components_.columns()});
}

core::Result<SpectralFeatures> SpectralFeatures::read(ModelReader& file, std::size_t columns) {
    SpectralFeatures made;
    std::string word;
    std::size_t components = 0;
    if (!file.read("continuum", word) || !file.read("components", components) || components > columns ||
        (word != "line" && word != "median"))
        return file.damaged("it does not say what it sees of a spectrum");
    made.continuum_ = word == "line" ? Continuum::Line : Continuum::Median;
    if (columns > file.left() || file.left() / columns < 2 + components)
        return file.damaged("it has fewer numbers than it says");
    made.median_.resize(columns);
    made.knee_.resize(columns);
    made.components_ = core::FloatMatrix(components, columns);
    if (!file.take(made.median_) || !file.take(made.knee_) ||
        !file.take({made.components_.data(), components * columns}) ||
        !std::ranges::all_of(made.knee_, [](float value) { return value > 0; }))
        return file.damaged("a number is out of range");
    return made;
}

} // namespace balmer::learn
