#include "engine/active/remaining.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include <boost/math/distributions/normal.hpp>

#include "engine/active/strategies/ranking.h"
#include "engine/core/random_stream.h"
#include "engine/core/text_number.h"

namespace balmer::active {

using core::ErrorCode;
using core::fail;

namespace {

constexpr std::size_t leastOfStratum = 5;
constexpr std::size_t bootstrapDraws = 10'000;
constexpr std::size_t exactQuestions = 5000;

core::Status checkConfidence(double confidence) {
    if (confidence > 0 && confidence < 1) return {};
    return fail(ErrorCode::InvalidArgument, "confidence must lie between 0 and 1, such as 0.95");
}

double normalQuantile(double confidence) {
    return boost::math::quantile(boost::math::normal(), 0.5 + confidence / 2);
}

std::string spanOf(const ControlStratum& stratum) {
    return core::formatDouble(stratum.from) + " to " + core::formatDouble(stratum.to);
}

/// Marsaglia & Tsang (2000), ACM TOMS 26, 363; for shapes of 1 and more.
double gammaDraw(core::RandomStream& random, double shape) {
    const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    for (;;) {
        const double x = random.normal();
        const double root = 1 + c * x;
        if (root <= 0) continue;
        const double v = root * root * root;
        if (std::log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
    }
}

/// 0 and 1 are certain where a shape is 0.
double betaDraw(core::RandomStream& random, std::size_t a, std::size_t b) {
    if (a == 0) return 0;
    if (b == 0) return 1;
    const double x = gammaDraw(random, static_cast<double>(a));
    return x / (x + gammaDraw(random, static_cast<double>(b)));
}

/// Exact while few of one kind are expected, else from the normal distribution.
double binomialDraw(core::RandomStream& random, std::size_t n, double p) {
    const auto all = static_cast<double>(n);
    if (p > 0.5) return all - binomialDraw(random, n, 1 - p);
    if (p <= 0 || n == 0) return 0;
    if (all * p > 50)
        return std::clamp(std::round(random.normal(all * p, std::sqrt(all * p * (1 - p)))), 0.0, all);
    // The gaps between successes are geometric.
    const double failing = std::log1p(-p);
    double at = 0, found = 0;
    for (;;) {
        at += std::floor(std::log(1 - random.uniform()) / failing) + 1;
        if (at > all) return found;
        ++found;
    }
}

double quantileOf(std::vector<double>& values, double share) {
    const auto at =
        std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())));
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(at);
    std::nth_element(values.begin(), place, values.end());
    return *place;
}

/// Members among the rows that were not judged.
struct Rest {
    std::size_t rows, judged, members;
    std::size_t unjudged() const { return rows - judged; }
    double share() const { return static_cast<double>(members) / static_cast<double>(judged); }
};

void bootstrapInterval(std::span<const Rest> strata, RemainingEstimate& estimate) {
    core::RandomStream random(1, 31);
    std::vector<double> lows(bootstrapDraws), highs(bootstrapDraws);
    for (std::size_t draw = 0; draw < bootstrapDraws; ++draw)
        for (const auto& [rows, judged, members] : strata) {
            const double low = betaDraw(random, members, judged - members + 1);
            const double high = betaDraw(random, members + 1, judged - members);
            lows[draw] += binomialDraw(random, rows - judged, low);
            highs[draw] += binomialDraw(random, rows - judged, high);
        }
    estimate.low = quantileOf(lows, (1 - estimate.confidence) / 2);
    estimate.high = quantileOf(highs, (1 + estimate.confidence) / 2);
}

/// The distribution of the number of finds: chance[k] of k.
std::vector<double> poissonBinomial(std::span<const double> probabilities) {
    std::vector<double> chance(probabilities.size() + 1, 0);
    chance[0] = 1;
    std::size_t added = 0;
    for (const double p : probabilities) {
        ++added;
        for (std::size_t k = added; k > 0; --k)
            chance[k] = chance[k] * (1 - p) + chance[k - 1] * p;
        chance[0] *= 1 - p;
    }
    return chance;
}

} // namespace

std::string_view toString(IntervalMethod method) {
    return method == IntervalMethod::Normal ? "normal approximation"
                                            : "bootstrap of Clopper–Pearson distributions";
}

