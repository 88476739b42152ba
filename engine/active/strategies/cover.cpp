// cover: the spectrum that has most spectra close to it that no label covers yet, again and again. ProbCover
// of Yehuda, Dekel, Hacohen & Weinshall (2022), NeurIPS 35, 22354. A label covers what is closer than δ: the
// largest distance at which 95 % of such balls hold one group only, where k-means stands for the classes
// (their section 3.3). A ball is of one group as long as δ is less than the distance to the nearest spectrum
// of another group, so δ is the 5 % quantile of that distance. When all is covered, covering begins anew. A
// random sample of a large pool is looked at.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "engine/active/distance.h"
#include "engine/active/k_means.h"
#include "engine/active/strategies/ranking.h"
#include "engine/active/strategies/table.h"
#include "engine/core/thread_pool.h"

namespace balmer::active {

namespace {

constexpr std::size_t coverSample = 8'000; ///< its pairs are compared
constexpr std::size_t coverBlock = 64;     ///< rows that one thread compares with all others at a time
constexpr double impureBalls = 0.05;

/// The sample, and for each of its points the points within δ, one bit each.
class Balls {
  public:
    Balls(core::FloatView points, std::span<const std::size_t> rows) : words_((rows.size() + 63) / 64) {
        for (const std::size_t row : rows)
            points_.appendRow(points.row(row));
    }

    std::size_t words() const { return words_; }
    std::span<const float> point(std::size_t i) const { return points_.row(i); }
    std::span<const std::uint64_t> of(std::size_t i) const { return {bits_.data() + i * words_, words_}; }

    /// δ², from the groups of the rows.
    core::Result<float> findRadius(std::span<const std::uint32_t> groups, core::ThreadPool& pool,
                                   core::TaskContext& task) {
        std::vector<float> other(points_.rows(), std::numeric_limits<float>::infinity());
        BALMER_CHECK(forEachRow(pool, task, 0.3, [&](std::size_t i) {
            for (std::size_t j = 0; j < points_.rows(); ++j)
                if (groups[i] != groups[j])
                    other[i] = std::min(other[i], squaredDistance(point(i), point(j)));
        }));
        const auto at = static_cast<std::size_t>(impureBalls * static_cast<double>(points_.rows()));
        std::nth_element(other.begin(), other.begin() + static_cast<std::ptrdiff_t>(at), other.end());
        return other[at];
    }
    core::Status fill(float radius, core::ThreadPool& pool, core::TaskContext& task) {
        bits_.assign(points_.rows() * words_, 0);
        return forEachRow(pool, task, 0.6, [&](std::size_t i) {
            for (std::size_t j = 0; j < points_.rows(); ++j)
                if (i == j || squaredDistance(point(i), point(j)) < radius)
                    bits_[i * words_ + j / 64] |= std::uint64_t{1} << (j % 64);
        });
    }

  private:
    template <typename Work>
    core::Status forEachRow(core::ThreadPool& pool, core::TaskContext& task, double done, const Work& work) {
        BALMER_CHECK(task.checkpoint(done, "looking for what stands for many"));
        pool.parallelFor((points_.rows() + coverBlock - 1) / coverBlock, [&](std::size_t block, std::size_t) {
            if (task.stopRequested()) return;
            const std::size_t last = std::min((block + 1) * coverBlock, points_.rows());
            for (std::size_t i = block * coverBlock; i < last; ++i)
                work(i);
        });
        return task.checkpoint(done + 0.3, "looking for what stands for many");
    }

    core::FloatMatrix points_;
    std::size_t words_;
    std::vector<std::uint64_t> bits_;
};

core::Result<std::vector<Pick>> rankByCover(const StrategyInput& input, std::size_t count,
                                            core::TaskContext& task) {
    BALMER_TRY(auto all, rowsToAsk(coverStrategy, input));
    std::vector<Pick> picks;
    if (all.empty()) return picks;
    core::RandomStream random(input.seed, 23);
    auto rows = drawnFrom(std::move(all), std::max(count, coverSample), random);
    std::ranges::sort(rows);
    count = std::min(count, rows.size());
    auto part = task.part(0, 0.3);
    BALMER_TRY(const auto groups, groupRows(input.embedding, rows,
                                            {.groups = std::max<std::size_t>(2, input.classes.size()),
                                             .seed = input.seed,
                                             .threads = input.threads},
                                            part));
    core::ThreadPool pool(input.threads, "balmer-query");
    Balls balls(input.embedding, rows);
    BALMER_TRY(const float radius, balls.findRadius(groups.of, pool, task));
    BALMER_CHECK(balls.fill(radius, pool, task));

    std::vector<std::uint64_t> everything(balls.words(), 0);
    for (std::size_t i = 0; i < rows.size(); ++i)
        everything[i / 64] |= std::uint64_t{1} << (i % 64);
    auto uncovered = everything;
    for (const std::size_t label : labelledPlaces(input))
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (squaredDistance(input.embedding.row(label), balls.point(i)) < radius)
                uncovered[i / 64] &= ~(std::uint64_t{1} << (i % 64));
    const std::string within =
        std::isfinite(radius) ? "; they lie within " + amountText(std::sqrt(radius)) : "; all are alike";
    std::vector<char> taken(rows.size(), 0);
    while (picks.size() < count) {
        BALMER_CHECK(
            task.checkpoint(0.9 + 0.1 * static_cast<double>(picks.size()) / static_cast<double>(count),
                            "looking for what stands for many"));
        if (std::ranges::all_of(uncovered, [](std::uint64_t word) { return word == 0; }))
            uncovered = everything;
        std::size_t best = rows.size(), most = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (taken[i]) continue;
            std::size_t covers = 0;
            const auto ball = balls.of(i);
            for (std::size_t w = 0; w < ball.size(); ++w)
                covers += static_cast<std::size_t>(std::popcount(ball[w] & uncovered[w]));
            if (best == rows.size() || covers > most) {
                best = i;
                most = covers;
            }
        }
        taken[best] = 1;
        const auto ball = balls.of(best);
        for (std::size_t w = 0; w < ball.size(); ++w)
            uncovered[w] &= ~ball[w];
        picks.push_back({rows[best], "stands for " + std::to_string(most) + " of " +
                                         std::to_string(rows.size()) +
                                         " spectra, itself among them, that no label covers" + within});
    }
    return picks;
}

} // namespace

const Strategy coverStrategy{.name = "cover",
                             .help = "has most spectra close to it that no label covers",
                             .needsEmbedding = true,
                             .rank = &rankByCover};

} // namespace balmer::active
