// learn: the network from the labels that stand, its quality by cross-validation, the model as an artefact.

#include <algorithm>
#include <chrono>

#include <nlohmann/json.hpp>

#include "engine/learn/classifiers.h"
#include "engine/learn/cross_validation.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/models.h"
#include "engine/workflow/spectrum_source.h"
#include "engine/workflow/training_rows.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

struct LearnParameters {
    std::string dataset;
    std::vector<std::string> classes;
    int folds = 5;
    int epochs = 0;
    int patience = 10;
    bool balance = true;
    int networks = 1;
    std::uint64_t seed = 1;
    int threads = 0;

    void declare(Fields& fields) {
        fields.required("dataset", dataset, "the dataset whose labelled rows are learnt");
        fields.optional("classes", classes, "classes to tell apart; none: all that the rows have");
        fields.optional("folds", folds, "parts of the cross-validation; 0: no cross-validation");
        fields.optional("epochs", epochs, "passes over the data, at most; 0: as many as 240 steps need");
        fields.optional("patience", patience, "epochs without a gain before training stops");
        fields.optional("balance", balance, "balance the classes by SMOTE");
        fields.optional("networks", networks, "networks whose probabilities are averaged");
        fields.optional("seed", seed, "of everything random");
        fields.optional("threads", threads, "0: all processors; does not change the result");
    }
    Needs needs() const { return {.datasets = {dataset}, .labels = true}; }
};

json describeMetrics(const learn::Metrics& metrics, const std::vector<std::string>& classes) {
    json confusion = json::array(), byClass = json::object();
    for (std::size_t truth = 0; truth < classes.size(); ++truth) {
        const auto row = metrics.confusion.row(truth);
        confusion.push_back(std::vector<std::size_t>(row.begin(), row.end()));
        const auto& each = metrics.classes[truth];
        byClass[classes[truth]] = {
            {"precision", each.precision}, {"recall", each.recall}, {"f1", each.f1}, {"rows", each.support}};
    }
    return {{"macro_f1", metrics.macroF1},
            {"accuracy", metrics.accuracy},
            {"confusion", std::move(confusion)},
            {"by_class", std::move(byClass)}};
}

/// For classes that were named one by one.
core::Status checkClasses(const std::vector<std::string>& classes) {
    if (classes.size() < 2)
        return core::fail(core::ErrorCode::InvalidArgument,
                          "parameters.classes names \"" + classes.front() +
                              "\" alone; a network tells at least two classes apart");
    for (std::size_t k = 0; k < classes.size(); ++k)
        if (std::find(classes.begin(), classes.begin() + static_cast<std::ptrdiff_t>(k), classes[k]) !=
            classes.begin() + static_cast<std::ptrdiff_t>(k))
            return core::fail(core::ErrorCode::InvalidArgument,
                              "parameters.classes names \"" + classes[k] + "\" twice; name each class once");
    return {};
}

core::Result<jobs::Outcome> learnClasses(const LearnParameters& parameters, const Run& run) {
    if (parameters.folds < 0 || parameters.folds == 1)
        return core::fail(core::ErrorCode::InvalidArgument,
                          "parameters.folds must be 0 (no cross-validation) or at least 2");
    BALMER_TRY(const auto threads, run.threads(parameters.threads));
    BALMER_TRY(const auto dataset, openDataset(run.project(), parameters.dataset));
    auto classes = parameters.classes;
    if (classes.empty()) {
        BALMER_TRY(classes, classesOf(run.project(), dataset));
    } else {
        BALMER_CHECK(checkClasses(classes));
    }
    if (classes.empty())
        return core::fail(core::ErrorCode::InvalidArgument,
                          "no spectrum of the dataset " + parameters.dataset +
                              " has a label; label some first, or start with `balmer round`");
    BALMER_TRY(const auto labels, rowLabels(run.project(), dataset, classes));
    for (std::size_t k = 0; k < classes.size(); ++k)
        if (labels.countByClass[k] == 0)
            return core::fail(core::ErrorCode::InvalidArgument,
                              "no spectrum of the dataset " + parameters.dataset + " is labelled \"" +
                                  classes[k] + "\"; label some, or leave that class out");
    if (classes.size() < 2)
        return core::fail(core::ErrorCode::InvalidArgument,
                          "all labels of the dataset " + parameters.dataset + " are \"" + classes.front() +
                              "\"; a network needs at least two classes to tell apart");
    const auto training = labelledRows(dataset, labels);

    BALMER_TRY(const auto* const kind, learn::classifierNamed("network"));
    learn::ClassifierParameters network;
    network.classes = classes;
    network.columns = dataset.columns();
    network.seed = parameters.seed;
    network.balance = parameters.balance;
    network.threads = threads;
    network.settings = {
        {"epochs", parameters.epochs}, {"patience", parameters.patience}, {"networks", parameters.networks}};
    network.attributes = {{"dataset", parameters.dataset}, {"dataset_digest", dataset.digest()}};

    json result{{"dataset", parameters.dataset},
                {"model", modelName(run.job)},
                {"classes", classes},
                {"rows", training.labels.size()},
                {"macro_f1", nullptr},
                {"accuracy", nullptr},
                {"confusion", nullptr}};
    const auto began = std::chrono::steady_clock::now();
    const double share =
        parameters.folds > 0 ? static_cast<double>(parameters.folds) / (parameters.folds + 1) : 0;
    if (parameters.folds > 0) {
        auto task = run.task.part(0, share);
        BALMER_TRY(const auto validation,
                   learn::crossValidate(
                       training.rows.view(), training.labels, {parameters.folds, parameters.seed},
                       [&](int fold) {
                           auto each = network;
                           each.seed = parameters.seed + 1000u * static_cast<unsigned>(fold + 1);
                           return kind->make(each);
                       },
                       task));
        result.update(describeMetrics(validation.metrics, classes));
        result["folds"] = parameters.folds;
        result["fold_macro_f1"] = validation.foldMacroF1;
    }
    auto task = run.task.part(share, 1);
    BALMER_TRY(const auto model, kind->make(network));
    BALMER_TRY(const auto report, model->train(training.rows.view(), training.labels, task));
    BALMER_TRY(const auto artefact, keepModel(run, *kind, *model));

    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    result["epochs"] = report.epochs;
    result["input_scaling"] = report.inputScaling;
    result["seconds"] = seconds.count();
    jobs::Outcome outcome;
    outcome.artefacts = {artefact};
    outcome.resultJson = result.dump(-1, ' ', false, json::error_handler_t::replace);
    return outcome;
}

} // namespace

JobKind learnKind(const Environment& environment) {
    return makeKind<LearnParameters>(environment, "learn", "Train the network", &learnClasses);
}

} // namespace balmer::workflow
