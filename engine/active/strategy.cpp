#include "engine/active/strategy.h"

#include <algorithm>
#include <array>

#include "engine/active/strategies/table.h"
#include "engine/core/words.h"

namespace balmer::active {

using core::ErrorCode;
using core::fail;

namespace {

core::Status checkProbabilities(const core::FloatView& probabilities, std::size_t classes) {
    if (probabilities.rows() == 0 || probabilities.columns() == classes) return {};
    return fail(ErrorCode::InvalidArgument, "the probabilities are of " +
                                                std::to_string(probabilities.columns()) + " classes, but " +
                                                std::to_string(classes) + " are named");
}

} // namespace

std::size_t StrategyInput::rows() const {
    std::size_t most = std::max({probabilities.rows(), embedding.rows(), excluded.size()});
    for (const auto& member : committee)
        most = std::max(most, member.rows());
    return most;
}

core::Status StrategyInput::validate() const {
    const std::size_t all = rows();
    const auto fits = [all](std::size_t size, const std::string& what) -> core::Status {
        if (size == 0 || size == all) return {};
        return fail(ErrorCode::InvalidArgument,
                    what + " for " + std::to_string(size) + " rows, but the pool has " + std::to_string(all));
    };
    BALMER_CHECK(fits(probabilities.rows(), "there are probabilities"));
    BALMER_CHECK(fits(embedding.rows(), "there is an embedding"));
    BALMER_CHECK(fits(excluded.size(), "the list of rows to leave out is"));
    BALMER_CHECK(checkProbabilities(probabilities, classes.size()));
    for (const auto& member : committee) {
        if (member.rows() != all)
            return fail(ErrorCode::InvalidArgument, "a member of the committee predicts " +
                                                        std::to_string(member.rows()) +
                                                        " rows, but the pool has " + std::to_string(all));
        BALMER_CHECK(checkProbabilities(member, classes.size()));
    }
    for (const int target : targets)
        if (target < 0 || static_cast<std::size_t>(target) >= classes.size())
            return fail(ErrorCode::InvalidArgument, "target " + std::to_string(target) +
                                                        " is not one of the " +
                                                        std::to_string(classes.size()) + " classes");
    for (const std::size_t row : labelled)
        if (row >= all)
            return fail(ErrorCode::InvalidArgument, "row " + std::to_string(row) +
                                                        " is said to be labelled, but the pool has " +
                                                        std::to_string(all));
    return {};
}

std::span<const Strategy> strategies() {
#define BALMER_LIST_STRATEGY(strategy) strategy,
    static const std::array table{BALMER_STRATEGIES(BALMER_LIST_STRATEGY)};
#undef BALMER_LIST_STRATEGY
    return table;
}

core::Result<const Strategy*> strategyNamed(std::string_view word) {
    std::vector<std::string> known;
    for (const auto& strategy : strategies()) {
        if (strategy.name == word) return &strategy;
        known.emplace_back(strategy.name);
    }
    return fail(ErrorCode::InvalidArgument, "no query strategy is called \"" + std::string(word) +
                                                "\"; use " + core::alternatives(known));
}

std::string lacking(const Strategy& strategy, const StrategyInput& input) {
    if (strategy.needsProbabilities && input.probabilities.empty())
        return "class probabilities, which are there once a model is trained";
    if (strategy.needsCommittee && input.committee.size() < 2) return "the predictions of two models or more";
    if (strategy.needsEmbedding && input.embedding.empty())
        return "an embedding, which says how alike spectra are";
    return {};
}

} // namespace balmer::active
