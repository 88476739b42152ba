// committee: the vote entropy −Σ V/M ln V/M, where V of M models say a class. Query by committee is Seung,
// Opper & Sompolinsky's (1992), COLT, 287; the vote entropy Dagan & Engelson's (1995), ICML, 150. A few
// models vote alike on many rows: of those, the larger entropy of the mean probabilities goes first.
#include <algorithm>
#include <cmath>

#include "engine/active/entropy.h"
#include "engine/active/strategies/ranking.h"
#include "engine/active/strategies/table.h"
#include "engine/core/text_number.h"

namespace balmer::active {

namespace {

std::vector<std::size_t> votesOn(const StrategyInput& input, std::size_t row) {
    std::vector<std::size_t> votes(input.classes.size(), 0);
    for (const auto& member : input.committee)
        ++votes[likeliest(member.row(row))];
    return votes;
}

double voteEntropy(std::span<const std::size_t> votes, std::size_t models) {
    double sum = 0;
    for (const std::size_t given : votes) {
        const double share = static_cast<double>(given) / static_cast<double>(models);
        if (given > 0) sum -= share * std::log(share);
    }
    return std::max(0.0, sum);
}

double consensusEntropy(const StrategyInput& input, std::size_t row) {
    std::vector<float> mean(input.classes.size(), 0);
    for (const auto& member : input.committee)
        for (std::size_t c = 0; c < mean.size(); ++c)
            mean[c] += member(row, c) / static_cast<float>(input.committee.size());
    return entropy(mean);
}

/// "3 of 5 models say A, 2 say B"
std::string votesText(const StrategyInput& input, std::span<const std::size_t> votes) {
    std::vector<std::size_t> order(votes.size());
    for (std::size_t c = 0; c < order.size(); ++c)
        order[c] = c;
    std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t c) { return votes[c]; });
    std::string text;
    for (const std::size_t c : order) {
        if (votes[c] == 0) break;
        text += text.empty() ? std::to_string(votes[c]) + " of " + std::to_string(input.committee.size()) +
                                   " models say "
                             : ", " + std::to_string(votes[c]) + (votes[c] == 1 ? " says " : " say ");
        text += input.classes[c];
    }
    return text;
}

core::Result<std::vector<Pick>> rankByVotes(const StrategyInput& input, std::size_t count,
                                            core::TaskContext& task) {
    BALMER_TRY(const auto rows, rowsToAsk(committeeStrategy, input));
    BALMER_CHECK(task.checkpoint(0, "counting votes"));
    struct Voted {
        double votes, consensus;
        std::size_t row;
    };
    std::vector<Voted> voted;
    voted.reserve(rows.size());
    for (const std::size_t row : rows)
        voted.push_back(
            {voteEntropy(votesOn(input, row), input.committee.size()), consensusEntropy(input, row), row});
    count = std::min(count, voted.size());
    std::ranges::partial_sort(voted, voted.begin() + static_cast<std::ptrdiff_t>(count),
                              [](const Voted& a, const Voted& b) {
                                  if (a.votes != b.votes) return a.votes > b.votes;
                                  if (a.consensus != b.consensus) return a.consensus > b.consensus;
                                  return a.row < b.row;
                              });
    std::vector<Pick> picks;
    for (std::size_t i = 0; i < count; ++i)
        picks.push_back({voted[i].row, votesText(input, votesOn(input, voted[i].row)) + " (vote entropy " +
                                           core::formatFixed(voted[i].votes, 2) + ")"});
    return picks;
}

} // namespace

const Strategy committeeStrategy{.name = "committee",
                                 .help = "several models vote most differently",
                                 .needsCommittee = true,
                                 .rank = &rankByVotes};

} // namespace balmer::active
