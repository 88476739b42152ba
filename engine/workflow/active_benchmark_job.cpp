// active-benchmark: how fast a way of asking finds what is looked for, against a table of truth. Rounds are
// played in memory, each answered from the table; the project's labels, rounds and columns stay as they are.

#include <algorithm>
#include <chrono>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/io/table_formats.h"
#include "engine/learn/metrics.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/round_engine.h"
#include "engine/workflow/round_result.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

struct ActiveBenchmarkParameters {
    RoundChoices choices;
    std::string truth;
    int labels = 100;
    int seeds = 5;

    void declare(Fields& fields) {
        choices.declare(fields);
        fields.required("truth", truth,
                        {.help = "table of truth (id, label), as " + io::tableForms(), .names = Names::File});
        fields.optional("labels", labels,
                        {.help = "labels after which the comparison ends", .minimum = 0, .maximum = 1000000});
        fields.optional("seeds", seeds,
                        {.help = "times that it is played, from the seed on", .minimum = 1, .maximum = 1000});
    }
    Needs needs() const { return {.datasets = {choices.dataset}, .files = {truth}}; }
    core::Result<ActiveBenchmarkParameters> tidy() const {
        auto made = *this;
        BALMER_CHECK(made.choices.tidy());
        return made;
    }
    core::Status validate() const { return choices.validate(); }
};

/// The class of each row by the table; −1 where it has none.
core::Result<std::vector<int>> trueClasses(const Run& run, const ActiveBenchmarkParameters& parameters,
                                           const dataset::Dataset& dataset) {
    BALMER_TRY(const auto truth, readTruth(run, parameters.truth, parameters.choices.classes));
    std::vector<int> classes(dataset.rows(), -1);
    for (std::size_t row = 0; row < dataset.rows(); ++row)
        if (const auto found = truth.find(dataset.ids()[row]); found != truth.end())
            classes[row] = static_cast<int>(std::ranges::find(parameters.choices.classes, found->second) -
                                            parameters.choices.classes.begin());
    if (std::ranges::all_of(classes, [](int known) { return known < 0; }))
        return core::fail(core::ErrorCode::InvalidArgument,
                          "parameters.truth names no spectrum of the dataset " + parameters.choices.dataset);
    return classes;
}

/// The catalogue as it would stand now: what is labelled has its label, the rest what the model says.
json standing(const RowLabels& labels, const PlayedRound& played, const std::vector<int>& truth,
              const TargetClasses& classes, double seconds) {
    std::vector<int> known, catalogue;
    const auto predicted = learn::mostProbable(played.ranked.probabilities.view());
    std::size_t given = 0, found = 0;
    for (std::size_t row = 0; row < truth.size(); ++row) {
        given += labels.judged[row];
        if (truth[row] < 0) continue;
        const bool labelled = labels.classIndex[row] >= 0;
        found += labelled && classes.isTarget(truth[row]);
        known.push_back(truth[row]);
        const int said = labelled ? labels.classIndex[row] : predicted.empty() ? -1 : predicted[row];
        catalogue.push_back(said < 0 ? classes.background : said);
    }
    const auto metrics = learn::measure(known, catalogue, classes.classes.size()).value();
    double recall = 0, precision = 0, f1 = 0;
    json byClass = json::object();
    for (const int target : classes.targets) {
        const auto& each = metrics.classes[static_cast<std::size_t>(target)];
        const auto share = 1.0 / static_cast<double>(classes.targets.size());
        recall += share * each.recall;
        precision += share * each.precision;
        f1 += share * each.f1;
        byClass[classes.classes[static_cast<std::size_t>(target)]] = each.f1;
    }
    return {{"labels", given},
            {"found", found},
            {"recall", recall},
            {"precision", precision},
            {"f1", f1},
            {"f1_by_class", std::move(byClass)},
            {"model_kind", played.kind != nullptr ? json(played.kind->name) : json(nullptr)},
            {"seconds", seconds}};
}

