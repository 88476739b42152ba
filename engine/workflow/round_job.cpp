// round: one round of active learning: train, score the pool, draw the three lists, and take answers from a
// table where one is given. While a class has no example, nothing is trained: the round asks for labels
// first.

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "engine/active/precision.h"
#include "engine/active/query.h"
#include "engine/active/spread.h"
#include "engine/core/json_text.h"
#include "engine/core/text_number.h"
#include "engine/core/utf8.h"
#include "engine/io/table_formats.h"
#include "engine/io/table_reader.h"
#include "engine/learn/classifiers.h"
#include "engine/store/label_log.h"
#include "engine/store/round_archive.h"
#include "engine/workflow/injected_rows.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/models.h"
#include "engine/workflow/round_result.h"
#include "engine/workflow/round_training.h"
#include "engine/workflow/rounds.h"
#include "engine/workflow/scores.h"
#include "engine/workflow/spectrum_source.h"
#include "engine/workflow/training_rows.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

constexpr bool trainsCommittee = false; ///< whether a round trains several models

struct RoundParameters {
    std::string dataset;
    std::vector<std::string> classes{"other", "single peak", "double peak"};
    std::vector<std::string> targets;
    int batch = 100;
    int estimate = 30;
    int candidates = 100;
    std::string strategy = "entropy";
    std::string oracle;
    std::map<std::string, std::string> profile;
    int simulated = 400;
    int enough = 50;
    int epochs = 0;
    int patience = 10;
    std::uint64_t seed = 1;
    int threads = 0;

    void declare(Fields& fields) {
        fields.required("dataset", dataset, {.help = "the pool of spectra to rank", .names = Names::Dataset});
        fields.optional(
            "classes", classes,
            {.help = "all classes; the first that is not a target stands for everything else; the digit keys "
                     "follow this order"});
        fields.optional("targets", targets,
                        {.help = "the classes that are looked for",
                         .otherwise = core::joinQuoted(simulatedTargets()) + ", as far as they are classes"});
        fields.optional("batch", batch, {.help = "spectra to ask about", .minimum = 1});
        fields.optional("estimate", estimate,
                        {.help = "random sample of the predicted targets, to judge the precision by",
                         .minimum = 0,
                         .more = true});
        fields.optional("candidates", candidates,
                        {.help = "length of the list of candidates; 0: all", .minimum = 0, .more = true});
        fields.optional("strategy", strategy,
                        {.help = "which spectra are asked about, one word or several with their shares: " +
                                 active::strategiesHelp(trainsCommittee),
                         .more = true});
        fields.optional("oracle", oracle,
                        {.help = "table of truth (id, label), as " + io::tableForms() +
                                 ", that answers both lists in your place",
                         .otherwise = "a person answers",
                         .names = Names::File,
                         .more = true});
        fields.optional("profile", profile,
                        {.help = "the emission, single-peak or double-peak, that is simulated for a target "
                                 "while its labels are few: TARGET=single-peak; the targets single peak and "
                                 "double peak have theirs",
                         .more = true});
        fields.optional("simulated", simulated,
                        {.help = "simulated rows a class while labels are few; 0: labels alone",
                         .minimum = 0,
                         .more = true});
        fields.optional("enough", enough,
                        {.help = "labels a class from which no simulated rows are used any more",
                         .minimum = 1,
                         .more = true});
        fields.optional("epochs", epochs,
                        {.help = "passes over the training rows, at most",
                         .minimum = 0,
                         .otherwise = "as many as 240 steps need",
                         .more = true});
        fields.optional("patience", patience,
                        {.help = "epochs without a gain before training stops", .minimum = 1, .more = true});
        fields.optional("seed", seed, seedField());
        fields.optional("threads", threads, threadsField());
    }

    Needs needs() const {
        Needs made{.datasets = {dataset}, .labels = true, .rounds = true};
        if (!oracle.empty()) made.files = {oracle};
        return made;
    }

