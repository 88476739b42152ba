#include "engine/active/spread.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "engine/core/random_stream.h"

namespace balmer::active {

core::Result<std::vector<std::size_t>> spreadOut(core::FloatView rows,
                                                 std::span<const unsigned char> excluded,
                                                 const SpreadParameters& parameters,
                                                 core::TaskContext& task) {
    if (!excluded.empty() && excluded.size() != rows.rows())
        return core::fail(core::ErrorCode::InvalidArgument, std::to_string(rows.rows()) + " rows came with " +
                                                                std::to_string(excluded.size()) +
                                                                " marks of exclusion");
    std::vector<std::size_t> pool;
    for (std::size_t row = 0; row < rows.rows(); ++row)
        if (excluded.empty() || !excluded[row]) pool.push_back(row);
    core::RandomStream(parameters.seed, 13).shuffle(std::span(pool));
    pool.resize(std::min(pool.size(), parameters.sample));

    core::FloatMatrix scaled;
    std::vector<std::size_t> usable;
    std::vector<float> values(rows.columns());
    for (const std::size_t row : pool) {
        const auto from = rows.row(row);
        if (from.empty() || !std::ranges::all_of(from, [](float value) { return std::isfinite(value); }))
            continue;
        const auto [low, high] = std::ranges::minmax(from);
        if (!(high > low)) continue;
        for (std::size_t c = 0; c < values.size(); ++c)
            values[c] = (from[c] - low) / (high - low) * 2 - 1;
        scaled.appendRow(values);
        usable.push_back(row);
    }

    std::vector<std::size_t> chosen;
    std::vector<float> nearest(usable.size(), std::numeric_limits<float>::infinity());
    const std::size_t count = std::min(parameters.count, usable.size());
    for (std::size_t next = 0; chosen.size() < count;) {
        BALMER_CHECK(task.checkpoint(static_cast<double>(chosen.size()) / static_cast<double>(count),
                                     "looking for spectra that differ"));
        chosen.push_back(usable[next]);
        const auto newest = scaled.row(next);
        nearest[next] = -1;
        for (std::size_t i = 0; i < usable.size(); ++i) {
            if (nearest[i] < 0) continue;
            float distance = 0;
            for (std::size_t c = 0; c < newest.size(); ++c) {
                const float apart = scaled(i, c) - newest[c];
                distance += apart * apart;
            }
            nearest[i] = std::min(nearest[i], distance);
        }
        next = static_cast<std::size_t>(std::ranges::max_element(nearest) - nearest.begin());
    }
    return chosen;
}

} // namespace balmer::active