core::Result<Control> drawControl(std::span<const float> probability, std::span<const unsigned char> excluded,
                                  std::span<const double> borders, std::size_t count, std::uint64_t seed) {
    if (!excluded.empty() && excluded.size() != probability.size())
        return fail(ErrorCode::InvalidArgument,
                    "the list of rows to leave out is for " + std::to_string(excluded.size()) +
                        " rows, but there are " + std::to_string(probability.size()));
    for (std::size_t i = 0; i < borders.size(); ++i)
        if (!(borders[i] > (i == 0 ? 0 : borders[i - 1]) && borders[i] < 1))
            return fail(ErrorCode::InvalidArgument,
                        "the borders of the strata must ascend between 0 and 1; " +
                            core::formatDouble(borders[i]) + " does not");
    std::vector<std::vector<std::size_t>> rows(borders.size() + 1);
    std::vector<double> sums(rows.size(), 0);
    for (std::size_t row = 0; row < probability.size(); ++row) {
        if (std::isnan(probability[row]) || (!excluded.empty() && excluded[row])) continue;
        const auto at = static_cast<std::size_t>(
            std::ranges::upper_bound(borders, static_cast<double>(probability[row])) - borders.begin());
        rows[at].push_back(row);
        sums[at] += probability[row];
    }
    // Seats one by one, to the stratum that gains most: the next of its n counts weight² / (n (n + 1)).
    std::vector<std::size_t> seats(rows.size(), 0);
    std::vector<double> weights(rows.size(), 0);
    for (std::size_t s = 0; s < rows.size(); ++s) {
        if (rows[s].empty()) continue;
        const auto size = static_cast<double>(rows[s].size());
        const double mean = std::clamp(sums[s] / size, 0.001, 0.999);
        weights[s] = size * std::sqrt(mean * (1 - mean));
    }
    for (std::size_t given = 0; given < count; ++given) {
        std::size_t best = rows.size();
        std::pair<bool, double> most;
        for (std::size_t s = 0; s < rows.size(); ++s) {
            if (seats[s] == rows[s].size()) continue;
            const auto n = static_cast<double>(seats[s]);
            const bool few = seats[s] < leastOfStratum;
            const std::pair gain{few, few ? -n : weights[s] * weights[s] / (n * (n + 1))};
            if (best == rows.size() || gain > most) {
                best = s;
                most = gain;
            }
        }
        if (best == rows.size()) break;
        ++seats[best];
    }
    Control control;
    core::RandomStream random(seed, 0xC041);
    for (std::size_t s = 0; s < rows.size(); ++s) {
        if (rows[s].empty()) continue;
        control.strata.push_back({.from = s == 0 ? 0 : borders[s - 1],
                                  .to = s == borders.size() ? 1 : borders[s],
                                  .rows = rows[s].size()});
        for (const std::size_t row : drawnFrom(std::move(rows[s]), seats[s], random)) {
            control.rows.push_back(row);
            control.stratum.push_back(control.strata.size() - 1);
        }
    }
    return control;
}

core::Result<RemainingEstimate> estimateRemaining(std::span<const ControlStratum> strata, double confidence) {
    BALMER_CHECK(checkConfidence(confidence));
    RemainingEstimate estimate{.confidence = confidence};
    std::vector<Rest> open;
    bool normal = true;
    double variance = 0;
    for (const auto& stratum : strata) {
        if (stratum.members > stratum.judged || stratum.judged > stratum.rows)
            return fail(ErrorCode::InvalidArgument,
                        "in the stratum " + spanOf(stratum) + ", of " + std::to_string(stratum.rows) +
                            " rows " + std::to_string(stratum.judged) + " cannot be judged and " +
                            std::to_string(stratum.members) + " be members");
        if (stratum.judged == stratum.rows) continue;
        if (stratum.judged == 0)
            return fail(ErrorCode::InvalidArgument, "no spectrum of the stratum " + spanOf(stratum) +
                                                        " is judged yet; judge some of the control that was "
                                                        "drawn from it");
        const Rest rest{stratum.rows, stratum.judged, stratum.members};
        open.push_back(rest);
        normal = normal && rest.members >= 5 && rest.judged - rest.members >= 5;
        const double p = rest.share();
        estimate.expected += static_cast<double>(rest.unjudged()) * p;
        // N² (1 − n/N) s²/n with s² = n/(n − 1) p (1 − p)
        if (rest.judged > 1)
            variance += static_cast<double>(rest.rows) * static_cast<double>(rest.unjudged()) * p * (1 - p) /
                        static_cast<double>(rest.judged - 1);
    }
    if (normal) {
        double most = 0;
        for (const auto& rest : open)
            most += static_cast<double>(rest.unjudged());
        const double half = normalQuantile(confidence) * std::sqrt(variance);
        estimate.low = std::max(0.0, estimate.expected - half);
        estimate.high = std::min(most, estimate.expected + half);
    } else {
        estimate.method = IntervalMethod::Bootstrap;
        bootstrapInterval(open, estimate);
    }
    return estimate;
}

core::Result<ExpectedFinds> expectedFinds(std::span<const double> probabilities, double confidence) {
    BALMER_CHECK(checkConfidence(confidence));
    ExpectedFinds finds{.confidence = confidence};
    double variance = 0;
    for (const double p : probabilities) {
        if (!(p >= 0 && p <= 1))
            return fail(ErrorCode::InvalidArgument,
                        "a probability of " + core::formatDouble(p) + " does not lie between 0 and 1");
        finds.expected += p;
        variance += p * (1 - p);
    }
    const std::size_t most = probabilities.size();
    if (most > exactQuestions) {
        const double half = normalQuantile(confidence) * std::sqrt(variance) + 0.5;
        finds.low = static_cast<std::size_t>(std::floor(std::max(0.0, finds.expected - half)));
        finds.high = std::min(most, static_cast<std::size_t>(std::ceil(finds.expected + half)));
        return finds;
    }
    // As much as may lie outside at each end, is left outside.
    const auto chance = poissonBinomial(probabilities);
    const double outside = (1 - confidence) / 2;
    double below = chance[0], above = chance[most];
    while (finds.low < most && below <= outside)
        below += chance[++finds.low];
    finds.high = most;
    while (finds.high > finds.low && above <= outside)
        above += chance[--finds.high];
    return finds;
}

} // namespace balmer::active
