// round: one round of active learning: train, score the pool, draw the three lists, and take answers from a
// table where one is given.
//
// While a class has few labels, simulated emission in the user's own spectra teaches the network beside the
// labels. The pool's own rows then stand for "everything else" although some are targets; so two networks are
// trained, each on one half of these rows, and a row is scored by the one that has not seen it.

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "engine/active/precision.h"
#include "engine/active/query.h"
#include "engine/core/random_stream.h"
#include "engine/core/text_number.h"
#include "engine/core/utf8.h"
#include "engine/io/table_text.h"
#include "engine/learn/classifiers.h"
#include "engine/learn/metrics.h"
#include "engine/store/label_log.h"
#include "engine/store/round_archive.h"
#include "engine/workflow/injected_rows.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/models.h"
#include "engine/workflow/rounds.h"
#include "engine/workflow/scores.h"
#include "engine/workflow/spectrum_source.h"
#include "engine/workflow/training_rows.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

constexpr std::string_view randomStrategy = "random"; ///< to compare with

struct RoundParameters {
    std::string dataset;
    std::vector<std::string> classes{"other", "single peak", "double peak"};
    std::vector<std::string> targets{"single peak", "double peak"};
    int batch = 100;
    int estimate = 30;
    int candidates = 100;
    std::string strategy = "entropy";
    std::string oracle;
    int simulated = 400;
    int enough = 50;
    int epochs = 0;
    int patience = 10;
    std::uint64_t seed = 1;
    int threads = 0;

