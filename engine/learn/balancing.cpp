#include "engine/learn/balancing.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "engine/core/random_stream.h"
#include "engine/core/thread_pool.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using core::fail;

constexpr std::size_t blockRows = 32;

/// The nearest neighbours of each of the rows among the others: [rows.size() × count], nearest first.
core::Result<std::vector<std::size_t>> nearest(core::FloatView all, const std::vector<std::size_t>& rows,
                                               std::size_t count, core::ThreadPool& pool,
                                               core::TaskContext& task) {
    std::vector<std::size_t> found(rows.size() * count);
    pool.parallelFor((rows.size() + blockRows - 1) / blockRows, [&](std::size_t block, std::size_t) {
        std::vector<std::pair<float, std::size_t>> distances;
        const std::size_t end = std::min(rows.size(), (block + 1) * blockRows);
        for (std::size_t i = block * blockRows; i < end && !task.stopRequested(); ++i) {
            distances.clear();
            const auto a = all.row(rows[i]);
            for (std::size_t j = 0; j < rows.size(); ++j) {
                if (j == i) continue;
                const auto b = all.row(rows[j]);
                float sum = 0;
                for (std::size_t c = 0; c < a.size(); ++c)
                    sum += (a[c] - b[c]) * (a[c] - b[c]);
                distances.emplace_back(sum, j);
            }
            std::partial_sort(distances.begin(), distances.begin() + static_cast<std::ptrdiff_t>(count),
                              distances.end());
            for (std::size_t n = 0; n < count; ++n)
                found[i * count + n] = rows[distances[n].second];
        }
    });
    if (task.stopRequested()) return fail(ErrorCode::Cancelled, "balancing the classes was stopped");
    return found;
}

} // namespace

core::Result<LabelledRows> smote(core::FloatView rows, std::span<const int> labels,
                                 const SmoteParameters& parameters, core::TaskContext& task) {
    if (rows.rows() != labels.size())
        return fail(ErrorCode::InvalidArgument, std::to_string(rows.rows()) + " rows came with " +
                                                    std::to_string(labels.size()) + " labels");
    if (parameters.neighbours == 0)
        return fail(ErrorCode::InvalidArgument, "SMOTE needs one neighbour or more; 5 is usual");
    std::map<int, std::vector<std::size_t>> rowsOf;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (labels[i] < 0)
            return fail(ErrorCode::InvalidArgument,
                        "row " + std::to_string(i) + " has no class; leave it out");
        rowsOf[labels[i]].push_back(i);
    }
    std::size_t most = 0;
    for (const auto& [label, members] : rowsOf)
        most = std::max(most, members.size());

    LabelledRows balanced;
    balanced.rows = core::FloatMatrix(most * rowsOf.size(), rows.columns());
    balanced.labels.assign(labels.begin(), labels.end());
    balanced.labels.reserve(most * rowsOf.size());
    for (std::size_t i = 0; i < rows.rows(); ++i)
        std::ranges::copy(rows.row(i), balanced.rows.row(i).begin());

    core::ThreadPool pool(parameters.threads);
    for (const auto& [label, members] : rowsOf) {
        if (members.size() == most) continue;
        core::RandomStream random(parameters.seed, static_cast<std::uint64_t>(label));
        const std::size_t neighbours = std::min(parameters.neighbours, members.size() - 1);
        BALMER_TRY(const std::vector<std::size_t> near, nearest(rows, members, neighbours, pool, task));
        for (std::size_t missing = most - members.size(); missing > 0; --missing) {
            const std::size_t member = random.below(members.size());
            const auto from = rows.row(members[member]);
            auto made = balanced.rows.row(balanced.labels.size());
            if (neighbours == 0) {
                std::ranges::copy(from, made.begin());
            } else {
                const auto to = rows.row(near[member * neighbours + random.below(neighbours)]);
                const auto share = static_cast<float>(random.uniform());
                for (std::size_t c = 0; c < made.size(); ++c)
                    made[c] = from[c] + share * (to[c] - from[c]);
            }
            balanced.labels.push_back(label);
        }
    }
    return balanced;
}

} // namespace balmer::learn