    /// With the names of classes as labels keep them, and with the targets that are meant.
    core::Result<RoundParameters> tidy() const {
        auto made = *this;
        BALMER_TRY(made.classes, core::tidyNames(classes));
        BALMER_TRY(made.targets, core::tidyNames(targets));
        BALMER_TRY(const auto mix, strategyMix());
        made.strategy = active::toString(mix);
        made.profile.clear();
        for (const auto& [target, word] : profile) {
            BALMER_TRY(auto name, core::tidyName(target));
            made.profile.emplace(std::move(name), word);
        }
        if (made.targets.empty()) {
            for (const auto& target : simulatedTargets())
                if (std::find(made.classes.begin(), made.classes.end(), target) != made.classes.end())
                    made.targets.push_back(target);
            if (made.targets.empty())
                return core::fail(
                    core::ErrorCode::InvalidArgument,
                    "parameters.targets must say which of the classes are looked for; they are " +
                        core::joinQuoted(made.classes));
        }
        return made;
    }

    core::Status validate() const {
        BALMER_TRY([[maybe_unused]] const auto meant, targetClasses(classes, targets, profile));
        BALMER_TRY([[maybe_unused]] const auto mix, strategyMix());
        return {};
    }

    core::Result<active::Mix> strategyMix() const {
        auto mix = active::parseMix(strategy);
        if (!mix) return core::fail(std::move(mix.error().during("reading parameters.strategy")));
        if (mix->needsCommittee() && !trainsCommittee)
            return core::fail(core::ErrorCode::InvalidArgument,
                              "parameters.strategy is \"" + strategy +
                                  "\", which compares several models, but a round trains one; use another "
                                  "strategy");
        return mix;
    }
};

core::Result<Truth> readTruth(const Run& run, const std::string& file,
                              const std::vector<std::string>& classes) {
    BALMER_TRY(const auto table, io::readTable(run.file(file)));
    BALMER_TRY(const auto id, io::columnNamed(table.columns, "id"));
    BALMER_TRY(auto label, io::columnNamed(table.columns, "label"));
    if (!label) {
        BALMER_TRY(label, io::columnNamed(table.columns, "class"));
    }
    if (!id || !label)
        return core::fail(core::ErrorCode::InvalidArgument, file + " needs the columns id and label");
    Truth truth;
    for (const auto& row : table.rows) {
        BALMER_TRY(auto className, core::tidyName(row[*label]));
        if (std::find(classes.begin(), classes.end(), className) == classes.end())
            return core::fail(core::ErrorCode::InvalidArgument,
                              file + " calls " + row[*id] + " \"" + className +
                                  "\", which is not one of the classes; name it in parameters.classes");
        const auto [answer, isNew] = truth.emplace(core::trimmed(row[*id]), className);
        if (!isNew && answer->second != className)
            return core::fail(core::ErrorCode::InvalidArgument, file + " calls " + row[*id] + " both \"" +
                                                                    answer->second + "\" and \"" + className +
                                                                    "\"; leave one of the two rows out");
    }
    return truth;
}

learn::ClassifierParameters classifierOf(const RoundParameters& parameters, const dataset::Dataset& dataset,
                                         std::size_t threads) {
    learn::ClassifierParameters classifier;
    classifier.classes = parameters.classes;
    classifier.columns = dataset.columns();
    classifier.seed = parameters.seed;
    classifier.threads = threads;
    classifier.settings = {{"epochs", parameters.epochs}, {"patience", parameters.patience}};
    classifier.attributes = {{"dataset", parameters.dataset}, {"dataset_digest", dataset.digest()}};
    return classifier;
}

/// probabilities: 0 × 0 while nothing is trained; then what needs them gives way to the cold start.
core::Result<active::RoundLists> drawLists(const RoundParameters& parameters, const TargetClasses& classes,
                                           const dataset::Dataset& dataset, const RowLabels& labels,
                                           const core::FloatMatrix& probabilities, int number,
                                           std::size_t threads, core::TaskContext& task) {
    active::QueryParameters query;
    BALMER_TRY(query.strategy, parameters.strategyMix());
    if (probabilities.empty() && query.strategy.needsProbabilities()) query.strategy = active::coldStart();
    query.oracle = static_cast<std::size_t>(parameters.batch);
    query.performanceEstimate = static_cast<std::size_t>(parameters.estimate);
    query.candidates = static_cast<std::size_t>(parameters.candidates);
    core::FloatMatrix places;
    if (query.strategy.needsEmbedding()) places = active::scaledRows(dataset.flux());
    std::vector<std::size_t> labelled;
    for (std::size_t row = 0; row < labels.classIndex.size(); ++row)
        if (labels.classIndex[row] >= 0) labelled.push_back(row);
    return active::drawRound({.probabilities = probabilities.view(),
                              .embedding = places.view(),
                              .excluded = labels.judged,
                              .labelled = labelled,
                              .classes = classes.classes,
                              .targets = classes.targets,
                              .seed = parameters.seed + static_cast<std::uint64_t>(number),
                              .threads = threads},
                             query, task);
}

