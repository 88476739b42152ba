#include "engine/learn/torch/input_scaling.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace balmer::learn {
namespace {

/// A scaled pixel this many deviations from the mean says no more than one further out.
constexpr float furthest = 10;

float medianOf(std::span<const float> row) {
    std::vector<float> sorted(row.begin(), row.end());
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
    std::nth_element(sorted.begin(), middle, sorted.end());
    if (sorted.size() % 2 == 1) return *middle;
    return (*middle + *std::max_element(sorted.begin(), middle)) / 2;
}

/// The factor by which MedianStandardised multiplies a row; 0 when there is none.
float overMedian(std::span<const float> row) {
    const float median = medianOf(row);
    const float factor = median > 0 ? 1 / median : 0;
    return std::isfinite(factor) ? factor : 0;
}

bool finite(std::span<const float> row) {
    return std::ranges::all_of(row, [](float value) { return std::isfinite(value); });
}

} // namespace

InputScaling RowScaler::resolve(InputScaling wanted, core::FloatView rows) {
    if (wanted != InputScaling::Automatic) return wanted;
    std::size_t looked = 0, scaled = 0, withoutContinuum = 0;
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        if (!finite(rows.row(r))) continue;
        const auto [low, high] = std::ranges::minmax(rows.row(r));
        ++looked;
        scaled += std::abs(low + 1) <= 1e-4f && std::abs(high - 1) <= 1e-4f;
        withoutContinuum += overMedian(rows.row(r)) == 0;
    }
    return scaled == looked || 100 * withoutContinuum > looked ? InputScaling::MinMax
                                                               : InputScaling::MedianStandardised;
}

bool RowScaler::usable(InputScaling scaling, std::span<const float> row) {
    if (row.empty() || !finite(row)) return false;
    if (scaling == InputScaling::MedianStandardised) return overMedian(row) > 0;
    const auto [low, high] = std::ranges::minmax(row);
    return high > low && std::isfinite(2 / (high - low)) && std::isfinite(high - low);
}

RowScaler RowScaler::learn(InputScaling scaling, core::FloatView rows) {
    RowScaler scaler;
    scaler.scaling = scaling;
    if (scaling != InputScaling::MedianStandardised) return scaler;
    const std::size_t columns = rows.columns();
    std::vector<float> factor(rows.rows());
    std::vector<double> sum(columns), squares(columns);
    double count = 0;
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        if (!usable(scaling, rows.row(r))) continue;
        factor[r] = overMedian(rows.row(r));
        ++count;
        for (std::size_t c = 0; c < columns; ++c)
            sum[c] += double(rows(r, c)) * factor[r];
    }
    for (double& value : sum)
        value /= count;
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        if (factor[r] == 0) continue;
        for (std::size_t c = 0; c < columns; ++c) {
            const double off = double(rows(r, c)) * factor[r] - sum[c];
            squares[c] += off * off;
        }
    }
    for (std::size_t c = 0; c < columns; ++c) {
        const double deviation = std::sqrt(squares[c] / count);
        scaler.mean.push_back(static_cast<float>(sum[c]));
        scaler.inverseDeviation.push_back(deviation > 1e-12 ? static_cast<float>(1 / deviation) : 1.0f);
    }
    return scaler;
}

bool RowScaler::apply(std::span<const float> row, std::span<float> scaled) const {
    if (!usable(scaling, row)) {
        std::ranges::fill(scaled, 0.0f);
        return false;
    }
    if (scaling == InputScaling::MedianStandardised) {
        const float factor = overMedian(row);
        for (std::size_t c = 0; c < row.size(); ++c)
            scaled[c] = std::clamp((row[c] * factor - mean[c]) * inverseDeviation[c], -furthest, furthest);
    } else {
        const auto [low, high] = std::ranges::minmax(row);
        const float factor = 2 / (high - low);
        for (std::size_t c = 0; c < row.size(); ++c)
            scaled[c] = std::clamp((row[c] - low) * factor - 1, -1.0f, 1.0f);
    }
    return true;
}

} // namespace balmer::learn
