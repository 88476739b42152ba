// dataset-remove: a dataset is forgotten, one that is damaged and cannot be made again above all. What stands
// on it and what was said of its spectra stays.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/core/amount_text.h"
#include "engine/core/json_text.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/round_archive.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

namespace {

using core::countText;
using core::ErrorCode;
using nlohmann::json;

struct Standing {
    std::size_t columns = 0, maps = 0, models = 0, rounds = 0;
    std::size_t spectra = 0;                    ///< whose numbers lie in it
    std::optional<jobs::JobId> unfinished = {}; ///< a job that works with it
};

bool namesDataset(const jobs::Job& job, const store::DatasetRecord& dataset) {
    return std::ranges::count(job.spec.inputs, dataset.digest) > 0;
}

core::Result<Standing> standingOn(store::Project& project, const store::DatasetRecord& dataset) {
    Standing found;
    BALMER_TRY(const auto columns, project.columns().list(dataset.name));
    found.columns = columns.size();
    BALMER_TRY(const auto jobs, project.jobs().list({}));
    for (const auto& job : jobs) {
        if (!namesDataset(job, dataset)) continue;
        if (!jobs::isFinal(job.phase)) found.unfinished = job.id;
        for (const auto& artefact : job.artefacts) {
            found.maps += artefact.name == "map";
            found.models += artefact.name == "model";
        }
    }
    BALMER_TRY(const auto rounds, project.rounds().list(dataset.name));
    found.rounds = rounds.size();
    BALMER_TRY(const auto spectra, project.catalogue().list({}));
    found.spectra = static_cast<std::size_t>(
        std::ranges::count(spectra, dataset.name, [](const auto& each) { return each.dataset; }));
    return found;
}

/// "1 map, 2 models and 3 rounds"; "" for none.
std::string madeOfIt(const Standing& standing) {
    std::vector<std::string> parts;
    if (standing.maps > 0) parts.push_back(countText(standing.maps, "map", "maps"));
    if (standing.models > 0) parts.push_back(countText(standing.models, "model", "models"));
    if (standing.rounds > 0) parts.push_back(countText(standing.rounds, "round", "rounds"));
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i)
        text += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
    return text;
}

struct DatasetRemoveParameters {
    static constexpr std::string_view stays = "changes this project";
    std::string dataset;
    bool yes = false;

    void declare(Fields& fields) {
        fields.required("dataset", dataset,
                        {.help = "the dataset to forget", .names = Names::Dataset, .option = "name"});
        fields.optional(
            "yes", yes,
            {.help = "also its predictions and other columns; labels, maps, models and rounds stay",
             .title = "I want that",
             .option = "--yes"});
    }
    core::Status checkProject(store::Project& project) const {
        BALMER_TRY(const auto record, project.datasets().get(dataset));
        BALMER_TRY(const auto standing, standingOn(project, record));
        if (standing.unfinished)
            return core::fail(ErrorCode::InvalidArgument, "job " + std::to_string(*standing.unfinished) +
                                                              " works with " + dataset +
                                                              "; wait for its end, or abort it");
        if (yes) return {};
        const auto made = madeOfIt(standing);
        return core::fail(
            ErrorCode::InvalidArgument,
            "with " + dataset + " its " + countText(static_cast<std::size_t>(record.rows), "row", "rows") +
                (standing.columns > 0 ? " and " + countText(standing.columns, "column", "columns") +
                                            " of predictions and measures"
                                      : "") +
                " would go. All labels stay" +
                (standing.spectra > 0 ? ", and so does what the catalogue knows of " +
                                            countText(standing.spectra, "spectrum", "spectra") +
                                            " whose numbers lie in it alone"
                                      : "") +
                (made.empty() ? ""
                              : ". What was made of it (" + made +
                                    ") stays too, but cannot be shown or used with it any more") +
                ". Give parameters.yes to remove it");
    }
};

core::Result<jobs::Outcome> removeDataset(const DatasetRemoveParameters& parameters, const Run& run) {
    BALMER_TRY(const auto record, run.project().datasets().get(parameters.dataset));
    BALMER_TRY(const auto standing, standingOn(run.project(), record));
    BALMER_CHECK(run.task.checkpoint(0.1, "removing its rows"));
    BALMER_CHECK(run.project().datasets().remove(parameters.dataset));
    jobs::Outcome outcome;
    outcome.resultJson = core::jsonText(json{{"dataset", parameters.dataset},
                                             {"digest", record.digest},
                                             {"rows", record.rows},
                                             {"columns_removed", standing.columns},
                                             {"spectra", standing.spectra},
                                             {"maps", standing.maps},
                                             {"models", standing.models},
                                             {"rounds", standing.rounds},
                                             {"file", record.file}});
    return outcome;
}

} // namespace

JobKind datasetRemoveKind(const Environment& environment) {
    using jobs::Change;
    return makeKind<DatasetRemoveParameters>(
        environment,
        {.kind = "dataset-remove",
         .title = "Dataset removal",
         .help = "forget a dataset; labels, and what was made of it, stay",
         .command = "dataset remove",
         .changes = {Change::Datasets, Change::Columns},
         .results = {textField("dataset", "its name"), textField("digest", "of its content"),
                     countField("rows", "that it had"),
                     countField("columns_removed", "predictions and measures of its rows"),
                     countField("spectra", "of the catalogue that have no numbers without it"),
                     countField("maps", "made of it, which stay"), countField("models", "likewise"),
                     countField("rounds", "likewise"),
                     textField("file", "where it was, which is set aside when the project is opened next")}},
        &removeDataset);
}

} // namespace balmer::workflow
