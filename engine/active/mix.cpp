#include "engine/active/mix.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/active/spread.h"
#include "engine/active/strategies/ranking.h"
#include "engine/active/strategies/table.h"
#include "engine/core/text_number.h"
#include "engine/core/words.h"

namespace balmer::active {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::string_view diverseWord = "diverse";
constexpr std::size_t diverseFrom = 5; ///< times as many as are asked for

std::string nameOf(const MixPart& part) {
    return (part.diverse ? std::string(diverseWord) + ":" : "") + std::string(part.strategy->name);
}

/// "NAME", "NAME:SHARE", each with "diverse:" before it or not.
core::Result<MixPart> parsePart(const std::string& text) {
    auto words = core::splitList(text, ':');
    MixPart part;
    if (words.size() > 1 && words[0] == diverseWord) {
        part.diverse = true;
        words.erase(words.begin());
    }
    if (words.empty() || words[0].empty())
        return fail(ErrorCode::InvalidArgument,
                    "a strategy has no name; write it as in \"most-likely:0.5,margin:0.3,random:0.2\"");
    if (words[0] == diverseWord)
        return fail(ErrorCode::InvalidArgument,
                    "diverse spreads out what a strategy picks; name one, as in \"diverse:entropy\"");
    if (words[0] == coldStartName)
        return fail(ErrorCode::InvalidArgument,
                    std::string(coldStartName) + " is a mix by itself; write it alone, or write its parts");
    BALMER_TRY(part.strategy, strategyNamed(words[0]));
    if (words.size() > 2)
        return fail(ErrorCode::InvalidArgument,
                    "\"" + text + "\" is more than a strategy and its share; separate strategies by commas");
    if (words.size() == 2) {
        const auto share = core::parseDouble(words[1]);
        if (!share || !std::isfinite(*share) || !(*share > 0))
            return fail(ErrorCode::InvalidArgument, "the share of " + nameOf(part) + " is \"" + words[1] +
                                                        "\"; it must be a number above 0, such as 0.5");
        part.share = *share;
    }
    return part;
}

/// So many seats for each share: the whole ones, and then one each to the largest remainders; none for the
/// share 0.
std::vector<std::size_t> seatsFor(std::span<const double> shares, std::size_t count) {
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    std::vector<std::size_t> seats(shares.size()), order(shares.size());
    std::vector<double> remainders(shares.size());
    std::size_t given = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const double quota = shares[i] / sum * static_cast<double>(count);
        // A quota that is whole but for rounding is whole.
        seats[i] = std::min(static_cast<std::size_t>(std::floor(quota + 1e-9)), count - given);
        // Remainders that are equal but for rounding are equal.
        remainders[i] = shares[i] > 0 ? std::round((quota - static_cast<double>(seats[i])) * 1e9) : -1e10;
        given += seats[i];
        order[i] = i;
    }
    std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) { return remainders[i]; });
    for (std::size_t i = 0; given < count; i = (i + 1) % order.size(), ++given)
        ++seats[order[i]];
    return seats;
}

core::Result<std::vector<Pick>> rankPart(const MixPart& part, const StrategyInput& input, std::size_t count,
                                         core::TaskContext& task) {
    if (!part.diverse) return part.strategy->rank(input, count, task);
    auto ranking = task.part(0, 0.8), spreading = task.part(0.8, 1);
    BALMER_TRY(auto first, part.strategy->rank(input, diverseFrom * count, ranking));
    std::vector<std::size_t> rows;
    for (const auto& pick : first)
        rows.push_back(pick.row);
    BALMER_TRY(const auto far, farthestFirst(input.embedding, rows, {}, count, spreading));
    std::vector<Pick> picks;
    for (const auto& each : far) {
        const auto pick = std::ranges::find(first, each.row, &Pick::row);
        const std::string of = "of the first " + std::to_string(first.size());
        picks.push_back({each.row, pick->reason + (std::isfinite(each.distance)
                                                       ? "; " + of + " it is " + amountText(each.distance) +
                                                             " from those before it"
                                                       : "; the first " + of + ", which are spread out")});
    }
    return picks;
}

/// A part while the questions are shared out.
struct Share {
    const MixPart& part;
    std::vector<Pick> picks = {};
    bool exhausted = false;
};

/// Each beginning of the list holds about the same shares.
std::vector<Pick> interleaved(std::vector<Share> shares) {
    std::size_t all = 0;
    for (const auto& share : shares)
        all += share.picks.size();
    std::vector<std::size_t> listed(shares.size(), 0);
    std::vector<Pick> list;
    while (list.size() < all) {
        // In whole numbers: n (i + 1) − listed × all, for the part's n picks.
        std::size_t next = shares.size();
        std::ptrdiff_t most = 0;
        for (std::size_t k = 0; k < shares.size(); ++k) {
            const std::size_t size = shares[k].picks.size();
            if (listed[k] == size) continue;
            const auto behind = static_cast<std::ptrdiff_t>(size * (list.size() + 1)) -
                                static_cast<std::ptrdiff_t>(listed[k] * all);
            if (next == shares.size() || behind > most ||
                (behind == most && size > shares[next].picks.size())) {
                next = k;
                most = behind;
            }
        }
        list.push_back(std::move(shares[next].picks[listed[next]++]));
    }
    return list;
}

