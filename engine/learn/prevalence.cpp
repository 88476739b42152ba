#include "engine/learn/prevalence.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace balmer::learn {
namespace {

constexpr int mostSteps = 500;
constexpr double stillMoving = 1e-9; ///< a share that changes by less stands
constexpr double sure = 0.99;        ///< a probability that counts as certainty

} // namespace

std::vector<double> adaptToPrevalence(core::MatrixView<float> probabilities, std::size_t rest) {
    const std::size_t classes = probabilities.columns();
    if (rest >= classes) return {};
    const auto finite = [&](std::size_t row) { return std::isfinite(probabilities(row, 0)); };
    std::vector<double> shares(classes, 1 / std::max(1.0, double(classes) - 1)), sum(classes), next(classes);
    const auto weighted = [&](std::size_t row) {
        const double ofRest = std::max(1e-30, double(probabilities(row, rest)));
        double all = 0;
        for (std::size_t k = 0; k < classes; ++k)
            if (k != rest) all += next[k] = shares[k] * double(probabilities(row, k)) / ofRest;
        next[rest] = std::max(0.0, 1 - all);
        for (double& each : next)
            each /= std::max(1.0, all);
    };
    std::vector<bool> certain(classes), wasCertain(classes); ///< some row is of the class for certain
    double moved = 1;
    for (int step = 0; step < mostSteps && moved > stillMoving; ++step) {
        std::ranges::fill(sum, 1.0);
        certain.assign(classes, false);
        double count = static_cast<double>(classes);
        for (std::size_t row = 0; row < probabilities.rows(); ++row) {
            if (!finite(row)) continue;
            weighted(row);
            ++count;
            for (std::size_t k = 0; k < classes; ++k) {
                sum[k] += next[k];
                if (next[k] >= sure) certain[k] = true;
            }
        }
        // Any smaller share explains rows none of which is certain as well as this one does.
        moved = 0;
        for (std::size_t k = 0; k < classes; ++k) {
            if (k == rest || (wasCertain[k] && !certain[k])) continue;
            wasCertain[k] = certain[k];
            moved = std::max(moved, std::abs(sum[k] / count - shares[k]));
            shares[k] = sum[k] / count;
        }
        shares[rest] = 0;
        shares[rest] = 1 - std::accumulate(shares.begin(), shares.end(), 0.0);
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