void addItems(store::RoundRecord& record, active::RoundList list,
              const std::vector<active::ListedSpectrum>& listed, const dataset::Dataset& dataset,
              const std::vector<std::string>& classes) {
    int rank = 0;
    for (const auto& each : listed)
        record.items.push_back({list, ++rank, dataset.ids()[each.row],
                                each.predicted < 0 ? "" : classes[static_cast<std::size_t>(each.predicted)],
                                each.probability, each.entropy, each.reason});
}

/// The table's answers as label events, as if a person had given them.
core::Status answer(const Run& run, const store::RoundRecord& round, const Truth& truth) {
    std::vector<active::LabelEvent> events;
    std::set<std::string> answered;
    for (const auto& item : round.items) {
        if (item.list == active::RoundList::Candidates) continue;
        const auto found = truth.find(item.spectrum);
        if (found == truth.end() || !answered.insert(item.spectrum).second) continue;
        active::LabelEvent event;
        event.spectrum = item.spectrum;
        event.className = found->second;
        event.who = run.environment.who;
        event.view = oracleView;
        event.model = round.model;
        event.round = round.number;
        event.list = item.list;
        events.push_back(std::move(event));
    }
    BALMER_TRY(auto act, run.project().labels().beginAct());
    BALMER_CHECK(act.appendAll(events));
    return act.finish();
}

