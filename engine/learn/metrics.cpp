#include "engine/learn/metrics.h"

#include <cmath>
#include <string>

namespace balmer::learn {

using core::ErrorCode;
using core::fail;

core::Result<Metrics> measure(std::span<const int> truth, std::span<const int> predicted,
                              std::size_t classes) {
    if (truth.empty())
        return fail(ErrorCode::InvalidArgument, "there are no labelled rows to measure predictions by");
    if (truth.size() != predicted.size())
        return fail(ErrorCode::InvalidArgument, std::to_string(truth.size()) +
                                                    " labels cannot be compared with " +
                                                    std::to_string(predicted.size()) + " predictions");
    Metrics metrics;
    metrics.confusion = ConfusionMatrix(classes, classes);
    for (std::size_t i = 0; i < truth.size(); ++i) {
        for (const int index : {truth[i], predicted[i]})
            if (index < 0 || static_cast<std::size_t>(index) >= classes)
                return fail(ErrorCode::InvalidArgument, "class " + std::to_string(index) + " of row " +
                                                            std::to_string(i) + " is not one of the " +
                                                            std::to_string(classes) + " classes");
        ++metrics.confusion(static_cast<std::size_t>(truth[i]), static_cast<std::size_t>(predicted[i]));
    }
    std::size_t right = 0, occurring = 0;
    double sumF1 = 0;
    for (std::size_t c = 0; c < classes; ++c) {
        std::size_t rowSum = 0, columnSum = 0;
        for (std::size_t other = 0; other < classes; ++other) {
            rowSum += metrics.confusion(c, other);
            columnSum += metrics.confusion(other, c);
        }
        const auto hits = static_cast<double>(metrics.confusion(c, c));
        right += metrics.confusion(c, c);
        ClassMetrics of;
        of.support = rowSum;
        if (columnSum > 0) of.precision = hits / static_cast<double>(columnSum);
        if (rowSum > 0) of.recall = hits / static_cast<double>(rowSum);
        if (rowSum + columnSum > 0) {
            of.f1 = 2 * hits / static_cast<double>(rowSum + columnSum);
            sumF1 += of.f1;
            ++occurring;
        }
        metrics.classes.push_back(of);
    }
    metrics.accuracy = static_cast<double>(right) / static_cast<double>(truth.size());
    metrics.macroF1 = sumF1 / static_cast<double>(occurring);
    return metrics;
}

std::vector<int> mostProbable(core::FloatView probabilities) {
    std::vector<int> best(probabilities.rows(), -1);
    for (std::size_t r = 0; r < probabilities.rows(); ++r) {
        const auto row = probabilities.row(r);
        std::size_t at = 0;
        bool valid = !row.empty();
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (std::isnan(row[c])) valid = false;
            if (row[c] > row[at]) at = c;
        }
        if (valid) best[r] = static_cast<int>(at);
    }
    return best;
}

} // namespace balmer::learn
