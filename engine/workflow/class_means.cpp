#include "engine/workflow/class_means.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stop_token>

#include "engine/core/task_context.h"
#include "engine/learn/similar_rows.h"
#include "engine/store/label_log.h"

namespace balmer::workflow {

namespace {

/// Sums of one class, sample by sample, in one pass (Welford 1962).
struct Moments {
    std::vector<double> mean, squares;
    std::vector<std::size_t> count;
    std::size_t rows = 0;

    void add(std::span<const float> row) {
        ++rows;
        if (rows > mostRowsOfAMean) return;
        mean.resize(row.size());
        squares.resize(row.size());
        count.resize(row.size());
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (!std::isfinite(row[i])) continue;
            const double value = row[i], before = value - mean[i];
            mean[i] += before / static_cast<double>(++count[i]);
            squares[i] += before * (value - mean[i]);
        }
    }
    ClassMean of(const std::string& name) const {
        ClassMean made{name, rows, {}, {}};
        for (std::size_t i = 0; i < mean.size(); ++i) {
            constexpr float none = std::numeric_limits<float>::quiet_NaN();
            const auto n = static_cast<double>(count[i]);
            made.mean.push_back(n > 0 ? static_cast<float>(mean[i]) : none);
            made.spread.push_back(n > 1   ? static_cast<float>(std::sqrt(squares[i] / (n - 1)))
                                  : n > 0 ? 0.0f
                                          : none);
        }
        return made;
    }
};

} // namespace

core::Result<std::vector<ClassMean>> classMeans(store::Project& project, const dataset::Dataset& dataset) {
    BALMER_TRY(const auto classes, project.labels().classes());
    std::map<std::string, Moments> byClass;
    for (const auto& [spectrum, name] : classes)
        if (const auto row = dataset.rowOf(spectrum)) byClass[name].add(dataset.flux().row(*row));
    std::vector<ClassMean> means;
    for (const auto& [name, moments] : byClass)
        means.push_back(moments.of(name));
    std::ranges::stable_sort(means, [](const auto& a, const auto& b) { return a.rows > b.rows; });
    return means;
}

core::Result<std::vector<LabelledNeighbour>> nearestLabelled(store::Project& project,
                                                             const dataset::Dataset& dataset,
                                                             const std::string& id, std::size_t most) {
    const auto own = dataset.rowOf(id);
    if (!own) return core::fail(core::ErrorCode::NotFound, "the dataset has no row for " + id);
    BALMER_TRY(const auto classes, project.labels().classes());
    core::FloatMatrix rows(0, dataset.columns());
    std::vector<const std::pair<const std::string, std::string>*> whose;
    for (const auto& label : classes) {
        const auto row = dataset.rowOf(label.first);
        if (!row || row == own) continue;
        rows.appendRow(dataset.flux().row(*row));
        whose.push_back(&label);
    }
    std::vector<LabelledNeighbour> neighbours;
    if (whose.empty()) return neighbours;
    core::TaskContext quiet(std::stop_token(), {});
    BALMER_TRY(const auto found, learn::similarRows(rows.view(), dataset.flux().row(*own),
                                                    {.most = most, .threads = 1}, quiet));
    for (const auto& each : found)
        neighbours.push_back({whose[each.row]->first, whose[each.row]->second, each.correlation});
    return neighbours;
}

} // namespace balmer::workflow
