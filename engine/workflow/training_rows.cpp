#include "engine/workflow/training_rows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/store/label_log.h"

namespace balmer::workflow {

core::Result<RowLabels> rowLabels(store::Project& project, const dataset::Dataset& dataset,
                                  const std::vector<std::string>& classes) {
    RowLabels labels;
    labels.classIndex.assign(dataset.rows(), -1);
    labels.judged.assign(dataset.rows(), 0);
    labels.countByClass.assign(classes.size(), 0);
    BALMER_TRY(const auto current, project.labels().currentAll());
    for (const auto& [spectrum, label] : current) {
        const auto row = dataset.rowOf(spectrum);
        if (!row) continue;
        labels.judged[*row] = label.judged();
        const auto found = std::find(classes.begin(), classes.end(), label.className);
        if (!label.hasClass() || found == classes.end()) continue;
        const auto index = static_cast<std::size_t>(found - classes.begin());
        labels.classIndex[*row] = static_cast<int>(index);
        ++labels.countByClass[index];
    }
    return labels;
}

core::Result<std::vector<std::string>> classesOf(store::Project& project, const dataset::Dataset& dataset) {
    BALMER_TRY(const auto current, project.labels().classes());
    std::set<std::string> classes;
    for (const auto& [spectrum, name] : current)
        if (dataset.rowOf(spectrum)) classes.insert(name);
    return std::vector<std::string>(classes.begin(), classes.end());
}

TrainingRows labelledRows(const ModelRows& rows, const RowLabels& labels) {
    TrainingRows training;
    for (std::size_t row = 0; row < rows.count(); ++row) {
        if (labels.classIndex[row] < 0) continue;
        rows.append(row, training.rows);
        training.labels.push_back(labels.classIndex[row]);
    }
    return training;
}

void TrainingRows::appendScaled(std::span<const float> row, int label) {
    if (row.empty()) return;
    const auto [low, high] = std::ranges::minmax(row);
    const float extent = high - low;
    if (!(extent > 0) || !std::isfinite(extent)) return;
    if (std::abs(low + 1) < 1e-4f && std::abs(high - 1) < 1e-4f) return append(row, label);
    std::vector<float> values(row.begin(), row.end());
    for (float& value : values)
        value = (value - low) / extent * 2 - 1;
    append(values, label);
}

} // namespace balmer::workflow