    void declare(Fields& fields) {
        auto strategies = core::wordsOf(active::queryStrategyWords);
        strategies.emplace_back(randomStrategy);
        fields.required("dataset", dataset, {.help = "the pool of spectra to rank", .names = Names::Dataset});
        fields.optional(
            "classes", classes,
            {.help = "all classes; the first that is no target stands for everything else; the digit keys "
                     "follow this order"});
        fields.optional("targets", targets, {.help = "the classes that are looked for"});
        fields.optional("batch", batch, {.help = "spectra to ask about", .minimum = 1});
        fields.optional("estimate", estimate,
                        {.help = "random sample of the predicted targets, to judge the precision by",
                         .minimum = 0,
                         .more = true});
        fields.optional("candidates", candidates,
                        {.help = "length of the list of candidates; 0: all", .minimum = 0, .more = true});
        fields.optional("strategy", strategy,
                        {.help = "which spectra are asked about; random is there to compare with",
                         .choices = std::move(strategies),
                         .more = true});
        fields.optional("oracle", oracle,
                        {.help = "table of truth (id, label) that answers both lists in your place",
                         .otherwise = "a person answers",
                         .names = Names::File,
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

    core::Status validate() const {
        BALMER_TRY([[maybe_unused]] const auto meant, targetClasses(classes, targets));
        return {};
    }
};

using Truth = std::map<std::string, std::string, std::less<>>;

core::Result<Truth> readTruth(const Run& run, const std::string& file,
                              const std::vector<std::string>& classes) {
    BALMER_TRY(const auto table, io::readTableText(run.file(file)));
    const auto id = table.column("id");
    const auto label = table.column("label") ? table.column("label") : table.column("class");
    if (!id || !label) return core::fail(core::ErrorCode::Format, file + " needs the columns id and label");
    Truth truth;
    for (const auto& row : table.rows) {
        BALMER_TRY(auto className, core::tidyName(row[*label]));
        if (std::find(classes.begin(), classes.end(), className) == classes.end())
            return core::fail(core::ErrorCode::InvalidArgument,
                              file + " calls " + row[*id] + " \"" + className +
                                  "\", which is not one of the classes; name it in --classes");
        truth.emplace(core::trimmed(row[*id]), std::move(className));
    }
    return truth;
}

/// What the network is taught in this round.
struct Lesson {
    bool simulated = false;
    std::vector<int> half; ///< one a row: 0 or 1 where the row was used as "everything else", −1 elsewhere
};

Lesson planLesson(const RoundParameters& parameters, const RowLabels& labels) {
    Lesson lesson;
    const auto few = [&](std::size_t count) { return count < static_cast<std::size_t>(parameters.enough); };
    lesson.simulated =
        parameters.simulated > 0 && std::any_of(labels.countByClass.begin(), labels.countByClass.end(), few);
    lesson.half.assign(labels.judged.size(), -1);
    if (!lesson.simulated) return lesson;
    core::RandomStream random(parameters.seed, 7);
    std::vector<std::size_t> open;
    for (std::size_t row = 0; row < labels.judged.size(); ++row)
        if (!labels.judged[row]) open.push_back(row);
    random.shuffle(std::span(open));
    const std::size_t used = std::min(open.size(), 2 * static_cast<std::size_t>(parameters.simulated));
    for (std::size_t i = 0; i < used; ++i)
        lesson.half[open[i]] = static_cast<int>(i % 2);
    return lesson;
}

/// Labels count for more than simulated rows, the more so the fewer there are. They come in the scale of
/// those, so that the network cannot tell one from the other by the unit of the flux.
void repeatLabels(const TrainingRows& labelled, const RoundParameters& parameters, TrainingRows& training) {
    std::map<int, int> counts;
    for (const int label : labelled.labels)
        ++counts[label];
    for (std::size_t i = 0; i < labelled.labels.size(); ++i) {
        const int times = std::clamp(2 * parameters.simulated / counts[labelled.labels[i]], 1, 8);
        for (int copy = 0; copy < times; ++copy)
            training.appendScaled(labelled.rows.row(i), labelled.labels[i]);
    }
}

struct Trained {
    std::unique_ptr<learn::Classifier> model;
    core::FloatMatrix probabilities;
};

core::Result<Trained> trainAndPredict(const learn::ClassifierKind& kind,
                                      const learn::ClassifierParameters& network,
                                      const TrainingRows& training, const dataset::Dataset& dataset,
                                      core::TaskContext& task) {
    Trained trained;
    BALMER_TRY(trained.model, kind.make(network));
    auto learning = task.part(0, 0.9), scoring = task.part(0.9, 1);
    BALMER_TRY([[maybe_unused]] const auto report,
               trained.model->train(training.rows.view(), training.labels, learning));
    BALMER_TRY(trained.probabilities, trained.model->predict(dataset.flux(), scoring));
    return trained;
}

core::Result<Trained> teach(const RoundParameters& parameters, const Run& run,
                            const learn::ClassifierKind& kind, const dataset::Dataset& dataset,
                            const TargetClasses& classes, const RowLabels& labels, const Lesson& lesson) {
    learn::ClassifierParameters network;
    network.classes = classes.classes;
    network.columns = dataset.columns();
    network.seed = parameters.seed;
    network.settings = {{"epochs", parameters.epochs}, {"patience", parameters.patience}};
    network.threads = run.threads(parameters.threads);
    network.attributes = {{"dataset", parameters.dataset}, {"dataset_digest", dataset.digest()}};
    const auto labelled = labelledRows(dataset, labels);
    if (!lesson.simulated) {
        auto task = run.task.part(0, 0.9);
        return trainAndPredict(kind, network, labelled, dataset, task);
    }
    Trained halves[2];
    for (int h = 0; h < 2; ++h) {
        std::vector<std::size_t> rows;
        for (std::size_t row = 0; row < lesson.half.size(); ++row)
            if (lesson.half[row] == h) rows.push_back(row);
        if (rows.empty())
            return core::fail(
                core::ErrorCode::InvalidArgument,
                "the dataset " + parameters.dataset +
                    " has too few unlabelled spectra for a round; label the rest, then `balmer learn`");
        auto task = run.task.part(0.45 * h, 0.45 * (h + 1));
        TrainingRows training;
        repeatLabels(labelled, parameters, training);
        BALMER_CHECK(appendInjectedRows(dataset, rows, classes,
                                        {.perClass = static_cast<std::size_t>(parameters.simulated),
                                         .seed = parameters.seed * 2 + static_cast<std::uint64_t>(h)},
                                        task, training));
        BALMER_TRY(halves[h], trainAndPredict(kind, network, training, dataset, task));
    }
    for (std::size_t row = 0; row < dataset.rows(); ++row)
        for (std::size_t k = 0; k < classes.classes.size(); ++k) {
            float& kept = halves[0].probabilities(row, k);
            const float other = halves[1].probabilities(row, k);
            if (lesson.half[row] == 0) kept = other;
            if (lesson.half[row] < 0) kept = (kept + other) / 2;
        }
    return std::move(halves[0]);
}

core::Result<active::RoundLists> drawLists(const RoundParameters& parameters, const TargetClasses& classes,
                                           const RowLabels& labels, const core::FloatMatrix& probabilities,
                                           int number) {
    active::QueryParameters query;
    const bool random = parameters.strategy == randomStrategy;
    if (!random) {
        BALMER_TRY(query.strategy, active::queryStrategyFrom(parameters.strategy));
    }
    query.oracle = static_cast<std::size_t>(parameters.batch);
    query.performanceEstimate = static_cast<std::size_t>(parameters.estimate);
    query.candidates = static_cast<std::size_t>(parameters.candidates);
    query.targets = classes.targets;
    query.seed = parameters.seed + static_cast<std::uint64_t>(number);
    if (random) query.oracle = probabilities.rows();
    BALMER_TRY(auto lists, active::drawRound(probabilities.view(), classes.classes, labels.judged, query));
    if (random) {
        core::RandomStream stream(query.seed, 11);
        stream.shuffle(std::span(lists.oracle));
        lists.oracle.resize(std::min(lists.oracle.size(), static_cast<std::size_t>(parameters.batch)));
        for (auto& listed : lists.oracle)
            listed.reason = "drawn at random";
    }
    return lists;
}

void addItems(store::RoundRecord& record, active::RoundList list,
              const std::vector<active::ListedSpectrum>& listed, const dataset::Dataset& dataset,
              const std::vector<std::string>& classes) {
    int rank = 0;
    for (const auto& each : listed)
        record.items.push_back({list, ++rank, dataset.ids()[each.row],
                                classes[static_cast<std::size_t>(each.predicted)], each.probability,
                                each.entropy, each.reason});
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
    constexpr auto batch = store::LabelLog::inOneWrite;
    for (std::size_t first = 0; first < events.size(); first += batch) {
        const auto some = std::span(events).subspan(first, std::min(batch, events.size() - first));
        BALMER_TRY([[maybe_unused]] const auto ids, run.project().labels().appendAll(some));
    }
    return {};
}

/// Share of the true members of each target class that the network finds, over the whole pool.
json recallOf(const Truth& truth, const dataset::Dataset& dataset, const TargetClasses& classes,
              const core::FloatMatrix& probabilities) {
    std::vector<std::size_t> there(classes.classes.size()), right(classes.classes.size());
    std::size_t anyThere = 0, anyFound = 0;
    const auto predicted = learn::mostProbable(probabilities.view());
    for (std::size_t row = 0; row < dataset.rows(); ++row) {
        const auto found = truth.find(dataset.ids()[row]);
        if (found == truth.end()) continue;
        const auto k = static_cast<std::size_t>(
            std::find(classes.classes.begin(), classes.classes.end(), found->second) -
            classes.classes.begin());
        ++there[k];
        right[k] += predicted[row] == static_cast<int>(k);
        anyThere += classes.isTarget(static_cast<int>(k));
        anyFound +=
            classes.isTarget(static_cast<int>(k)) && predicted[row] >= 0 && classes.isTarget(predicted[row]);
    }
    json recall{{"by_class", json::object()}, {"targets", nullptr}};
    for (const int k : classes.targets) {
        const auto index = static_cast<std::size_t>(k);
        recall["by_class"][classes.classes[index]] =
            there[index] ? json(static_cast<double>(right[index]) / static_cast<double>(there[index]))
                         : json(nullptr);
    }
    if (anyThere != 0) recall["targets"] = static_cast<double>(anyFound) / static_cast<double>(anyThere);
    return recall;
}

json describeItems(const store::RoundRecord& round, active::RoundList list) {
    json items = json::array();
    for (const auto& item : round.items)
        if (item.list == list)
            items.push_back({{"id", item.spectrum},
                             {"class", item.predicted},
                             {"probability", item.probability},
                             {"entropy", item.entropy},
                             {"reason", item.reason}});
    return items;
}

json describePrecision(const std::optional<active::PrecisionEstimate>& estimate, std::string_view field) {
    if (!estimate) return nullptr;
    if (field == "judged") return estimate->judged;
    return field == "lower" ? estimate->lowerBound : estimate->precision;
}

core::Result<jobs::Outcome> playRound(const RoundParameters& given, const Run& run) {
    auto parameters = given;
    BALMER_TRY(parameters.classes, core::tidyNames(given.classes));
    BALMER_TRY(parameters.targets, core::tidyNames(given.targets));
    BALMER_TRY(const auto classes, targetClasses(parameters.classes, parameters.targets));
    BALMER_TRY(const auto dataset, openDataset(run.project(), parameters.dataset));
    Truth truth;
    if (!parameters.oracle.empty()) {
        BALMER_TRY(truth, readTruth(run, parameters.oracle, parameters.classes));
    }
    const auto began = std::chrono::steady_clock::now();
    auto& rounds = run.project().rounds();
    BALMER_TRY(const auto previous, rounds.latest(parameters.dataset, parameters.classes));
    if (previous) BALMER_CHECK(judgeRound(run.project(), previous->id));
    BALMER_TRY(const auto labels, rowLabels(run.project(), dataset, parameters.classes));
    const auto lesson = planLesson(parameters, labels);
    if (!lesson.simulated) {
        for (std::size_t k = 0; k < parameters.classes.size(); ++k)
            if (labels.countByClass[k] == 0)
                return core::fail(
                    core::ErrorCode::InvalidArgument,
                    "no spectrum is labelled \"" + parameters.classes[k] +
                        "\"; label some, or let simulated rows stand in with parameters.simulated");
    }
    BALMER_TRY(const auto* const kind, learn::classifierNamed("network"));
    BALMER_TRY(const auto taught, teach(parameters, run, *kind, dataset, classes, labels, lesson));

    BALMER_CHECK(run.task.checkpoint(0.95, "drawing the lists"));
    const int number = previous ? previous->number + 1 : 1;
    BALMER_TRY(const auto lists, drawLists(parameters, classes, labels, taught.probabilities, number));
    // From here on it is kept, and nothing asks whether to stop: a round is there with all that belongs to
    // it.
    BALMER_TRY(const auto artefact, keepModel(run, *kind, *taught.model));
    BALMER_CHECK(keepScores(run.project(), parameters.dataset, parameters.classes,
                            taught.probabilities.view(), run.job.id, artefact.digest));

    store::RoundRecord round;
    round.dataset = parameters.dataset;
    round.classes = parameters.classes;
    round.targets = parameters.targets;
    round.model = artefact.digest;
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

    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    json counts = json::object();
    const auto byClass = countByClass(taught.probabilities.view());
    for (std::size_t k = 0; k < byClass.size(); ++k)
        counts[parameters.classes[k]] = byClass[k];
    json trainedOn = json::object();
    for (std::size_t k = 0; k < byClass.size(); ++k)
        trainedOn[parameters.classes[k]] = labels.countByClass[k];
    json result{{"round", round.number},
                {"dataset", parameters.dataset},
                {"model", modelName(run.job)},
                {"labels", std::move(trainedOn)},
                {"simulated", lesson.simulated},
                {"counts", std::move(counts)},
                {"precision", describePrecision(round.precision, "precision")},
                {"precision_lower_95", describePrecision(round.precision, "lower")},
                {"judged", describePrecision(round.precision, "judged")},
                {"seconds", seconds.count()}};
    for (const auto list : active::roundLists)
        result[std::string(active::toString(list))] = describeItems(round, list);
    if (previous) {
        BALMER_TRY(const auto before, rounds.get(previous->id));
        result["previous"] = {{"round", before.number},
                              {"precision", describePrecision(before.precision, "precision")},
                              {"precision_lower_95", describePrecision(before.precision, "lower")}};
    }
    if (!parameters.oracle.empty())
        result["recall"] = recallOf(truth, dataset, classes, taught.probabilities);
    jobs::Outcome outcome;
    outcome.artefacts = {artefact};
    outcome.resultJson = result.dump(-1, ' ', false, json::error_handler_t::replace);
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
              textField("model", "its name"),
              mapField("labels", countField("", ""), "rows of each class that it learnt from"),
              booleanField("simulated", "taught with simulated rows, too"),
              mapField("counts", countField("", ""), "rows for which a class is the most probable"),
              list(active::toString(active::RoundList::Oracle), "to be asked about"),
              list(active::toString(active::RoundList::PerformanceEstimate), "to judge the precision by"),
              list(active::toString(active::RoundList::Candidates), "best first"),
              estimate("precision", "of the candidates"), estimate("precision_lower_95", "its lower bound"),
              orNull(countField("judged", "labels that it rests on")), numberField("seconds", "it took")}},
        &playRound);
}

} // namespace balmer::workflow
