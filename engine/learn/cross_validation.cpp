#include "engine/learn/cross_validation.h"

#include <algorithm>
#include <string>

#include "engine/learn/folds.h"

namespace balmer::learn {

using core::ErrorCode;
using core::fail;

namespace {

core::FloatMatrix gather(core::FloatView rows, const std::vector<std::size_t>& chosen) {
    core::FloatMatrix gathered(chosen.size(), rows.columns());
    for (std::size_t i = 0; i < chosen.size(); ++i)
        std::ranges::copy(rows.row(chosen[i]), gathered.row(i).begin());
    return gathered;
}

/// Metrics of the rows that have a prediction.
core::Result<Metrics> measureScored(std::span<const int> truth, std::span<const int> predicted,
                                    std::size_t classes) {
    std::vector<int> scoredTruth, scored;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        if (predicted[i] < 0) continue;
        scoredTruth.push_back(truth[i]);
        scored.push_back(predicted[i]);
    }
    return measure(scoredTruth, scored, classes);
}

} // namespace

core::Result<CrossValidation> crossValidate(core::FloatView rows, std::span<const int> labels,
                                            const CrossValidationParameters& parameters,
                                            const ClassifierFactory& factory, core::TaskContext& task) {
    if (rows.rows() != labels.size())
        return fail(ErrorCode::InvalidArgument, std::to_string(rows.rows()) + " rows came with " +
                                                    std::to_string(labels.size()) + " labels");
    CrossValidation result;
    BALMER_TRY(result.fold, stratifiedFolds(labels, parameters.folds, parameters.seed));
    result.predicted.assign(rows.rows(), -1);
    std::size_t classes = 0;
    for (int fold = 0; fold < parameters.folds; ++fold) {
        const double from = static_cast<double>(fold) / parameters.folds;
        const std::string stage =
            "fold " + std::to_string(fold + 1) + " of " + std::to_string(parameters.folds);
        BALMER_CHECK(task.checkpoint(from, stage));
        std::vector<std::size_t> inside, held;
        for (std::size_t i = 0; i < rows.rows(); ++i)
            (result.fold[i] == fold ? held : inside).push_back(i);
        std::vector<int> insideLabels, heldLabels;
        for (const std::size_t i : inside)
            insideLabels.push_back(labels[i]);
        for (const std::size_t i : held)
            heldLabels.push_back(labels[i]);

        BALMER_TRY(const std::unique_ptr<Classifier> classifier, factory(fold));
        if (fold == 0) {
            classes = classifier->classes().size();
            result.probabilities = core::FloatMatrix(rows.rows(), classes);
        } else if (classifier->classes().size() != classes) {
            return fail(ErrorCode::Internal, "the classifiers of two folds have different classes");
        }
        auto part = task.part(from, static_cast<double>(fold + 1) / parameters.folds);
        auto report = classifier->train(gather(rows, inside).view(), insideLabels, part);
        if (!report) return fail(std::move(report.error().during("training " + stage)));
        result.training.push_back(std::move(*report));

        // Prediction is short beside training: it is not given a share of the progress.
        core::TaskContext quiet;
        BALMER_TRY(const core::FloatMatrix probabilities,
                   classifier->predict(gather(rows, held).view(), quiet));
        const std::vector<int> predicted = mostProbable(probabilities.view());
        for (std::size_t i = 0; i < held.size(); ++i) {
            std::ranges::copy(probabilities.row(i), result.probabilities.row(held[i]).begin());
            result.predicted[held[i]] = predicted[i];
            if (predicted[i] < 0) ++result.unscored;
        }
        BALMER_TRY(const Metrics ofFold, measureScored(heldLabels, predicted, classes));
        result.foldMacroF1.push_back(ofFold.macroF1);
        task.report("macro-F1 of the fold", fold + 1, ofFold.macroF1);
    }
    BALMER_TRY(result.metrics, measureScored(labels, result.predicted, classes));
    return result;
}

} // namespace balmer::learn
