// audit: the labels of a dataset that may be wrong, for a person to look at once more. Changes nothing.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/active/audit.h"
#include "engine/core/json_text.h"
#include "engine/core/utf8.h"
#include "engine/learn/classifiers.h"
#include "engine/learn/cross_validation.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/model_rows.h"
#include "engine/workflow/spectrum_source.h"
#include "engine/workflow/training_rows.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

/// A class needs so many labels that one can be judged by the others.
constexpr std::size_t fewestOfAClass = 2;
/// Features by which two spectra are compared.
constexpr std::size_t placeComponents = 20;

struct AuditJobParameters {
    std::string dataset;
    std::vector<std::string> classes;
    int folds = 5;
    int most = 100;
    std::uint64_t seed = 1;
    int threads = 0;

    void declare(Fields& fields) {
        fields.required("dataset", dataset,
                        {.help = "the dataset whose labels are looked at", .names = Names::Dataset});
        fields.optional("classes", classes,
                        {.help = "labels of these classes only", .otherwise = "all that the rows have"});
        fields.optional("most", most, {.help = "length of the list; 0: all", .minimum = 0});
        fields.optional("folds", folds,
                        {.help = "parts of the labels, each judged by a committee taught by the others",
                         .minimum = 2,
                         .maximum = 20,
                         .more = true});
        fields.optional("seed", seed, seedField());
        fields.optional("threads", threads, threadsField());
    }
    core::Result<AuditJobParameters> tidy() const {
        auto made = *this;
        BALMER_TRY(made.classes, core::tidyNames(classes));
        std::ranges::sort(made.classes);
        return made;
    }
    Needs needs() const { return {.datasets = {dataset}, .labels = true}; }
};

struct LabelledRows {
    std::vector<std::string> classes, leftOut; ///< those of too few labels are left out
    std::vector<std::size_t> rows;             ///< of the dataset
    TrainingRows training;                     ///< the same rows, as the committee reads them
};

core::Result<LabelledRows> readLabels(const AuditJobParameters& parameters, const Run& run,
                                      const dataset::Dataset& dataset, const ModelRows& rows) {
    LabelledRows found;
    auto wanted = parameters.classes;
    if (wanted.empty()) {
        BALMER_TRY(wanted, classesOf(run.project(), dataset));
    }
    BALMER_TRY(const auto all, rowLabels(run.project(), dataset, wanted));
    for (std::size_t k = 0; k < wanted.size(); ++k)
        (all.countByClass[k] < fewestOfAClass ? found.leftOut : found.classes).push_back(wanted[k]);
    if (found.classes.size() < 2)
        return core::fail(
            core::ErrorCode::InvalidArgument,
            "the dataset " + parameters.dataset + " has labels of " +
                (found.classes.empty() ? "no class" : "one class, \"" + found.classes.front() + "\",") +
                " with " + std::to_string(fewestOfAClass) +
                " spectra or more; an audit compares two classes at least, so label more first");
    BALMER_TRY(const auto labels, rowLabels(run.project(), dataset, found.classes));
    found.training = labelledRows(rows, labels);
    for (std::size_t row = 0; row < labels.classIndex.size(); ++row)
        if (labels.classIndex[row] >= 0) found.rows.push_back(row);
    return found;
}

core::Result<jobs::Outcome> audit(const AuditJobParameters& parameters, const Run& run) {
    BALMER_TRY(const auto dataset, openDataset(run.project(), parameters.dataset));
    BALMER_TRY(const auto* const kind, learn::classifierNamed("committee"));
    const ModelRows rows(dataset, *kind);
    BALMER_TRY(const auto labelled, readLabels(parameters, run, dataset, rows));
    const auto& training = labelled.training;
    const auto threads = run.threads(parameters.threads);

    const auto pool = rows.sample(ModelRows::mostLookedAt);
    const auto make = [&](int fold) -> core::Result<std::unique_ptr<learn::Classifier>> {
        learn::ClassifierParameters made;
        made.classes = labelled.classes;
        made.columns = dataset.columns();
        made.seed = parameters.seed + 1000u * static_cast<unsigned>(fold + 1);
        made.threads = threads;
        BALMER_TRY(auto classifier, kind->make(made));
        core::TaskContext quiet(run.task.stopToken(), {});
        BALMER_CHECK(classifier->lookAt(pool.view(), quiet));
        return classifier;
    };
    const auto folds = std::min(parameters.folds, static_cast<int>(training.labels.size()));
    auto judging = run.task.part(0, 0.8), looking = run.task.part(0.8, 0.9),
         comparing = run.task.part(0.9, 1);
    BALMER_TRY(const auto outOfFold, learn::crossValidate(training.rows.view(), training.labels,
                                                          {folds, parameters.seed}, make, judging));
    BALMER_TRY(const auto features, rows.features(placeComponents, threads, looking));
    BALMER_TRY(const auto places, features.of(training.rows.view(), threads, looking));
    BALMER_TRY(const auto doubtful, active::doubtfulLabels({.labels = training.labels,
                                                            .probabilities = outOfFold.probabilities.view(),
                                                            .places = places.view(),
                                                            .classes = labelled.classes,
                                                            .threads = threads},
                                                           {}, comparing));
    json list = json::array();
    for (const auto& each : doubtful) {
        if (parameters.most > 0 && list.size() == static_cast<std::size_t>(parameters.most)) break;
        list.push_back({{"id", dataset.ids()[labelled.rows[each.row]]},
                        {"label", labelled.classes[static_cast<std::size_t>(training.labels[each.row])]},
                        {"suggested", labelled.classes[static_cast<std::size_t>(each.suggested)]},
                        {"witnesses", each.witnesses},
                        {"suspicion", each.suspicion},
                        {"reason", each.reason}});
    }
    jobs::Outcome outcome;
    outcome.resultJson = core::jsonText(json{{"dataset", parameters.dataset},
                                             {"labels", training.labels.size()},
                                             {"classes", labelled.classes},
                                             {"left_out", labelled.leftOut},
                                             {"macro_f1", outOfFold.metrics.macroF1},
                                             {"doubtful", doubtful.size()},
                                             {"list", std::move(list)}});
    return outcome;
}

} // namespace

JobKind auditKind(const Environment& environment) {
    return makeKind<AuditJobParameters>(
        environment,
        {.kind = "audit",
         .title = "Label audit",
         .help = "which labels may be wrong, by a committee that has not seen them, by near twins and by "
                 "neighbours",
         .command = "audit",
         .results = {textField("dataset", "whose labels"), countField("labels", "that were looked at"),
                     listField("classes", textField("", ""), "of these labels"),
                     listField("left_out", textField("", ""), "classes of too few labels to compare"),
                     numberField("macro_f1", "of the committee, out of fold"),
                     countField("doubtful", "labels that something speaks against"),
                     listField(
                         "list",
                         objectField("",
                                     {textField("id", ""), textField("label", "that it has"),
                                      textField("suggested", "instead"), countField("witnesses", "1 to 3"),
                                      numberField("suspicion", "0 to 1"), textField("reason", "")},
                                     ""),
                         "the most doubtful first")}},
        &audit);
}

} // namespace balmer::workflow
