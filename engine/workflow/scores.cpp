#include "engine/workflow/scores.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "engine/active/query.h"
#include "engine/learn/metrics.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"

namespace balmer::workflow {

std::string probabilityColumn(const std::string& className) {
    std::string name = "p_";
    for (const char c : className)
        name +=
            std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80 ? c : '_';
    return name;
}

std::vector<std::size_t> countByClass(core::FloatView probabilities) {
    std::vector<std::size_t> counts(probabilities.columns());
    for (const int predicted : learn::mostProbable(probabilities))
        if (predicted >= 0) ++counts[static_cast<std::size_t>(predicted)];
    return counts;
}

core::Status keepScores(store::Project& project, const std::string& dataset,
                        const std::vector<std::string>& classes, core::FloatView probabilities,
                        jobs::JobId job, const std::string& model) {
    using Column = store::ColumnRegistry::NewColumn;
    const std::size_t rows = probabilities.rows();
    const auto column = [&](std::string name) {
        Column made;
        made.info.dataset = dataset;
        made.info.name = std::move(name);
        made.info.job = job;
        made.info.model = model;
        made.values.resize(rows);
        return made;
    };
    Column predicted = column("predicted"), probability = column("probability"), entropy = column("entropy");
    predicted.info.kind = store::ColumnKind::Category;
    predicted.info.categories = classes;
    const auto best = learn::mostProbable(probabilities);
    for (std::size_t row = 0; row < rows; ++row) {
        if (best[row] < 0) {
            for (auto* each : {&predicted, &probability, &entropy})
                each->values[row] = std::nan("");
            continue;
        }
        const auto values = probabilities.row(row);
        predicted.values[row] = best[row];
        probability.values[row] = values[static_cast<std::size_t>(best[row])];
        entropy.values[row] = active::normalisedEntropy(values);
    }
    std::vector<Column> columns{std::move(predicted), std::move(probability), std::move(entropy)};
    for (std::size_t k = 0; k < classes.size(); ++k) {
        Column each = column(probabilityColumn(classes[k]));
        for (std::size_t row = 0; row < rows; ++row)
            each.values[row] = probabilities(row, k);
        columns.push_back(std::move(each));
    }
    BALMER_TRY([[maybe_unused]] const auto versions, project.columns().addAll(columns));
    return {};
}

core::Result<std::vector<std::optional<Predicted>>>
newestPredictions(store::Project& project, std::span<const std::string_view> ids,
                  const std::function<core::Result<dataset::Dataset>(const std::string& name)>& open) {
    BALMER_TRY(const auto datasets, project.datasets().list());
    std::vector<store::ColumnInfo> scorings;
    for (const auto& dataset : datasets)
        if (auto info = project.columns().info(dataset.name, "predicted"))
            scorings.push_back(std::move(*info));
    std::sort(scorings.begin(), scorings.end(),
              [](const auto& a, const auto& b) { return a.created < b.created; });

    std::vector<std::optional<Predicted>> predictions(ids.size());
    for (const auto& scoring : scorings) {
        BALMER_TRY(const auto dataset, open(scoring.dataset));
        const auto values = [&](std::string_view column) {
            return project.columns().values(scoring.dataset, column);
        };
        BALMER_TRY(const auto predicted, values("predicted"));
        BALMER_TRY(const auto probability, values("probability"));
        BALMER_TRY(const auto entropy, values("entropy"));
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const auto row = dataset.rowOf(ids[i]);
            if (!row || *row >= std::min({predicted.size(), probability.size(), entropy.size()})) continue;
            if (!(predicted[*row] >= 0)) continue;
            const auto category = static_cast<std::size_t>(predicted[*row]);
            if (category < scoring.categories.size())
                predictions[i] = Predicted{scoring.categories[category], probability[*row], entropy[*row]};
        }
    }
    return predictions;
}

} // namespace balmer::workflow
