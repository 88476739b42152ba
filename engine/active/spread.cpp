#include "engine/active/spread.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/active/distance.h"

namespace balmer::active {

core::Result<std::vector<FarRow>> farthestFirst(core::FloatView points, std::span<const std::size_t> among,
                                                std::span<const std::size_t> from, std::size_t count,
                                                core::TaskContext& task) {
    for (const auto rows : {among, from})
        for (const std::size_t row : rows)
            if (row >= points.rows())
                return core::fail(core::ErrorCode::InvalidArgument,
                                  "row " + std::to_string(row) + " is not one of the " +
                                      std::to_string(points.rows()) + " rows");
    const auto finite = [&](std::size_t row) {
        const auto point = points.row(row);
        return !point.empty() && std::ranges::all_of(point, [](float value) { return std::isfinite(value); });
    };
    std::vector<std::size_t> usable;
    core::FloatMatrix beside; // the usable rows, side by side
    for (const std::size_t row : among)
        if (finite(row)) {
            usable.push_back(row);
            beside.appendRow(points.row(row));
        }
    count = std::min(count, usable.size());

    std::vector<FarRow> chosen;
    std::vector<float> nearest(usable.size(), std::numeric_limits<float>::infinity());
    const auto measureFrom = [&](std::size_t row) {
        const auto newest = points.row(row);
        for (std::size_t i = 0; i < usable.size(); ++i)
            if (nearest[i] >= 0) nearest[i] = std::min(nearest[i], squaredDistance(beside.row(i), newest));
    };
    const double steps = static_cast<double>(from.size() + count);
    const auto checkpoint = [&](std::size_t done) {
        return task.checkpoint(static_cast<double>(done) / std::max(1.0, steps),
                               "looking for spectra that differ");
    };
    for (std::size_t i = 0; i < from.size() && count > 0; ++i) {
        BALMER_CHECK(checkpoint(i));
        if (finite(from[i])) measureFrom(from[i]);
    }
    while (chosen.size() < count) {
        BALMER_CHECK(checkpoint(from.size() + chosen.size()));
        const auto next = static_cast<std::size_t>(std::ranges::max_element(nearest) - nearest.begin());
        chosen.push_back({usable[next], std::sqrt(static_cast<double>(nearest[next]))});
        nearest[next] = -1;
        measureFrom(usable[next]);
    }
    return chosen;
}

core::FloatMatrix scaledRows(core::FloatView rows, std::size_t mostColumns) {
    const std::size_t together = (rows.columns() + mostColumns - 1) / std::max<std::size_t>(1, mostColumns);
    if (rows.empty()) return {};
    core::FloatMatrix scaled(rows.rows(), (rows.columns() + together - 1) / together);
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        const auto from = rows.row(row);
        const auto to = scaled.row(row);
        const auto [low, high] = std::ranges::minmax(from);
        if (!std::ranges::all_of(from, [](float value) { return std::isfinite(value); }) || !(high > low)) {
            std::ranges::fill(to, std::numeric_limits<float>::quiet_NaN());
            continue;
        }
        for (std::size_t c = 0; c < to.size(); ++c) {
            const std::size_t first = c * together, last = std::min(first + together, from.size());
            float sum = 0;
            for (std::size_t i = first; i < last; ++i)
                sum += (from[i] - low) / (high - low) * 2 - 1;
            to[c] = sum / static_cast<float>(last - first);
        }
    }
    return scaled;
}

} // namespace balmer::active
