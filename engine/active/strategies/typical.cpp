// typical: one spectrum from the middle of each large group without a label. TypiClust of Hacohen, Dekel &
// Weinshall (2022), ICML, PMLR 162, 8175: k-means into as many groups as there are labels and questions, at
// most 500; groups with fewest labels first, of those the largest; in each the member of the greatest
// typicality, 1 / (mean distance to its 20 nearest neighbours in the group). Groups of fewer than 5, which
// the paper leaves out, come last. Where there are more questions than groups, each is visited again. Of a
// large group a random sample is compared.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "engine/active/distance.h"
#include "engine/active/k_means.h"
#include "engine/active/strategies/ranking.h"
#include "engine/active/strategies/table.h"
#include "engine/core/thread_pool.h"

namespace balmer::active {

namespace {

constexpr std::size_t mostGroups = 500, smallGroup = 5, neighbours = 20;
constexpr std::size_t comparedMembers = 500;

/// The members by falling typicality, the lower row first on a tie.
std::vector<std::size_t> byTypicality(core::FloatView points, std::span<const std::size_t> members) {
    std::vector<std::pair<float, std::size_t>> order;
    std::vector<float> apart(members.size());
    for (const std::size_t row : members) {
        for (std::size_t i = 0; i < members.size(); ++i)
            apart[i] = squaredDistance(points.row(row), points.row(members[i]));
        // The member itself, which is 0 away, stands among the nearest and adds nothing.
        const std::size_t near = std::min(neighbours + 1, apart.size());
        std::nth_element(apart.begin(), apart.begin() + static_cast<std::ptrdiff_t>(near - 1), apart.end());
        std::sort(apart.begin(), apart.begin() + static_cast<std::ptrdiff_t>(near));
        float sum = 0;
        for (std::size_t i = 0; i < near; ++i)
            sum += std::sqrt(apart[i]);
        order.emplace_back(sum, row);
    }
    std::ranges::sort(order);
    std::vector<std::size_t> rows;
    for (const auto& [sum, row] : order)
        rows.push_back(row);
    return rows;
}

std::string typicalReason(std::size_t size, std::size_t pool, std::size_t labels) {
    const std::string reason = "typical of a group of " + std::to_string(size) + " spectra (" +
                               shareText(static_cast<double>(size) / static_cast<double>(pool)) +
                               " of the pool) ";
    return reason + (labels == 0 ? "that has no label" : "that has few labels: " + std::to_string(labels));
}

core::Result<std::vector<Pick>> rankByTypicality(const StrategyInput& input, std::size_t count,
                                                 core::TaskContext& task) {
    BALMER_TRY(const auto rows, rowsToAsk(typicalStrategy, input));
    std::vector<Pick> picks;
    count = std::min(count, rows.size());
    if (count == 0) return picks;
    const auto labelled = labelledPlaces(input);
    auto part = task.part(0, 0.9);
    BALMER_TRY(const auto groups, groupRows(input.embedding, rows,
                                            {.groups = std::min(labelled.size() + count, mostGroups),
                                             .seed = input.seed,
                                             .threads = input.threads},
                                            part));
    std::vector<std::size_t> labels(groups.sizes.size(), 0);
    for (const std::size_t row : labelled)
        ++labels[groups.nearest(input.embedding.row(row))];
    std::vector<std::vector<std::size_t>> members(groups.sizes.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
        members[groups.of[i]].push_back(rows[i]);
    std::vector<std::size_t> order(groups.sizes.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t k) {
        return std::tuple(groups.sizes[k] < smallGroup, labels[k], rows.size() - groups.sizes[k], k);
    });

    BALMER_CHECK(task.checkpoint(0.9, "looking for typical spectra"));
    core::ThreadPool pool(input.threads, "balmer-query");
    pool.parallelFor(std::min(count, order.size()), [&](std::size_t at, std::size_t) {
        if (task.stopRequested()) return;
        auto& group = members[order[at]];
        core::RandomStream random(input.seed, 0x7971 + order[at]);
        group = byTypicality(input.embedding, drawnFrom(std::move(group), comparedMembers, random));
    });
    BALMER_CHECK(task.checkpoint(1, "looking for typical spectra"));
    for (std::size_t round = 0, before = 1; picks.size() < count && before > 0; ++round) {
        before = picks.size();
        for (const std::size_t k : order)
            if (picks.size() < count && round < members[k].size())
                picks.push_back({members[k][round], typicalReason(groups.sizes[k], rows.size(), labels[k])});
        before = picks.size() - before;
    }
    return picks;
}

} // namespace

const Strategy typicalStrategy{.name = "typical",
                               .help = "from the middle of the largest groups without a label",
                               .needsEmbedding = true,
                               .rank = &rankByTypicality};

} // namespace balmer::active
