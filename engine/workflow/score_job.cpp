// score: a model's probabilities for every row of a dataset, kept as columns.

#include <chrono>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/learn/classifiers.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/model_rows.h"
#include "engine/workflow/models.h"
#include "engine/workflow/scores.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

struct ScoreParameters {
    std::string model;
    std::string dataset;
    int threads = 0;

    void declare(Fields& fields) {
        fields.required(
            "model", model,
            {.help = "learn-12, round-15, a job's label, or a model's file", .names = Names::Model});
        fields.required("dataset", dataset, {.help = "the dataset to score", .names = Names::Dataset});
        fields.optional("threads", threads, threadsField());
    }
    Needs needs() const { return {.datasets = {dataset}, .models = {model}}; }
};

core::Result<jobs::Outcome> scoreDataset(const ScoreParameters& parameters, const Run& run) {
    BALMER_TRY(const auto reference,
               findModel(run.project(), parameters.model, run.environment.carried.get()));
    BALMER_TRY(const auto dataset, openDataset(run.project(), parameters.dataset));
    BALMER_TRY(const auto loaded, learn::loadClassifier(reference.file, run.threads(parameters.threads)));
    const auto& model = loaded.model;
    BALMER_CHECK(checkFits(*model, reference.name, dataset, parameters.dataset));
    const auto began = std::chrono::steady_clock::now();
    BALMER_TRY(const auto probabilities, ModelRows(dataset, *loaded.kind).predict(*model, run.task));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    BALMER_CHECK(keepScores(run.project(), parameters.dataset, model->classes(), dataset.flux(),
                            probabilities.view(), run.job.id, reference.digest));
    json counts = json::object();
    const auto byClass = countByClass(probabilities.view());
    std::size_t unscored = dataset.rows();
    for (std::size_t k = 0; k < byClass.size(); ++k) {
        counts[model->classes()[k]] = byClass[k];
        unscored -= byClass[k];
    }
    jobs::Outcome outcome;
    outcome.resultJson = core::jsonText(json{{"model", reference.name},
                                             {"dataset", parameters.dataset},
                                             {"rows", dataset.rows()},
                                             {"seconds", seconds.count()},
                                             {"counts", std::move(counts)},
                                             {"unscored", unscored}});
    return outcome;
}

} // namespace

JobKind scoreKind(const Environment& environment) {
    return makeKind<ScoreParameters>(
        environment,
        {.kind = "score",
         .title = "Score",
         .help = "a model's probabilities for every row of a dataset",
         .command = "score",
         .changes = {jobs::Change::Columns},
         .results = {textField("model", "its name"), textField("dataset", "what was scored"),
                     countField("rows", "of the dataset"), numberField("seconds", "the scoring took"),
                     mapField("counts", countField("", ""), "rows for which a class is the most probable"),
                     countField("unscored", "rows without a probability")}},
        &scoreDataset);
}

} // namespace balmer::workflow
