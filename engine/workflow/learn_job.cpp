// learn: a classifier from the labels that stand, its quality by cross-validation, the model as an artefact.

#include <algorithm>
#include <chrono>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/core/text_number.h"
#include "engine/core/utf8.h"
#include "engine/learn/classifiers.h"
#include "engine/learn/cross_validation.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/model_rows.h"
#include "engine/workflow/models.h"
#include "engine/workflow/spectrum_source.h"
#include "engine/workflow/training_rows.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

/// For classes that were named one by one.
core::Status checkClasses(const std::vector<std::string>& classes) {
    if (classes.size() < 2)
        return core::fail(core::ErrorCode::InvalidArgument,
                          "parameters.classes names \"" + classes.front() +
                              "\" alone; a model tells at least two classes apart");
    for (std::size_t k = 0; k < classes.size(); ++k)
        if (std::find(classes.begin(), classes.begin() + static_cast<std::ptrdiff_t>(k), classes[k]) !=
            classes.begin() + static_cast<std::ptrdiff_t>(k))
            return core::fail(core::ErrorCode::InvalidArgument,
                              "parameters.classes names \"" + classes[k] + "\" twice; name each class once");
    return {};
}

std::vector<std::string> classifierNames() {
    std::vector<std::string> names;
    for (const auto& kind : learn::classifierKinds())
        names.emplace_back(kind.name);
    return names;
}

/// "network, a convolutional network: …; svm, …"
std::string describeKinds() {
    std::string text;
    for (const auto& kind : learn::classifierKinds())
        text += (text.empty() ? "" : "; ") + std::string(kind.name) + ", " + std::string(kind.goodFor);
    return text;
}

/// "network: epochs, patience; svm: cost …"
std::string describeSettings() {
    std::string text;
    for (const auto& kind : learn::classifierKinds()) {
        text += (text.empty() ? "" : "; ") + std::string(kind.name) + ": ";
        for (const auto& setting : kind.settings)
            text += (&setting == kind.settings.data() ? "" : ", ") + std::string(setting.name);
    }
    return text;
}

struct LearnParameters {
    std::string dataset;
    std::vector<std::string> classes;
    std::string classifier{learn::classifierKinds().front().name};
    std::map<std::string, std::string> settings;
    int folds = 5;
    int epochs = 0;
    int patience = 10;
    bool balance = true;
    int networks = 1;
    std::uint64_t seed = 1;
    int threads = 0;

    void declare(Fields& fields) {
        fields.required("dataset", dataset,
                        {.help = "the dataset whose labelled rows are learnt", .names = Names::Dataset});
        fields.optional("classes", classes,
                        {.help = "classes to tell apart", .otherwise = "all that the rows have"});
        fields.optional("classifier", classifier,
                        {.help = "what learns: " + describeKinds(), .choices = classifierNames()});
        fields.optional("settings", settings,
                        {.help = "of the classifier: NAME=NUMBER, " + describeSettings(), .more = true});
        fields.optional(
            "folds", folds,
            {.help = "parts of the cross-validation; 0: no cross-validation", .minimum = 0, .except = 1});
        fields.optional("epochs", epochs,
                        {.help = "passes over the data, at most",
                         .minimum = 0,
                         .maximum = 100000,
                         .otherwise = "as many as 240 steps need",
                         .more = true});
        fields.optional("patience", patience,
                        {.help = "epochs without a gain before training stops",
                         .minimum = 1,
                         .maximum = 100000,
                         .more = true});
        fields.optional("balance", balance, {.help = "balance the classes by SMOTE", .more = true});
        fields.optional(
            "networks", networks,
            {.help = "networks whose probabilities are averaged", .minimum = 1, .maximum = 16, .more = true});
        fields.optional("seed", seed, seedField());
        fields.optional("threads", threads, threadsField());
    }

