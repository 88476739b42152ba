#include "engine/active/k_means.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "engine/active/distance.h"
#include "engine/active/strategies/ranking.h"
#include "engine/active/weighted_draw.h"
#include "engine/core/random_stream.h"
#include "engine/core/thread_pool.h"

namespace balmer::active {

namespace {

constexpr std::size_t sampleBlock = 512, poolBlock = 4096; ///< rows that one thread works through at a time

std::size_t blocksOf(std::size_t rows, std::size_t block) {
    return (rows + block - 1) / block;
}

/// The centres, eight side by side, so that the distances to eight are summed at once.
class CentreLanes {
  public:
    explicit CentreLanes(const core::FloatMatrix& centres)
        : features_(centres.columns()), groups_((centres.rows() + lanes - 1) / lanes),
          values_(groups_ * features_ * lanes, std::numeric_limits<float>::infinity()) {
        for (std::size_t k = 0; k < centres.rows(); ++k)
            for (std::size_t f = 0; f < features_; ++f)
                values_[((k / lanes) * features_ + f) * lanes + k % lanes] = centres(k, f);
    }

    std::uint32_t nearest(const float* point) const {
        float best = std::numeric_limits<float>::infinity();
        std::size_t found = 0;
        for (std::size_t group = 0; group < groups_; ++group) {
            std::array<float, lanes> sums{};
            const float* at = values_.data() + group * features_ * lanes;
            for (std::size_t f = 0; f < features_; ++f, at += lanes)
                for (std::size_t j = 0; j < lanes; ++j) {
                    const float apart = point[f] - at[j];
                    sums[j] += apart * apart;
                }
            for (std::size_t j = 0; j < lanes; ++j)
                if (sums[j] < best) {
                    best = sums[j];
                    found = group * lanes + j;
                }
        }
        return static_cast<std::uint32_t>(found);
    }

  private:
    static constexpr std::size_t lanes = 8;
    std::size_t features_, groups_;
    std::vector<float> values_;
};

/// Each centre is a row, drawn with a probability that goes with its squared distance from those before it.
core::Result<core::FloatMatrix> firstCentres(const core::FloatMatrix& points,
                                             const KMeansParameters& parameters, core::RandomStream& random,
                                             core::ThreadPool& pool, core::TaskContext& task) {
    core::FloatMatrix centres;
    std::vector<float> apart(points.rows(), std::numeric_limits<float>::infinity());
    std::size_t next = random.below(points.rows());
    while (centres.rows() < parameters.groups) {
        BALMER_CHECK(task.checkpoint(
            0.3 * static_cast<double>(centres.rows()) / static_cast<double>(parameters.groups), "grouping"));
        centres.appendRow(points.row(next));
        const auto newest = points.row(next);
        pool.parallelFor(blocksOf(points.rows(), sampleBlock), [&](std::size_t block, std::size_t) {
            const std::size_t last = std::min((block + 1) * sampleBlock, points.rows());
            for (std::size_t i = block * sampleBlock; i < last; ++i)
                apart[i] = std::min(apart[i], squaredDistance(points.row(i), newest));
        });
        const double all = std::accumulate(apart.begin(), apart.end(), 0.0);
        if (!(all > 0)) break;
        next = drawByWeight(std::span<const float>(apart), all, random);
    }
    return centres;
}

/// The centres moved to the mean of what is nearest to them. A centre with nothing near stays.
core::Status moveCentres(core::FloatMatrix& centres, const core::FloatMatrix& points,
                         const KMeansParameters& parameters, core::ThreadPool& pool,
                         core::TaskContext& task) {
    const std::size_t features = points.columns(), blocks = blocksOf(points.rows(), sampleBlock);
    std::vector<std::uint32_t> of(points.rows(), std::numeric_limits<std::uint32_t>::max());
    std::vector<std::size_t> moved(blocks);
    for (std::size_t pass = 0; pass < parameters.passes; ++pass) {
        BALMER_CHECK(task.checkpoint(
            0.3 + 0.4 * static_cast<double>(pass) / static_cast<double>(parameters.passes), "grouping"));
        const CentreLanes lanes(centres);
        pool.parallelFor(blocks, [&](std::size_t block, std::size_t) {
            moved[block] = 0;
            const std::size_t last = std::min((block + 1) * sampleBlock, points.rows());
            for (std::size_t i = block * sampleBlock; i < last; ++i) {
                const auto group = lanes.nearest(points.row(i).data());
                moved[block] += group != of[i];
                of[i] = group;
            }
        });
        core::Matrix<double> sums(centres.rows(), features);
        std::vector<std::size_t> sizes(centres.rows(), 0);
        for (std::size_t i = 0; i < points.rows(); ++i) {
            const auto sum = sums.row(of[i]);
            const auto point = points.row(i);
            for (std::size_t f = 0; f < features; ++f)
                sum[f] += point[f];
            ++sizes[of[i]];
        }
        for (std::size_t k = 0; k < centres.rows(); ++k)
            for (std::size_t f = 0; f < features && sizes[k] > 0; ++f)
                centres(k, f) = static_cast<float>(sums(k, f) / static_cast<double>(sizes[k]));
        if (std::accumulate(moved.begin(), moved.end(), std::size_t{0}) * 1000 <= points.rows()) break;
    }
    return {};
}

} // namespace

std::size_t Groups::nearest(std::span<const float> point) const {
    std::size_t found = 0;
    float best = std::numeric_limits<float>::infinity();
    for (std::size_t k = 0; k < centres.rows(); ++k)
        if (const float apart = squaredDistance(centres.row(k), point); apart < best) {
            best = apart;
            found = k;
        }
    return found;
}

core::Result<Groups> groupRows(core::FloatView points, std::span<const std::size_t> among,
                               const KMeansParameters& parameters, core::TaskContext& task) {
    if (parameters.groups == 0)
        return core::fail(core::ErrorCode::InvalidArgument, "rows are put into one group or more, not none");
    Groups groups;
    if (among.empty()) return groups;
    core::RandomStream random(parameters.seed, 17);
    auto sampled = drawnFrom({among.begin(), among.end()}, parameters.sample, random);
    std::ranges::sort(sampled);
    core::FloatMatrix sample(sampled.size(), points.columns());
    for (std::size_t i = 0; i < sampled.size(); ++i)
        std::ranges::copy(points.row(sampled[i]), sample.row(i).begin());

    core::ThreadPool pool(parameters.threads, "balmer-query");
    BALMER_TRY(groups.centres, firstCentres(sample, parameters, random, pool, task));
    BALMER_CHECK(moveCentres(groups.centres, sample, parameters, pool, task));
    groups.of.resize(among.size());
    const CentreLanes lanes(groups.centres);
    pool.parallelFor(blocksOf(among.size(), poolBlock), [&](std::size_t block, std::size_t) {
        if (task.stopRequested()) return;
        const std::size_t last = std::min((block + 1) * poolBlock, among.size());
        for (std::size_t i = block * poolBlock; i < last; ++i)
            groups.of[i] = lanes.nearest(points.row(among[i]).data());
    });
    BALMER_CHECK(task.checkpoint(1, "grouping"));
    groups.sizes.assign(groups.centres.rows(), 0);
    for (const auto group : groups.of)
        ++groups.sizes[group];
    return groups;
}

} // namespace balmer::active
