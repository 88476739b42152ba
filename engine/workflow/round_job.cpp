// round: one round of active learning: train, score the pool, draw the three lists, and take answers from a
// table where one is given. While a class has no example, nothing is trained: the round asks for labels
// first.

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/io/table_formats.h"
#include "engine/learn/classifiers.h"
#include "engine/store/label_log.h"
#include "engine/store/round_archive.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/models.h"
#include "engine/workflow/round_engine.h"
#include "engine/workflow/round_result.h"
#include "engine/workflow/rounds.h"
#include "engine/workflow/scores.h"
#include "engine/workflow/spectrum_source.h"
#include "engine/workflow/training_rows.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

struct RoundParameters {
    RoundChoices choices;
    int estimate = 30;
    int candidates = 100;
    std::string oracle;

    void declare(Fields& fields) {
        choices.declare(fields);
        fields.optional("estimate", estimate,
                        {.help = "random sample of the predicted targets, to judge the precision by",
                         .minimum = 0,
                         .more = true});
        fields.optional("candidates", candidates,
                        {.help = "length of the list of candidates; 0: all", .minimum = 0, .more = true});
        fields.optional("oracle", oracle,
                        {.help = "table of truth (id, label), as " + io::tableForms() +
                                 ", that answers both lists in your place",
                         .otherwise = "a person answers",
                         .names = Names::File,
                         .more = true});
    }

    Needs needs() const {
        Needs made{.datasets = {choices.dataset}, .labels = true, .rounds = true};
        if (!oracle.empty()) made.files = {oracle};
        return made;
    }
    core::Result<RoundParameters> tidy() const {
        auto made = *this;
        BALMER_CHECK(made.choices.tidy());
        return made;
    }
    core::Status validate() const { return choices.validate(); }
};

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
    const auto& choices = parameters.choices;
    BALMER_TRY(const auto classes, choices.targetClasses());
    BALMER_TRY(const auto dataset, openDataset(run.project(), choices.dataset));
    Truth truth;
    if (!parameters.oracle.empty()) {
        BALMER_TRY(truth, readTruth(run, parameters.oracle, choices.classes));
    }
    const auto began = std::chrono::steady_clock::now();
    auto& rounds = run.project().rounds();
    BALMER_TRY(const auto previous, rounds.latest(choices.dataset, choices.classes));
    if (previous) BALMER_CHECK(judgeRound(run.project(), previous->id));
    const int number = previous ? previous->number + 1 : 1;
    BALMER_TRY(const auto labels, rowLabels(run.project(), dataset, choices.classes));
    BALMER_TRY(const auto played, playRound(choices, classes, dataset, labels, number,
                                            static_cast<std::size_t>(parameters.estimate),
                                            static_cast<std::size_t>(parameters.candidates),
                                            run.threads(choices.threads), run.task));
    const auto& [kind, compared, ranked, plan, lists] = played;
    // From here on it is kept, and nothing asks whether to stop: a round is there with all that belongs to
    // it.
    jobs::Outcome outcome;
    store::RoundRecord round;
    if (ranked.model) {
        BALMER_TRY(const auto artefact, keepModel(run, *kind, *ranked.model));
        BALMER_CHECK(keepScores(run.project(), choices.dataset, choices.classes, dataset.flux(),
                                ranked.probabilities.view(), run.job.id, artefact.digest));
        round.model = artefact.digest;
        outcome.artefacts = {artefact};
    }
    round.dataset = choices.dataset;
    round.classes = choices.classes;
    round.targets = choices.targets;
    round.job = run.job.id;
    round.parameters = run.job.spec.parameters;
    addItems(round, active::RoundList::Oracle, lists.oracle, dataset, choices.classes);
    addItems(round, active::RoundList::PerformanceEstimate, lists.performanceEstimate, dataset,
             choices.classes);
    addItems(round, active::RoundList::Candidates, lists.candidates, dataset, choices.classes);
    BALMER_TRY(round, rounds.add(round));
    if (!parameters.oracle.empty()) {
        BALMER_CHECK(answer(run, round, truth));
        BALMER_CHECK(judgeRound(run.project(), round.id));
        BALMER_TRY(round, rounds.get(round.id));
    }

    json counts = json::object(), trainedOn = json::object();
    for (std::size_t k = 0; k < choices.classes.size(); ++k)
        trainedOn[choices.classes[k]] = labels.countByClass[k];
    if (ranked.model) {
        const auto byClass = countByClass(ranked.probabilities.view());
        for (std::size_t k = 0; k < byClass.size(); ++k)
            counts[choices.classes[k]] = byClass[k];
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    json result{{"round", round.number},
                {"dataset", choices.dataset},
                {"model", ranked.model ? json(modelName(run.job)) : json(nullptr)},
                {"model_kind", kind != nullptr ? json(kind->name) : json(nullptr)},
                {"labels", std::move(trainedOn)},
                {"simulated", plan.simulated && ranked.model},
                {"without_examples", plan.withoutExamples},
                {"counts", std::move(counts)},
                {"compared", compared},
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
         .help = "one round of active learning: a model ranks the dataset and asks about what helps it most",
         .command = "round",
         .changes = {Change::Rounds, Change::Columns, Change::Labels, Change::Models},
         .results =
             {countField("round", "its number"), textField("dataset", "the pool"),
              orAbsent(orNull(textField("model_kind", "what was trained"))),
              orNull(textField("model", "its name; none where nothing was trained")),
              orAbsent(mapField("compared", numberField("", ""),
                                "macro-F1 of the kinds of model that were compared by cross-validation")),
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