core::Result<jobs::Outcome> runRound(const RoundParameters& parameters, const Run& run) {
    BALMER_TRY(const auto classes, targetClasses(parameters.classes, parameters.targets, parameters.profile));
    BALMER_TRY(const auto dataset, openDataset(run.project(), parameters.dataset));
    Truth truth;
    if (!parameters.oracle.empty()) {
        BALMER_TRY(truth, readTruth(run, parameters.oracle, parameters.classes));
    }
    const auto began = std::chrono::steady_clock::now();
    auto& rounds = run.project().rounds();
    BALMER_TRY(const auto previous, rounds.latest(parameters.dataset, parameters.classes));
    if (previous) BALMER_CHECK(judgeRound(run.project(), previous->id));
    const int number = previous ? previous->number + 1 : 1;
    BALMER_TRY(const auto labels, rowLabels(run.project(), dataset, parameters.classes));
    const SimulationParameters simulation{static_cast<std::size_t>(parameters.simulated),
                                          static_cast<std::size_t>(parameters.enough), parameters.seed};
    const auto plan = planTraining(classes, labels, simulation);
    BALMER_TRY(const auto* const kind, learn::classifierNamed("network"));
    RankedPool ranked;
    active::RoundLists lists;
    const std::size_t threads = run.threads(parameters.threads);
    if (plan.withoutExamples.empty()) {
        auto task = run.task.part(0, 0.9);
        const auto classifier = classifierOf(parameters, dataset, threads);
        BALMER_TRY(ranked, trainAndRank(*kind, classifier, dataset, classes, labels, plan, simulation, task));
    }
    BALMER_CHECK(run.task.checkpoint(ranked.model ? 0.9 : 0, "drawing the lists"));
    auto drawing = run.task.part(ranked.model ? 0.9 : 0, 1);
    BALMER_TRY(lists, drawLists(parameters, classes, dataset, labels, ranked.probabilities, number, threads,
                                drawing));
    if (!ranked.model && lists.oracle.empty())
        return core::fail(core::ErrorCode::InvalidArgument,
                          "no spectrum is labelled \"" + plan.withoutExamples.front() +
                              "\", and none is left to ask about; leave that class out, or import "
                              "labels of it");
    // From here on it is kept, and nothing asks whether to stop: a round is there with all that belongs to
    // it.
    jobs::Outcome outcome;
    store::RoundRecord round;
    if (ranked.model) {
        BALMER_TRY(const auto artefact, keepModel(run, *kind, *ranked.model));
        BALMER_CHECK(keepScores(run.project(), parameters.dataset, parameters.classes, dataset.flux(),
                                ranked.probabilities.view(), run.job.id, artefact.digest));
        round.model = artefact.digest;
        outcome.artefacts = {artefact};
    }
    round.dataset = parameters.dataset;
    round.classes = parameters.classes;
    round.targets = parameters.targets;
    round.job = run.job.id;
    round.parameters = run.job.spec.parameters;
    addItems(round, active::RoundList::Oracle, lists.oracle, dataset, parameters.classes);
    addItems(round, active::RoundList::PerformanceEstimate, lists.performanceEstimate, dataset,
             parameters.classes);
    addItems(round, active::RoundList::Candidates, lists.candidates, dataset, parameters.classes);
    BALMER_TRY(round, rounds.add(round));
    if (!parameters.oracle.empty()) {
        BALMER_CHECK(answer(run, round, truth));
        BALMER_CHECK(judgeRound(run.project(), round.id));
        BALMER_TRY(round, rounds.get(round.id));
    }

    json counts = json::object(), trainedOn = json::object();
    for (std::size_t k = 0; k < parameters.classes.size(); ++k)
        trainedOn[parameters.classes[k]] = labels.countByClass[k];
    if (ranked.model) {
        const auto byClass = countByClass(ranked.probabilities.view());
        for (std::size_t k = 0; k < byClass.size(); ++k)
            counts[parameters.classes[k]] = byClass[k];
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    json result{{"round", round.number},
                {"dataset", parameters.dataset},
                {"model", ranked.model ? json(modelName(run.job)) : json(nullptr)},
                {"labels", std::move(trainedOn)},
                {"simulated", plan.simulated && ranked.model},
                {"without_examples", plan.withoutExamples},
                {"counts", std::move(counts)},
                {"seconds", seconds.count()}};
    result.update(roundLists(round));
    result.update(roundPrecision(round));
    if (previous) {
        BALMER_TRY(const auto before, rounds.get(previous->id));
        result["previous"] = roundPrecision(before);
        result["previous"]["round"] = before.number;
        result["previous"].erase("judged");
    }
    if (!parameters.oracle.empty() && ranked.model)
        result["recall"] = recallOf(truth, dataset, classes, ranked.probabilities);
    outcome.resultJson = core::jsonText(result);
    return outcome;
}

} // namespace

JobKind roundKind(const Environment& environment) {
    using jobs::Change;
    const auto list = [](std::string_view name, std::string_view help) {
        return listField(
            name,
            objectField("",
                        {textField("id", ""), textField("class", ""), numberField("probability", ""),
                         numberField("entropy", ""), textField("reason", "")},
                        ""),
            help);
    };
    const auto estimate = [](std::string_view name, std::string_view help) {
        return orNull(numberField(name, help));
    };
    return makeKind<RoundParameters>(
        environment,
        {.kind = "round",
         .title = "Labelling round",
         .help = "one round of active learning: a network ranks the dataset and asks for what it is least "
                 "sure of",
         .command = "round",
         .changes = {Change::Rounds, Change::Columns, Change::Labels, Change::Models},
         .results =
             {countField("round", "its number"), textField("dataset", "the pool"),
              orNull(textField("model", "its name; none where nothing was trained")),
              mapField("labels", countField("", ""), "rows of each class that it learnt from"),
              booleanField("simulated", "taught with simulated rows, too"),
              orAbsent(listField("without_examples", textField("", ""),
                                 "classes without a label or a simulated row; while there are any, nothing "
                                 "is trained")),
              mapField("counts", countField("", ""), "rows for which a class is the most probable"),
              list(active::toString(active::RoundList::Oracle), "to be asked about"),
              list(active::toString(active::RoundList::PerformanceEstimate), "to judge the precision by"),
              list(active::toString(active::RoundList::Candidates), "best first"),
              estimate("precision", "of the candidates"), estimate("precision_lower_95", "its lower bound"),
              orNull(countField("judged", "labels that it rests on")), numberField("seconds", "it took")}},
        &runRound);
}

} // namespace balmer::workflow
