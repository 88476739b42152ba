#include "engine/active/query.h"

#include <algorithm>
#include <cmath>

#include "engine/core/random_stream.h"
#include "engine/core/text_number.h"
#include "engine/learn/metrics.h"

namespace balmer::active {
namespace {

using core::ErrorCode;
using core::fail;

/// The lists of one round need the same look at every row: made once.
struct Pool {
    core::FloatView probabilities;
    std::span<const std::string> classes;
    const QueryParameters& parameters;
    std::vector<std::size_t> rows; ///< that may be listed, ascending
    std::vector<int> predicted;    ///< of every row
    std::vector<char> isTarget;    ///< of every class

    double targetProbability(std::size_t row) const {
        double sum = 0;
        for (std::size_t c = 0; c < isTarget.size(); ++c)
            if (isTarget[c]) sum += probabilities(row, c);
        return sum;
    }
    bool predictedTarget(std::size_t row) const { return isTarget[static_cast<std::size_t>(predicted[row])]; }

    ListedSpectrum item(std::size_t row) const {
        const auto p = probabilities.row(row);
        return {row, predicted[row], p[static_cast<std::size_t>(predicted[row])], normalisedEntropy(p), {}};
    }
};

core::Result<Pool> makePool(core::FloatView probabilities, std::span<const std::string> classes,
                            std::span<const unsigned char> excluded, const QueryParameters& parameters) {
    BALMER_CHECK(parameters.validate(classes.size()));
    if (probabilities.columns() != classes.size() && probabilities.rows() > 0)
        return fail(ErrorCode::InvalidArgument,
                    "the probabilities are of " + std::to_string(probabilities.columns()) + " classes, but " +
                        std::to_string(classes.size()) + " are named");
    if (!excluded.empty() && excluded.size() != probabilities.rows())
        return fail(ErrorCode::InvalidArgument,
                    "the list of rows to leave out is for " + std::to_string(excluded.size()) +
                        " rows, but there are " + std::to_string(probabilities.rows()));
    Pool pool{probabilities, classes, parameters, {}, learn::mostProbable(probabilities), {}};
    pool.isTarget.assign(classes.size(), 0);
    for (const int target : parameters.targets)
        pool.isTarget[static_cast<std::size_t>(target)] = 1;
    for (std::size_t r = 0; r < probabilities.rows(); ++r)
        if (pool.predicted[r] >= 0 && (excluded.empty() || !excluded[r])) pool.rows.push_back(r);
    return pool;
}

/// The two most probable classes; the second is the first again when there is no other.
std::pair<std::size_t, std::size_t> topTwo(std::span<const float> p) {
    std::size_t first = 0, second = p.size();
    for (std::size_t c = 1; c < p.size(); ++c)
        if (p[c] > p[first]) first = c;
    for (std::size_t c = 0; c < p.size(); ++c)
        if (c != first && (second == p.size() || p[c] > p[second])) second = c;
    return {first, second == p.size() ? first : second};
}

std::string percent(double share) {
    return core::formatFixed(100 * share, 0) + " %";
}

/// What the model hesitates between.
std::string hesitation(std::span<const float> p, std::span<const std::string> classes) {
    const auto [first, second] = topTwo(p);
    const std::string tail = " (entropy " + core::formatFixed(normalisedEntropy(p), 2) + ")";
    if (first == second) return classes[first] + tail;
    if (p[second] < 0.05f) return classes[first] + " is likely, " + percent(p[first]) + tail;
    const bool alike = p[first] - p[second] < 0.1f;
    if (alike && p.size() > 2 && p[first] < 0.4f)
        return "no class stands out; " + classes[first] + " leads with " + percent(p[first]) + tail;
    if (alike) return classes[first] + " and " + classes[second] + " are about equally likely" + tail;
    return classes[first] + " " + percent(p[first]) + " or " + classes[second] + " " + percent(p[second]) +
           tail;
}

std::vector<ListedSpectrum> oracleOf(const Pool& pool) {
    std::vector<std::pair<double, std::size_t>> order;
    for (const std::size_t row : pool.rows)
        order.emplace_back(-pool.parameters.doubt(pool.probabilities.row(row)), row);
    const std::size_t count = std::min(pool.parameters.oracle, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
    std::vector<ListedSpectrum> list;
    for (std::size_t i = 0; i < count; ++i) {
        list.push_back(pool.item(order[i].second));
        list.back().reason = hesitation(pool.probabilities.row(order[i].second), pool.classes);
    }
    return list;
}

std::vector<ListedSpectrum> estimateOf(const Pool& pool) {
    std::vector<std::size_t> targets;
    for (const std::size_t row : pool.rows)
        if (pool.predictedTarget(row)) targets.push_back(row);
    core::RandomStream random(pool.parameters.seed, 0xE571);
    const std::size_t count = std::min(pool.parameters.performanceEstimate, targets.size());
    std::vector<ListedSpectrum> list;
    for (std::size_t i = 0; i < count; ++i) {
        std::swap(targets[i], targets[i + random.below(targets.size() - i)]);
        list.push_back(pool.item(targets[i]));
        list.back().reason = "drawn at random from the " + std::to_string(targets.size()) +
                             " predicted as wanted; predicted " +
                             pool.classes[static_cast<std::size_t>(list.back().predicted)];
    }
    return list;
}

std::vector<ListedSpectrum> candidatesOf(const Pool& pool) {
    std::vector<std::pair<double, std::size_t>> order;
    for (const std::size_t row : pool.rows)
        if (pool.predictedTarget(row)) order.emplace_back(-pool.targetProbability(row), row);
    const std::size_t wanted = pool.parameters.candidates;
    const std::size_t count = wanted == 0 ? order.size() : std::min(wanted, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
    std::vector<ListedSpectrum> list;
    for (std::size_t i = 0; i < count; ++i) {
        list.push_back(pool.item(order[i].second));
        list.back().probability = -order[i].first;
        list.back().reason = "predicted " + pool.classes[static_cast<std::size_t>(list.back().predicted)] +
                             ", wanted with probability " + core::formatFixed(-order[i].first, 3);
    }
    return list;
}

} // namespace

double entropy(std::span<const float> probabilities) {
    double sum = 0;
    for (const double p : probabilities)
        if (p > 0) sum -= p * std::log(p);
    return std::max(0.0, sum);
}

double normalisedEntropy(std::span<const float> probabilities) {
    if (probabilities.size() < 2) return 0;
    return std::min(1.0, entropy(probabilities) / std::log(static_cast<double>(probabilities.size())));
}

core::Status QueryParameters::validate(std::size_t classes) const {
    if (classes < 2)
        return fail(ErrorCode::InvalidArgument, "a round needs two classes or more to choose between");
    if (targets.empty())
        return fail(ErrorCode::InvalidArgument, "name at least one class as the one looked for (a target)");
    for (const int target : targets)
        if (target < 0 || static_cast<std::size_t>(target) >= classes)
            return fail(ErrorCode::InvalidArgument, "target " + std::to_string(target) +
                                                        " is not one of the " + std::to_string(classes) +
                                                        " classes");
    return {};
}

core::Result<RoundLists> drawRound(core::FloatView probabilities, std::span<const std::string> classes,
                                   std::span<const unsigned char> excluded,
                                   const QueryParameters& parameters) {
    BALMER_TRY(const Pool pool, makePool(probabilities, classes, excluded, parameters));
    return RoundLists{oracleOf(pool), estimateOf(pool), candidatesOf(pool)};
}

} // namespace balmer::active
