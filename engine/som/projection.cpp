#include "engine/som/projection.h"

#include <cmath>
#include <string>

#include "engine/som/best_unit_search.h"

namespace balmer::som {

Projection projectionOf(std::span<const NearestTwo> nearest) {
    Projection projection;
    projection.best.reserve(nearest.size());
    projection.second.reserve(nearest.size());
    projection.distance.reserve(nearest.size());
    projection.secondDistance.reserve(nearest.size());
    for (const NearestTwo& n : nearest) {
        projection.best.push_back(n.best);
        projection.second.push_back(n.second);
        projection.distance.push_back(static_cast<float>(std::sqrt(n.squaredDistance)));
        projection.secondDistance.push_back(static_cast<float>(std::sqrt(n.secondSquaredDistance)));
    }
    return projection;
}

core::Result<Projection> project(core::FloatView rows, const Map& map, core::ThreadPool& pool,
                                 core::TaskContext& task) {
    BALMER_CHECK(validate(map));
    if (rows.rows() > 0 && rows.columns() != map.codebook.columns())
        return core::fail(core::ErrorCode::InvalidArgument,
                          "the rows have " + std::to_string(rows.columns()) + " columns and the map " +
                              std::to_string(map.codebook.columns()) +
                              "; project data that were preprocessed as those the map was trained on");
    BALMER_CHECK(largestMagnitude(map.codebook.view()));
    BALMER_CHECK(largestMagnitude(rows));
    const BestUnitSearch search(map.codebook.view());
    BALMER_TRY(const auto nearest, search.search(rows, pool, task, 0, 1, "projecting"));
    return projectionOf(nearest);
}

Members::Members(std::span<const std::uint32_t> best, std::size_t neurons)
    : first_(neurons + 1), rows_(best.size()) {
    for (const std::uint32_t neuron : best)
        ++first_[neuron + 1];
    for (std::size_t neuron = 0; neuron < neurons; ++neuron)
        first_[neuron + 1] += first_[neuron];
    std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
    for (std::size_t row = 0; row < best.size(); ++row)
        rows_[next[best[row]]++] = static_cast<std::uint32_t>(row);
}

} // namespace balmer::som