core::Status checkNeeds(const Mix& mix, const StrategyInput& input) {
    std::string missing;
    for (const auto& part : mix.parts) {
        auto what = lacking(*part.strategy, input);
        if (what.empty() && part.diverse && input.embedding.empty()) what = lacking(coreSetStrategy, input);
        if (!what.empty()) missing += (missing.empty() ? "" : "; ") + nameOf(part) + " needs " + what;
    }
    if (missing.empty()) return {};
    std::vector<std::string> possible;
    for (const auto& strategy : strategies())
        if (lacking(strategy, input).empty()) possible.emplace_back(strategy.name);
    return fail(ErrorCode::InvalidArgument,
                missing + "; what is there now is enough for " + core::alternatives(possible));
}

} // namespace

bool Mix::needsProbabilities() const {
    return std::ranges::any_of(parts, [](const auto& part) { return part.strategy->needsProbabilities; });
}

bool Mix::needsCommittee() const {
    return std::ranges::any_of(parts, [](const auto& part) { return part.strategy->needsCommittee; });
}

bool Mix::needsEmbedding() const {
    return std::ranges::any_of(
        parts, [](const auto& part) { return part.diverse || part.strategy->needsEmbedding; });
}

core::Result<Mix> parseMix(std::string_view text) {
    if (core::trimmed(text) == coldStartName) return coldStart();
    const auto pieces = core::splitList(text);
    if (pieces.empty())
        return fail(ErrorCode::InvalidArgument,
                    "name a query strategy, or several with their shares: \"most-likely:0.5,margin:0.5\"");
    Mix mix;
    double sum = 0;
    for (const auto& piece : pieces) {
        BALMER_TRY(const auto part, parsePart(piece));
        for (const auto& other : mix.parts)
            if (other.strategy == part.strategy && other.diverse == part.diverse)
                return fail(ErrorCode::InvalidArgument, nameOf(part) + " is named twice; add its shares");
        mix.parts.push_back(part);
        sum += part.share;
    }
    if (!std::isfinite(sum))
        return fail(ErrorCode::InvalidArgument, "the shares are too large to be added; write them as 0.5");
    // Shares that are right but for rounding stay, so that toString() is read back as it was.
    if (std::abs(sum - 1) > 1e-12)
        for (auto& part : mix.parts)
            part.share /= sum;
    return mix;
}

std::string toString(const Mix& mix) {
    if (mix == coldStart()) return std::string(coldStartName);
    std::string text;
    for (const auto& part : mix.parts) {
        text += (text.empty() ? "" : ",") + nameOf(part);
        if (mix.parts.size() > 1) text += ":" + core::formatDouble(part.share);
    }
    return text;
}

Mix coldStart() {
    const auto part = [](const Strategy& strategy, double share) {
        return MixPart{.strategy = strategyNamed(strategy.name).value(), .share = share};
    };
    return {{part(typicalStrategy, 0.3), part(coreSetStrategy, 0.3), part(anomalousStrategy, 0.4)}};
}

std::string strategiesHelp(bool committee) {
    std::string text;
    for (const auto& strategy : strategies())
        if (committee || !strategy.needsCommittee)
            text += std::string(strategy.name) + ": " + std::string(strategy.help) + "; ";
    return text + std::string(coldStartName) + ": " +
           "a mix for while nothing is trained; several with their shares: most-likely:0.5,margin:0.5; "
           "spread "
           "out: diverse:entropy";
}

core::Result<std::vector<Pick>> rankMix(const Mix& mix, const StrategyInput& input, std::size_t count,
                                        core::TaskContext& task) {
    BALMER_CHECK(input.validate());
    if (mix.parts.empty()) return fail(ErrorCode::InvalidArgument, "a mix without a strategy asks nothing");
    if (input.rows() == 0 || count == 0) return std::vector<Pick>{};
    BALMER_CHECK(checkNeeds(mix, input));
    count = std::min(count, input.rows());

    std::vector<std::size_t> labelled(input.labelled.begin(), input.labelled.end());
    std::vector<Share> shares;
    for (const auto& part : mix.parts)
        shares.push_back({.part = part});
    std::size_t missing = count;
    for (bool anyLeft = true; missing > 0 && anyLeft;) {
        std::vector<double> weights;
        for (const auto& share : shares)
            weights.push_back(share.exhausted ? 0 : share.part.share);
        const auto seats = seatsFor(weights, missing);
        for (std::size_t k = 0; k < shares.size(); ++k) {
            if (seats[k] == 0 || shares[k].exhausted) continue;
            auto now = input;
            now.labelled = labelled;
            const double done = static_cast<double>(count - missing) / static_cast<double>(count);
            auto part = task.part(done, done + static_cast<double>(std::min(seats[k], missing)) /
                                                   static_cast<double>(count));
            BALMER_TRY(auto picks, rankPart(shares[k].part, now, seats[k], part));
            shares[k].exhausted = picks.size() < seats[k];
            missing -= picks.size();
            for (auto& pick : picks) {
                labelled.push_back(pick.row);
                shares[k].picks.push_back(std::move(pick));
            }
        }
        anyLeft = std::ranges::any_of(shares, [](const Share& share) { return !share.exhausted; });
    }
    return interleaved(std::move(shares));
}

} // namespace balmer::active
