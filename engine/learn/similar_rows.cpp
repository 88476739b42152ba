#include "engine/learn/similar_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "engine/core/each_processor.h"
#include "engine/core/thread_pool.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using core::fail;

constexpr std::size_t rowsOfABlock = 4096, lanes = 16;

/// The shape with mean zero and length one, over the columns from its first finite sample to its last;
/// `weight` is 1 at the finite ones and 0 elsewhere, where the shape is 0, too.
struct Shape {
    std::size_t first = 0;
    std::vector<float> value, weight;
    float samples = 0;
};

core::Result<Shape> prepare(std::span<const float> given) {
    const auto isFinite = [](float value) { return std::isfinite(value); };
    Shape shape;
    const auto begin = std::ranges::find_if(given, isFinite);
    shape.first = static_cast<std::size_t>(begin - given.begin());
    shape.value.assign(begin, given.end());
    while (!shape.value.empty() && !isFinite(shape.value.back()))
        shape.value.pop_back();
    double sum = 0, samples = 0;
    for (const float value : shape.value) {
        shape.weight.push_back(isFinite(value) ? 1.0f : 0.0f);
        if (isFinite(value)) sum += static_cast<double>(value);
        samples += static_cast<double>(shape.weight.back());
    }
    if (samples < 3)
        return fail(ErrorCode::InvalidArgument, "a shape needs three samples or more to be compared with");
    double squares = 0;
    for (const float value : shape.value)
        if (isFinite(value)) squares += std::pow(static_cast<double>(value) - sum / samples, 2);
    if (!(squares > 0)) return fail(ErrorCode::InvalidArgument, "a constant shape is like nothing");
    for (float& value : shape.value)
        value = isFinite(value)
                    ? static_cast<float>((static_cast<double>(value) - sum / samples) / std::sqrt(squares))
                    : 0.0f;
    shape.samples = static_cast<float>(samples);
    return shape;
}

struct Sums {
    float product = 0, sum = 0, squares = 0;
};

/// Σ x·value, Σ x and Σ x² of x = row − pivot, where the weight is not 0.
BALMER_FOR_EACH_PROCESSOR
Sums sumsOf(const float* row, const float* value, const float* weight, std::size_t count, float pivot) {
    float product[lanes] = {}, sum[lanes] = {}, squares[lanes] = {};
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        for (std::size_t k = 0; k < lanes; ++k) {
            const float x = weight[i + k] > 0 ? row[i + k] - pivot : 0.0f;
            product[k] += x * value[i + k];
            sum[k] += x;
            squares[k] += x * x;
        }
    for (std::size_t k = 0; i < count; ++i, ++k) {
        const float x = weight[i] > 0 ? row[i] - pivot : 0.0f;
        product[k] += x * value[i];
        sum[k] += x;
        squares[k] += x * x;
    }
    Sums all;
    for (std::size_t k = 0; k < lanes; ++k) {
        all.product += product[k];
        all.sum += sum[k];
        all.squares += squares[k];
    }
    return all;
}

/// NaN for a row that cannot be compared.
float correlation(std::span<const float> row, const Shape& shape) {
    const float* const begin = row.data() + shape.first;
    const auto sums = sumsOf(begin, shape.value.data(), shape.weight.data(), shape.value.size(), *begin);
    const float variance = sums.squares - sums.sum * sums.sum / shape.samples;
    return variance > 0 ? sums.product / std::sqrt(variance) : std::numeric_limits<float>::quiet_NaN();
}

struct Found {
    float correlation = 0;
    std::size_t row = 0;
    /// The better one first.
    bool operator<(const Found& other) const {
        return correlation > other.correlation || (correlation == other.correlation && row < other.row);
    }
};

/// The best so far, the worst of them on top of the heap.
void keep(std::vector<Found>& best, std::size_t most, const Found& found) {
    if (best.size() == most) {
        if (!(found < best.front())) return;
        std::pop_heap(best.begin(), best.end());
        best.back() = found;
    } else {
        best.push_back(found);
    }
    std::push_heap(best.begin(), best.end());
}

} // namespace

core::Result<std::vector<SimilarRow>> similarRows(core::FloatView rows, std::span<const float> given,
                                                  const SimilarParameters& parameters,
                                                  core::TaskContext& task) {
    if (given.size() != rows.columns())
        return fail(ErrorCode::InvalidArgument, "the shape has " + std::to_string(given.size()) +
                                                    " samples, the rows have " +
                                                    std::to_string(rows.columns()));
    BALMER_TRY(const auto shape, prepare(given));
    core::ThreadPool pool(parameters.threads, "balmer-similar");
    std::vector<std::vector<Found>> best(pool.threads());
    const std::size_t blocks = (rows.rows() + rowsOfABlock - 1) / rowsOfABlock;
    const std::size_t atOnce = 16 * pool.threads();
    for (std::size_t first = 0; first < blocks && parameters.most > 0; first += atOnce) {
        BALMER_CHECK(task.checkpoint(static_cast<double>(first) / static_cast<double>(blocks),
                                     "looking through the spectra"));
        pool.parallelFor(std::min(atOnce, blocks - first), [&](std::size_t block, std::size_t worker) {
            const std::size_t begin = (first + block) * rowsOfABlock;
            for (std::size_t row = begin; row < std::min(rows.rows(), begin + rowsOfABlock); ++row) {
                const float r = correlation(rows.row(row), shape);
                if (std::isfinite(r)) keep(best[worker], parameters.most, {r, row});
            }
        });
    }
    std::vector<Found> all;
    for (const auto& each : best)
        all.insert(all.end(), each.begin(), each.end());
    std::sort(all.begin(), all.end());
    all.resize(std::min(all.size(), parameters.most));
    std::vector<SimilarRow> found;
    for (const auto& each : all)
        found.push_back({each.row, std::clamp(static_cast<double>(each.correlation), -1.0, 1.0)});
    return found;
}

} // namespace balmer::learn
