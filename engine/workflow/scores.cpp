#include "engine/workflow/scores.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "engine/active/entropy.h"
#include "engine/learn/metrics.h"

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

namespace {

/// What learn::Classifier::predict() gives a prediction for.
bool canBeScored(std::span<const float> flux) {
    const bool finite = std::ranges::all_of(flux, [](float value) { return std::isfinite(value); });
    return finite && std::ranges::any_of(flux, [&](float value) { return value != flux.front(); });
}

core::Status checkScores(const std::string& dataset, core::FloatView flux, core::FloatView probabilities) {
    std::size_t scored = 0, wrong = 0;
    for (std::size_t row = 0; row < probabilities.rows(); ++row) {
        const auto values = probabilities.row(row);
        if (std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
            ++scored;
        else if (canBeScored(flux.row(row)))
            ++wrong;
    }
    if (wrong > 0)
        return core::fail(core::ErrorCode::Format,
                          "the model gives no probabilities for " + std::to_string(wrong) + " rows of " +
                              dataset +
                              " whose spectra are in order; nothing was kept: train the model again");
    if (scored == 0)
        return core::fail(
            core::ErrorCode::InvalidArgument,
            "no row of " + dataset +
                " can be scored: their fluxes are constant or not finite; make the dataset again");
    return {};
}

} // namespace

core::Status keepScores(store::Project& project, const std::string& dataset,
                        const std::vector<std::string>& classes, core::FloatView flux,
                        core::FloatView probabilities, jobs::JobId job, const std::string& model) {
    BALMER_CHECK(checkScores(dataset, flux, probabilities));
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

core::Result<Scoring> readScoring(store::Project& project, const store::ColumnInfo& predicted) {
    const auto values = [&](std::string_view column) {
        return project.columns().values(predicted.dataset, column);
    };
    Scoring scoring;
    BALMER_TRY(scoring.predicted, values("predicted"));
    BALMER_TRY(scoring.probability, values("probability"));
    BALMER_TRY(scoring.entropy, values("entropy"));
    return scoring;
}

namespace {
core::Result<std::shared_ptr<const Scoring>> readAnew(store::Project& project,
                                                      const store::ColumnInfo& predicted) {
    BALMER_TRY(auto scoring, readScoring(project, predicted));
    return std::make_shared<const Scoring>(std::move(scoring));
}
} // namespace

core::Result<std::vector<std::optional<Predicted>>> newestPredictions(store::Project& project,
                                                                      std::span<const std::string_view> ids,
                                                                      const PredictionSource& source) {
    BALMER_TRY(const auto newest, project.columns().newest("predicted"));
    std::vector<std::optional<Predicted>> predictions(ids.size());
    for (const auto& column : newest) {
        const auto dataset = source.open(column.dataset);
        if (!dataset) {
            const auto code = dataset.error().code();
            if (code == core::ErrorCode::Cancelled || code == core::ErrorCode::ResourceExhausted)
                return core::fail(dataset.error());
            source.leaveOut(column.dataset, dataset.error());
            continue;
        }
        BALMER_TRY(const auto scoring, source.read ? source.read(column) : readAnew(project, column));
        const auto rows =
            std::min({scoring->predicted.size(), scoring->probability.size(), scoring->entropy.size()});
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const auto row = dataset->rowOf(ids[i]);
            if (!row || *row >= rows || !(scoring->predicted[*row] >= 0)) continue;
            const auto category = static_cast<std::size_t>(scoring->predicted[*row]);
            if (category < column.categories.size())
                predictions[i] = Predicted{column.categories[category], scoring->probability[*row],
                                           scoring->entropy[*row], column.model};
        }
    }
    return predictions;
}

} // namespace balmer::workflow
