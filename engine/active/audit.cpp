#include "engine/active/audit.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "engine/active/distance.h"
#include "engine/core/text_number.h"
#include "engine/core/thread_pool.h"

namespace balmer::active {
namespace {

using core::ErrorCode;
using core::fail;

constexpr std::size_t rowsOfABlock = 64;
constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();

bool isFinite(std::span<const float> row) {
    return std::ranges::all_of(row, [](float value) { return std::isfinite(value); });
}

core::Status check(const AuditInput& input) {
    const std::size_t rows = input.labels.size();
    if (input.probabilities.rows() != rows || input.places.rows() != rows)
        return fail(ErrorCode::InvalidArgument,
                    "labels, probabilities and places must have an entry for each row");
    if (input.probabilities.columns() != input.classes.size())
        return fail(ErrorCode::InvalidArgument, "the probabilities are not those of these classes");
    for (const int label : input.labels)
        if (label < 0 || static_cast<std::size_t>(label) >= input.classes.size())
            return fail(ErrorCode::InvalidArgument, "a label is none of the classes");
    return {};
}

struct Accusation {
    int suggested = -1;
    double strength = 0;
    std::string reason;
};
using Witness = std::optional<Accusation>;

/// For each class the mean of its probability over the rows labelled so; +∞ where none has one.
std::vector<double> confidenceOf(const AuditInput& input) {
    std::vector<double> sums(input.classes.size(), 0);
    std::vector<std::size_t> counts(input.classes.size(), 0);
    for (std::size_t row = 0; row < input.labels.size(); ++row) {
        if (!isFinite(input.probabilities.row(row))) continue;
        const auto k = static_cast<std::size_t>(input.labels[row]);
        sums[k] += static_cast<double>(input.probabilities(row, k));
        ++counts[k];
    }
    for (std::size_t k = 0; k < sums.size(); ++k)
        sums[k] = counts[k] == 0 ? std::numeric_limits<double>::infinity()
                                 : sums[k] / static_cast<double>(counts[k]);
    return sums;
}

Witness askModel(const AuditInput& input, std::span<const double> confidence, std::size_t row) {
    const auto p = input.probabilities.row(row);
    if (!isFinite(p)) return {};
    int found = -1;
    for (std::size_t k = 0; k < p.size(); ++k)
        if (static_cast<double>(p[k]) >= confidence[k] &&
            (found < 0 || p[k] > p[static_cast<std::size_t>(found)]))
            found = static_cast<int>(k);
    const int label = input.labels[row];
    if (found < 0 || found == label) return {};
    const auto other = static_cast<std::size_t>(found);
    const double margin =
        static_cast<double>(p[other]) - static_cast<double>(p[static_cast<std::size_t>(label)]);
    return Accusation{found, std::clamp(margin, 0.0, 1.0),
                      "the model finds \"" + input.classes[other] + "\" (" +
                          core::formatFixed(static_cast<double>(p[other]), 2) + ")"};
}

struct Near {
    std::size_t row = nobody;
    float squared = std::numeric_limits<float>::infinity();
    bool operator<(const Near& other) const {
        return std::pair(squared, row) < std::pair(other.squared, other.row);
    }
};

/// For each row the nearest others, nearest first, as many as there are up to the wanted number.
core::Result<std::vector<std::vector<Near>>> nearestRows(const AuditInput& input, std::size_t wanted,
                                                         core::TaskContext& task) {
    const std::size_t rows = input.labels.size();
    std::vector<unsigned char> placed(rows);
    for (std::size_t row = 0; row < rows; ++row)
        placed[row] = isFinite(input.places.row(row));
    std::vector<std::vector<Near>> found(rows);
    core::ThreadPool pool(input.threads, "balmer-audit");
    const std::size_t blocks = (rows + rowsOfABlock - 1) / rowsOfABlock;
    const std::size_t atOnce = 16 * pool.threads();
    for (std::size_t first = 0; first < blocks; first += atOnce) {
        BALMER_CHECK(task.checkpoint(static_cast<double>(first) / static_cast<double>(blocks),
                                     "comparing labelled spectra"));
        pool.parallelFor(std::min(atOnce, blocks - first), [&](std::size_t block, std::size_t) {
            const std::size_t begin = (first + block) * rowsOfABlock;
            for (std::size_t row = begin; row < std::min(rows, begin + rowsOfABlock); ++row) {
                if (!placed[row]) continue;
                auto& best = found[row];
                for (std::size_t other = 0; other < rows; ++other) {
                    if (other == row || !placed[other]) continue;
                    const Near near{other, squaredDistance(input.places.row(row), input.places.row(other))};
                    if (best.size() == wanted && !(near < best.back())) continue;
                    if (best.size() == wanted) best.pop_back();
                    best.insert(std::upper_bound(best.begin(), best.end(), near), near);
                }
            }
        });
    }
    return found;
}

/// Within this squared distance two rows are the same spectrum.
float twinLimit(const std::vector<std::vector<Near>>& nearest, double share) {
    std::vector<float> first;
    for (const auto& each : nearest)
        if (!each.empty()) first.push_back(each.front().squared);
    if (first.empty()) return -1;
    const auto middle = first.begin() + static_cast<std::ptrdiff_t>(first.size() / 2);
    std::ranges::nth_element(first, middle);
    return *middle * static_cast<float>(share * share);
}

Witness askTwin(const AuditInput& input, std::span<const Near> nearest, float limit, std::size_t row) {
    for (const auto& near : nearest) {
        if (near.squared > limit) break;
        const int other = input.labels[near.row];
        if (other == input.labels[row]) continue;
        const double closeness =
            limit > 0 ? 1 - std::sqrt(static_cast<double>(near.squared) / static_cast<double>(limit)) : 1;
        return Accusation{other, (1 + closeness) / 2,
                          "a spectrum like it is \"" + input.classes[static_cast<std::size_t>(other)] + "\""};
    }
    return {};
}

Witness askNeighbours(const AuditInput& input, std::span<const Near> nearest,
                      std::span<const std::size_t> counts, double share, std::size_t row) {
    std::vector<double> weight(input.classes.size(), 0);
    std::vector<std::size_t> number(input.classes.size(), 0);
    double all = 0;
    for (const auto& near : nearest) {
        const auto k = static_cast<std::size_t>(input.labels[near.row]);
        weight[k] += 1.0 / static_cast<double>(counts[k]);
        all += 1.0 / static_cast<double>(counts[k]);
        ++number[k];
    }
    const auto most = static_cast<std::size_t>(std::ranges::max_element(weight) - weight.begin());
    if (static_cast<int>(most) == input.labels[row] || weight[most] < share * all) return {};
    return Accusation{static_cast<int>(most), weight[most] / all,
                      std::to_string(number[most]) + " of its " + std::to_string(nearest.size()) +
                          " neighbours are \"" + input.classes[most] + "\""};
}

} // namespace

core::Result<std::vector<DoubtfulLabel>>
doubtfulLabels(const AuditInput& input, const AuditParameters& parameters, core::TaskContext& task) {
    BALMER_CHECK(check(input));
    std::vector<std::size_t> counts(input.classes.size(), 0);
    for (const int label : input.labels)
        ++counts[static_cast<std::size_t>(label)];
    const auto confidence = confidenceOf(input);
    BALMER_TRY(const auto nearest, nearestRows(input, parameters.neighbours, task));
    const float limit = twinLimit(nearest, parameters.twinDistance);
    std::vector<DoubtfulLabel> doubtful;
    for (std::size_t row = 0; row < input.labels.size(); ++row) {
        DoubtfulLabel found;
        found.row = row;
        const auto hear = [&](const Witness& witness) {
            if (!witness) return;
            if (found.witnesses++ == 0) found.suggested = witness->suggested;
            found.suspicion += witness->strength / 3;
            found.reason += (found.reason.empty() ? "" : "; ") + witness->reason;
        };
        hear(askModel(input, confidence, row));
        hear(askTwin(input, nearest[row], limit, row));
        if (nearest[row].size() == parameters.neighbours)
            hear(askNeighbours(input, nearest[row], counts, parameters.neighboursShare, row));
        if (found.witnesses > 0) doubtful.push_back(std::move(found));
    }
    std::ranges::stable_sort(doubtful, std::greater(), &DoubtfulLabel::suspicion);
    return doubtful;
}

} // namespace balmer::active