    /// In whatever order the classes are named, the model is the same.
    core::Result<LearnParameters> tidy() const {
        auto made = *this;
        BALMER_TRY(made.classes, core::tidyNames(classes));
        std::sort(made.classes.begin(), made.classes.end());
        return made;
    }
    core::Status validate() const {
        if (!classes.empty()) BALMER_CHECK(checkClasses(classes));
        BALMER_TRY(const auto* const kind, learn::classifierNamed(classifier));
        BALMER_TRY(const auto numbers, classifierSettings());
        return learn::checkSettings(numbers, kind->settings);
    }
    /// As the classifier reads them: those of the network have fields of their own.
    core::Result<std::map<std::string, double>> classifierSettings() const {
        std::map<std::string, double> numbers;
        if (classifier == "network")
            numbers = {{"epochs", epochs}, {"patience", patience}, {"networks", networks}};
        for (const auto& [name, text] : settings) {
            const auto number = core::parseDouble(text);
            if (!number)
                return core::fail(core::ErrorCode::InvalidArgument,
                                  "parameters.settings has " + name + "=" + text + ", which is not a number");
            numbers[name] = *number;
        }
        return numbers;
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

core::Result<jobs::Outcome> learnClasses(const LearnParameters& parameters, const Run& run) {
    BALMER_TRY(const auto dataset, openDataset(run.project(), parameters.dataset));
    auto classes = parameters.classes;
    if (classes.empty()) {
        BALMER_TRY(classes, classesOf(run.project(), dataset));
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
                              "\"; two classes or more are needed to tell apart");
    BALMER_TRY(const auto* const kind, learn::classifierNamed(parameters.classifier));
    const ModelRows rows(dataset, *kind);
    const auto training = labelledRows(rows, labels);

    learn::ClassifierParameters made;
    made.classes = classes;
    made.columns = dataset.columns();
    made.seed = parameters.seed;
    made.balance = parameters.balance;
    made.threads = run.threads(parameters.threads);
    BALMER_TRY(made.settings, parameters.classifierSettings());
    made.attributes = describeInput(parameters.dataset, dataset);
    // Looks at the pool, which is no label: the same for each fold.
    const auto pool = rows.sample(ModelRows::mostLookedAt);
    const auto make = [&](std::uint64_t seed) -> core::Result<std::unique_ptr<learn::Classifier>> {
        auto each = made;
        each.seed = seed;
        BALMER_TRY(auto classifier, kind->make(each));
        core::TaskContext quiet(run.task.stopToken(), {});
        BALMER_CHECK(classifier->lookAt(pool.view(), quiet));
        return classifier;
    };

    json result{{"dataset", parameters.dataset},
                {"model", modelName(run.job)},
                {"model_kind", kind->name},
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
        BALMER_TRY(
            const auto validation,
            learn::crossValidate(
                training.rows.view(), training.labels, {parameters.folds, parameters.seed},
                [&](int fold) { return make(parameters.seed + 1000u * static_cast<unsigned>(fold + 1)); },
                task));
        result.update(describeMetrics(validation.metrics, classes));
        result["folds"] = parameters.folds;
        result["fold_macro_f1"] = validation.foldMacroF1;
    }
    auto task = run.task.part(share, 1);
    BALMER_TRY(const auto model, make(parameters.seed));
    BALMER_TRY(const auto report, model->train(training.rows.view(), training.labels, task));
    BALMER_TRY(const auto artefact, keepModel(run, *kind, *model));

    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    result["epochs"] = report.epochs;
    result["input_scaling"] = report.inputScaling;
    result["seconds"] = seconds.count();
    jobs::Outcome outcome;
    outcome.artefacts = {artefact};
    outcome.resultJson = core::jsonText(result);
    return outcome;
}

} // namespace

JobKind learnKind(const Environment& environment) {
    const auto quality = [](std::string_view name, std::string_view help) {
        return orNull(numberField(name, help));
    };
    return makeKind<LearnParameters>(
        environment,
        {.kind = "learn",
         .title = "Train a model",
         .help = "train a classifier on the labels that stand",
         .command = "learn",
         .changes = {jobs::Change::Models},
         .results = {textField("dataset", "the dataset that was learnt"), textField("model", "its name"),
                     orAbsent(textField("model_kind", "the classifier that learnt")),
                     listField("classes", textField("", ""), "in the order of the model's outputs"),
                     countField("rows", "labelled rows"), quality("macro_f1", "by cross-validation"),
                     quality("accuracy", "by cross-validation"),
                     orNull(listField("confusion", listField("", countField("", ""), ""),
                                      "rows: the true class")),
                     countField("epochs", "passes over the data"),
                     numberField("seconds", "the training took")}},
        &learnClasses);
}

} // namespace balmer::workflow
