#include "engine/active/strategies/ranking.h"

#include <algorithm>
#include <cmath>

#include "engine/active/entropy.h"
#include "engine/core/text_number.h"

namespace balmer::active {

namespace {

bool isFiniteRow(std::span<const float> row) {
    return std::ranges::all_of(row, [](float value) { return std::isfinite(value); });
}

/// The two most probable classes; the second is the first again when there is no other.
std::pair<std::size_t, std::size_t> topTwo(std::span<const float> p) {
    const std::size_t first = likeliest(p);
    std::size_t second = p.size();
    for (std::size_t c = 0; c < p.size(); ++c)
        if (c != first && (second == p.size() || p[c] > p[second])) second = c;
    return {first, second == p.size() ? first : second};
}

std::string wholePercent(double share) {
    return core::formatFixed(100 * share, 0) + " %";
}

} // namespace

core::Result<std::vector<std::size_t>> rowsToAsk(const Strategy& strategy, const StrategyInput& input) {
    BALMER_CHECK(input.validate());
    std::vector<std::size_t> rows;
    if (input.rows() == 0) return rows;
    if (const auto what = lacking(strategy, input); !what.empty())
        return core::fail(core::ErrorCode::InvalidArgument,
                          "the strategy " + std::string(strategy.name) + " needs " + what);
    std::vector<char> labelled(input.rows(), 0);
    for (const std::size_t row : input.labelled)
        labelled[row] = 1;
    for (std::size_t row = 0; row < input.rows(); ++row) {
        if (labelled[row] || (!input.excluded.empty() && input.excluded[row])) continue;
        if (strategy.needsProbabilities && !isFiniteRow(input.probabilities.row(row))) continue;
        if (strategy.needsEmbedding && !isFiniteRow(input.embedding.row(row))) continue;
        if (strategy.needsCommittee && !std::ranges::all_of(input.committee, [row](const auto& member) {
                return isFiniteRow(member.row(row));
            }))
            continue;
        rows.push_back(row);
    }
    return rows;
}

std::vector<RankedRow> largestFirst(std::span<const std::size_t> rows, std::size_t count,
                                    const std::function<double(std::size_t)>& value) {
    std::vector<RankedRow> ranked;
    ranked.reserve(rows.size());
    for (const std::size_t row : rows)
        ranked.push_back({value(row), row});
    count = std::min(count, ranked.size());
    std::ranges::partial_sort(ranked, ranked.begin() + static_cast<std::ptrdiff_t>(count),
                              [](const RankedRow& a, const RankedRow& b) {
                                  return a.value != b.value ? a.value > b.value : a.row < b.row;
                              });
    ranked.resize(count);
    return ranked;
}

std::vector<std::size_t> drawnFrom(std::vector<std::size_t> rows, std::size_t most,
                                   core::RandomStream& random) {
    const std::size_t count = std::min(most, rows.size());
    for (std::size_t i = 0; i < count; ++i)
        std::swap(rows[i], rows[i + random.below(rows.size() - i)]);
    rows.resize(count);
    return rows;
}

std::vector<std::size_t> labelledPlaces(const StrategyInput& input) {
    std::vector<std::size_t> rows;
    for (const std::size_t row : input.labelled)
        if (isFiniteRow(input.embedding.row(row))) rows.push_back(row);
    std::ranges::sort(rows);
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    return rows;
}

std::size_t likeliest(std::span<const float> probabilities) {
    std::size_t first = 0;
    for (std::size_t c = 1; c < probabilities.size(); ++c)
        if (probabilities[c] > probabilities[first]) first = c;
    return first;
}

std::string hesitation(std::span<const float> p, std::span<const std::string> classes) {
    const auto [first, second] = topTwo(p);
    const std::string tail = " (entropy " + core::formatFixed(normalisedEntropy(p), 2) + ")";
    if (first == second) return classes[first] + tail;
    if (p[second] < 0.05f) return classes[first] + " is likely, " + wholePercent(p[first]) + tail;
    const bool alike = p[first] - p[second] < 0.1f;
    if (alike && p.size() > 2 && p[first] < 0.4f)
        return "no class stands out; " + classes[first] + " leads with " + wholePercent(p[first]) + tail;
    if (alike) return classes[first] + " and " + classes[second] + " are about equally likely" + tail;
    return classes[first] + " " + wholePercent(p[first]) + " or " + classes[second] + " " +
           wholePercent(p[second]) + tail;
}

std::string shareText(double share) {
    return core::formatFixed(100 * share, share < 0.0995 ? 1 : 0) + " %";
}

std::string amountText(double value) {
    if (value == 0 || !std::isfinite(value)) return core::formatDouble(value);
    const int before = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
    return core::formatFixed(value, std::clamp(3 - before, 0, 12));
}

} // namespace balmer::active
