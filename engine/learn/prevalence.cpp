#include "engine/learn/prevalence.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace balmer::learn {
namespace {

constexpr int mostSteps = 500;
constexpr double stillMoving = 1e-9; ///< a share that changes by less stands

} // namespace

std::vector<double> adaptToPrevalence(core::MatrixView<float> probabilities) {
    const std::size_t classes = probabilities.columns();
    const auto finite = [&](std::size_t row) { return std::isfinite(probabilities(row, 0)); };
    std::vector<double> shares(classes, 1 / static_cast<double>(classes)), sum(classes), next(classes);
    const auto weighted = [&](std::size_t row) {
        double all = 0;
        for (std::size_t k = 0; k < classes; ++k)
            all += next[k] = shares[k] * double(probabilities(row, k));
        for (double& each : next)
            each = all > 0 ? each / all : 0;
    };
    double moved = 1;
    for (int step = 0; step < mostSteps && moved > stillMoving; ++step) {
        std::ranges::fill(sum, 1.0);
        double count = static_cast<double>(classes);
        for (std::size_t row = 0; row < probabilities.rows(); ++row) {
            if (!finite(row)) continue;
            weighted(row);
            ++count;
            for (std::size_t k = 0; k < classes; ++k)
                sum[k] += next[k];
        }
        moved = 0;
        for (std::size_t k = 0; k < classes; ++k) {
            moved = std::max(moved, std::abs(sum[k] / count - shares[k]));
            shares[k] = sum[k] / count;
        }
    }
    for (std::size_t row = 0; row < probabilities.rows(); ++row) {
        if (!finite(row)) continue;
        weighted(row);
        for (std::size_t k = 0; k < classes; ++k)
            probabilities(row, k) = static_cast<float>(next[k]);
    }
    return shares;
}

} // namespace balmer::learn
