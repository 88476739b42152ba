#include "engine/active/query.h"

#include <algorithm>

#include "engine/active/entropy.h"
#include "engine/core/random_stream.h"
#include "engine/core/text_number.h"
#include "engine/learn/metrics.h"

namespace balmer::active {
namespace {

using core::ErrorCode;
using core::fail;

/// The lists of one round need the same look at every row: made once.
struct Pool {
    const StrategyInput& input;
    std::vector<unsigned char> excluded; ///< one byte a row, or empty; those without a prediction, too
    std::vector<std::size_t> rows;       ///< with a prediction that may be listed, ascending
    std::vector<int> predicted;          ///< of every row; empty while nothing is trained
    std::vector<char> isTarget;          ///< of every class

    double targetProbability(std::size_t row) const {
        double sum = 0;
        for (std::size_t c = 0; c < isTarget.size(); ++c)
            if (isTarget[c]) sum += input.probabilities(row, c);
        return sum;
    }
    bool predictedTarget(std::size_t row) const { return isTarget[static_cast<std::size_t>(predicted[row])]; }

    ListedSpectrum item(std::size_t row) const {
        if (predicted.empty()) return {.row = row, .predicted = -1, .reason = {}};
        const auto p = input.probabilities.row(row);
        return {row, predicted[row], p[static_cast<std::size_t>(predicted[row])], normalisedEntropy(p), {}};
    }
};

core::Result<Pool> makePool(const StrategyInput& input) {
    if (input.classes.size() < 2)
        return fail(ErrorCode::InvalidArgument, "a round needs two classes or more to choose between");
    if (input.targets.empty())
        return fail(ErrorCode::InvalidArgument, "name at least one class as the one looked for (a target)");
    BALMER_CHECK(input.validate());
    Pool pool{input,
              {input.excluded.begin(), input.excluded.end()},
              {},
              learn::mostProbable(input.probabilities),
              std::vector<char>(input.classes.size(), 0)};
    for (const int target : input.targets)
        pool.isTarget[static_cast<std::size_t>(target)] = 1;
    pool.excluded.resize(input.rows(), 0);
    for (std::size_t r = 0; r < pool.predicted.size(); ++r) {
        if (pool.predicted[r] < 0) pool.excluded[r] = 1;
        if (!pool.excluded[r]) pool.rows.push_back(r);
    }
    return pool;
}

core::Result<std::vector<ListedSpectrum>> oracleOf(const Pool& pool, const QueryParameters& parameters,
                                                   core::TaskContext& task) {
    auto input = pool.input;
    input.excluded = pool.excluded;
    BALMER_TRY(auto picks, rankMix(parameters.strategy, input, parameters.oracle, task));
    std::vector<ListedSpectrum> list;
    for (auto& pick : picks) {
        list.push_back(pool.item(pick.row));
        list.back().reason = std::move(pick.reason);
        if (pool.predicted.empty()) list.back().reason += "; nothing is trained yet";
    }
    return list;
}

std::vector<ListedSpectrum> estimateOf(const Pool& pool, const QueryParameters& parameters) {
    std::vector<std::size_t> targets;
    for (const std::size_t row : pool.rows)
        if (pool.predictedTarget(row)) targets.push_back(row);
    core::RandomStream random(pool.input.seed, 0xE571);
    const std::size_t count = std::min(parameters.performanceEstimate, targets.size());
    std::vector<ListedSpectrum> list;
    for (std::size_t i = 0; i < count; ++i) {
        std::swap(targets[i], targets[i + random.below(targets.size() - i)]);
        list.push_back(pool.item(targets[i]));
        list.back().reason = "drawn at random from the " + std::to_string(targets.size()) +
                             " predicted as wanted; predicted " +
                             pool.input.classes[static_cast<std::size_t>(list.back().predicted)];
    }
    return list;
}

std::vector<ListedSpectrum> candidatesOf(const Pool& pool, const QueryParameters& parameters) {
    std::vector<std::pair<double, std::size_t>> order;
    for (const std::size_t row : pool.rows)
        if (pool.predictedTarget(row)) order.emplace_back(-pool.targetProbability(row), row);
    const std::size_t wanted = parameters.candidates;
    const std::size_t count = wanted == 0 ? order.size() : std::min(wanted, order.size());
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
    std::vector<ListedSpectrum> list;
    for (std::size_t i = 0; i < count; ++i) {
        list.push_back(pool.item(order[i].second));
        list.back().probability = -order[i].first;
        list.back().reason = "predicted " +
                             pool.input.classes[static_cast<std::size_t>(list.back().predicted)] +
                             ", wanted with probability " + core::formatFixed(-order[i].first, 3);
    }
    return list;
}

} // namespace

core::Result<RoundLists> drawRound(const StrategyInput& input, const QueryParameters& parameters,
                                   core::TaskContext& task) {
    BALMER_TRY(const Pool pool, makePool(input));
    BALMER_TRY(auto oracle, oracleOf(pool, parameters, task));
    return RoundLists{std::move(oracle), estimateOf(pool, parameters), candidatesOf(pool, parameters)};
}

} // namespace balmer::active