core::Result<json> play(const ActiveBenchmarkParameters& parameters, std::uint64_t seed, const Run& run,
                        const dataset::Dataset& dataset, const std::vector<int>& truth,
                        core::TaskContext task) {
    auto choices = parameters.choices;
    choices.seed = seed;
    BALMER_TRY(const auto classes, choices.targetClasses());
    RowLabels labels{std::vector<int>(dataset.rows(), -1), std::vector<unsigned char>(dataset.rows(), 0),
                     std::vector<std::size_t>(choices.classes.size(), 0)};
    json rounds = json::array();
    const auto wanted = static_cast<std::size_t>(parameters.labels);
    for (int number = 1;; ++number) {
        const auto given = static_cast<std::size_t>(std::ranges::count(labels.judged, 1));
        const double done = std::min(1.0, double(given) / double(std::max<std::size_t>(1, wanted)));
        BALMER_CHECK(task.checkpoint(done, "seed " + std::to_string(seed)));
        core::TaskContext quiet(task.stopToken(), {});
        const auto began = std::chrono::steady_clock::now();
        BALMER_TRY(const auto played, playRound(choices, classes, dataset, labels, number, 0, 1,
                                                run.threads(choices.threads), quiet));
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
        rounds.push_back(standing(labels, played, truth, classes, seconds.count()));
        if (given >= wanted || played.lists.oracle.empty()) return rounds;
        for (const auto& asked : played.lists.oracle) {
            labels.judged[asked.row] = 1;
            const int answer = truth[asked.row];
            labels.classIndex[asked.row] = answer;
            if (answer >= 0) ++labels.countByClass[static_cast<std::size_t>(answer)];
        }
    }
}

core::Result<jobs::Outcome> compare(const ActiveBenchmarkParameters& parameters, const Run& run) {
    BALMER_TRY(const auto dataset, openDataset(run.project(), parameters.choices.dataset));
    BALMER_TRY(const auto truth, trueClasses(run, parameters, dataset));
    json curves = json::array();
    for (int i = 0; i < parameters.seeds; ++i) {
        const auto seed = parameters.choices.seed + static_cast<std::uint64_t>(i);
        BALMER_TRY(auto rounds,
                   play(parameters, seed, run, dataset, truth,
                        run.task.part(double(i) / parameters.seeds, double(i + 1) / parameters.seeds)));
        curves.push_back({{"strategy", parameters.choices.strategy},
                          {"model", parameters.choices.model},
                          {"seed", seed},
                          {"rounds", std::move(rounds)}});
    }
    jobs::Outcome outcome;
    outcome.resultJson =
        core::jsonText(json{{"dataset", parameters.choices.dataset}, {"curves", std::move(curves)}});
    return outcome;
}

} // namespace

JobKind activeBenchmarkKind(const Environment& environment) {
    return makeKind<ActiveBenchmarkParameters>(
        environment,
        {.kind = "active-benchmark",
         .title = "Compare ways of asking",
         .help = "how few labels a way of asking needs, against a table of truth; nothing is kept of it",
         .command = "active-benchmark",
         .results = {textField("dataset", "the pool"),
                     listField("curves",
                               objectField(
                                   "",
                                   {textField("strategy", "of the questions"),
                                    textField("model", "as it was chosen"), countField("seed", ""),
                                    listField("rounds",
                                              objectField("",
                                                          {countField("labels", "given before it"),
                                                           countField("found", "targets among them"),
                                                           numberField("recall", "mean over the targets"),
                                                           numberField("precision", "mean over the targets"),
                                                           numberField("f1", "mean over the targets"),
                                                           numberField("seconds", "it took")},
                                                          ""),
                                              "what the catalogue, of labels and predictions, was worth")},
                                   ""),
                               "one a seed")}},
        &compare);
}

} // namespace balmer::workflow
