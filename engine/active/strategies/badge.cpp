// badge: rows whose label would move the model far, each in another direction. Ash, Zhang, Krishnamurthy,
// Langford & Agarwal (2020), ICLR: k-means++ on g = (p − e) ⊗ x, the gradient of the last layer's loss, where
// e is 1 for the most probable class and x the embedding. The first is the one of the longest gradient, as in
// the authors' program; each further one is drawn with a probability that goes with its squared distance from
// those before it. |g − g'|² = |a|²|x|² + |a'|²|x'|² − 2 (a·a')(x·x') with a = p − e, so that no product is
// formed. Of a large pool a random sample is looked at.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "engine/active/strategies/ranking.h"
#include "engine/active/strategies/table.h"
#include "engine/active/weighted_draw.h"

namespace balmer::active {

namespace {

constexpr std::size_t badgeSample = 20'000;

double dot(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += double(a[i]) * double(b[i]);
    return sum;
}

core::Result<std::vector<Pick>> rankByGradient(const StrategyInput& input, std::size_t count,
                                               core::TaskContext& task) {
    BALMER_TRY(auto all, rowsToAsk(badgeStrategy, input));
    core::RandomStream random(input.seed, 29);
    auto rows = drawnFrom(std::move(all), std::max(count, badgeSample), random);
    std::ranges::sort(rows);
    core::FloatMatrix error(rows.size(), input.classes.size());
    std::vector<double> length(rows.size()); // squared
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto p = input.probabilities.row(rows[i]);
        std::ranges::copy(p, error.row(i).begin());
        error(i, likeliest(p)) -= 1;
        const auto x = input.embedding.row(rows[i]);
        length[i] = dot(error.row(i), error.row(i)) * dot(x, x);
    }
    std::vector<Pick> picks;
    std::vector<double> apart = length;
    auto next = static_cast<std::size_t>(std::ranges::max_element(length) - length.begin());
    while (picks.size() < count && next < rows.size() && apart[next] > 0) {
        BALMER_CHECK(task.checkpoint(static_cast<double>(picks.size()) / static_cast<double>(count),
                                     "comparing gradients"));
        picks.push_back({rows[next], "its label would teach the model something that those before it do not "
                                     "(gradient " +
                                         amountText(std::sqrt(length[next])) + "); " +
                                         hesitation(input.probabilities.row(rows[next]), input.classes)});
        double sum = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const double product = dot(error.row(i), error.row(next)) *
                                   dot(input.embedding.row(rows[i]), input.embedding.row(rows[next]));
            const double distance = std::max(0.0, length[i] + length[next] - 2 * product);
            apart[i] = picks.size() == 1 ? distance : std::min(apart[i], distance);
            if (i == next) apart[i] = 0;
            sum += apart[i];
        }
        next = drawByWeight(std::span<const double>(apart), sum, random);
    }
    return picks;
}

} // namespace

const Strategy badgeStrategy{.name = "badge",
                             .help = "its label would move the model far, each in another direction",
                             .needsProbabilities = true,
                             .needsEmbedding = true,
                             .rank = &rankByGradient};

} // namespace balmer::active
