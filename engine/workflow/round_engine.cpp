#include "engine/workflow/round_engine.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/core/utf8.h"
#include "engine/learn/classifiers.h"
#include "engine/learn/cross_validation.h"
#include "engine/workflow/model_rows.h"

namespace balmer::workflow {
namespace {

/// Which spectra are asked about where nobody has said so: of the network what it is least sure of (the
/// paper); of a committee, whose targets are rare and few, mostly what looks most like them.
constexpr std::string_view automaticStrategy = "auto";
constexpr std::string_view networkStrategy = "entropy",
                           committeeStrategy = "most-likely:0.5,margin:0.2,anomalous:0.3";

/// The place of a spectrum in the pool is given by so many principal components: those that follow are mostly
/// noise.
constexpr std::size_t placeComponents = 8;

/// The network of a round has a quarter of the paper's channels and looks at five samples at once: as right
/// about simulated lines in twenty thousand spectra, in a sixth of the time.
constexpr int quickWidth = 16, quickKernel = 5;

const learn::ClassifierKind& kindNamed(std::string_view name) {
    return *learn::classifierNamed(name).value();
}

std::vector<std::string> modelChoices() {
    std::vector<std::string> words{std::string(automaticModel)};
    for (const auto& kind : learn::classifierKinds())
        words.emplace_back(kind.name);
    return words;
}

/// The kind that is trained, and from what: only the network is taught with simulated lines.
const learn::ClassifierKind& chooseKind(const RoundChoices& choices, const TargetClasses& classes,
                                        const RowLabels& labels, TrainingPlan& plan) {
    const auto& network = kindNamed("network");
    plan = planTraining(classes, labels, choices.simulation());
    if (choices.model == network.name ||
        (choices.model == automaticModel && plan.simulated && network.available()))
        return network;
    auto labelsAlone = choices.simulation();
    labelsAlone.perClass = 0;
    plan = planTraining(classes, labels, labelsAlone);
    return kindNamed(choices.model == automaticModel ? "committee" : choices.model);
}

core::Result<active::Mix> mixFor(const RoundChoices& choices, const learn::ClassifierKind* kind) {
    if (choices.strategy != automaticStrategy) return active::parseMix(choices.strategy);
    return active::parseMix(kind == nullptr || kind->name == "network" ? networkStrategy : committeeStrategy);
}

/// Where each spectrum lies in the pool.
core::Result<core::FloatMatrix> placesIn(const dataset::Dataset& dataset, std::size_t threads,
                                         core::TaskContext& task) {
    const ModelRows rows(dataset, kindNamed("committee"));
    auto learning = task.part(0, 0.5), looking = task.part(0.5, 1);
    BALMER_TRY(const auto features, rows.features(placeComponents, threads, learning));
    const std::size_t components = features.count() - 1; // without the length of what they leave over
    core::FloatMatrix places(dataset.rows(), components);
    const auto place = [&](std::size_t first, core::FloatView piece) -> core::Status {
        BALMER_CHECK(looking.checkpoint(double(first) / double(dataset.rows()), "looking over the pool"));
        core::TaskContext quiet(task.stopToken(), {});
        BALMER_TRY(const auto found, features.of(piece, threads, quiet));
        for (std::size_t row = 0; row < piece.rows(); ++row)
            std::ranges::copy(found.row(row).first(components), places.row(first + row).begin());
        return {};
    };
    BALMER_CHECK(rows.inPieces(place));
    return places;
}

learn::ClassifierParameters classifierFor(const RoundChoices& choices, const learn::ClassifierKind& kind,
                                          const dataset::Dataset& dataset, std::size_t threads) {
    learn::ClassifierParameters classifier;
    classifier.classes = choices.classes;
    classifier.columns = dataset.columns();
    classifier.seed = choices.seed;
    classifier.threads = threads;
    if (kind.name == "network")
        classifier.settings = {{"epochs", choices.epochs},
                               {"patience", choices.patience},
                               {"width", quickWidth},
                               {"kernel", quickKernel}};
    classifier.attributes = describeInput(choices.dataset, dataset);
    return classifier;
}

/// Labels a class, at least, by which two kinds of classifier are compared, and the parts of that.
constexpr std::size_t enoughToCompare = 20;
constexpr int comparedFolds = 3;
/// The network must be better by so much to be worth its time.
constexpr double clearGain = 0.01;

core::Result<double> crossValidated(const RoundChoices& choices, const learn::ClassifierKind& kind,
                                    const dataset::Dataset& dataset, const RowLabels& labels,
                                    std::size_t threads, core::TaskContext& task) {
    const ModelRows rows(dataset, kind);
    const auto training = labelledRows(rows, labels);
    const auto pool = rows.sample(ModelRows::mostLookedAt);
    const auto make = [&](int) -> core::Result<std::unique_ptr<learn::Classifier>> {
        BALMER_TRY(auto classifier, kind.make(classifierFor(choices, kind, dataset, threads)));
        core::TaskContext quiet(task.stopToken(), {});
        BALMER_CHECK(classifier->lookAt(pool.view(), quiet));
        return classifier;
    };
    BALMER_TRY(const auto validation,
               learn::crossValidate(training.rows.view(), training.labels,
                                    {.folds = comparedFolds, .seed = choices.seed}, make, task));
    return validation.metrics.macroF1;
}

/// Where labels alone teach and there are enough of them: the better of committee and network.
core::Result<const learn::ClassifierKind*>
betterKind(const RoundChoices& choices, const dataset::Dataset& dataset, const RowLabels& labels,
           std::size_t threads, core::TaskContext& task, std::map<std::string, double>& compared) {
    const auto &committee = kindNamed("committee"), &network = kindNamed("network");
    if (!network.available() || std::ranges::min(labels.countByClass) < enoughToCompare) return &committee;
    for (const auto* const kind : {&committee, &network}) {
        auto part = kind == &committee ? task.part(0, 0.2) : task.part(0.2, 1);
        BALMER_TRY(compared[std::string(kind->name)],
                   crossValidated(choices, *kind, dataset, labels, threads, part));
    }
    return compared["network"] > compared["committee"] + clearGain ? &network : &committee;
}

} // namespace

void RoundChoices::declare(Fields& fields) {
    fields.required("dataset", dataset, {.help = "the pool of spectra to rank", .names = Names::Dataset});
    fields.optional("classes", classes,
                    {.help = "all classes; the first that is not a target stands for everything else; the "
                             "digit keys follow this order"});
    fields.optional("targets", targets,
                    {.help = "the classes that are looked for",
                     .otherwise = core::joinQuoted(simulatedTargets()) + ", as far as they are classes"});
    fields.optional("batch", batch, {.help = "spectra to ask about", .minimum = 1});
    fields.optional("model", model,
                    {.help =
                         "what judges the pool; auto: the network while simulated lines teach it a class "
                         "of few labels, else the committee, or the network where cross-validation on the "
                         "labels finds it better",
                     .choices = modelChoices()});
    fields.optional("strategy", strategy,
                    {.help = "which spectra are asked about: auto (" + std::string(networkStrategy) +
                             " with the network, else " + std::string(committeeStrategy) +
                             "), one word or several with their shares: " + active::strategiesHelp(),
                     .more = true});
    fields.optional("profile", profile,
                    {.help = "the line about Hα that is planted in spectra for a target while its labels are "
                             "few, TARGET=PROFILE: " +
                             simulate::describeProfiles() +
                             "; a target that is called as one of them (single peak) has it",
                     .more = true});
    fields.optional(
        "simulated", simulated,
        {.help = "simulated rows a class while labels are few; 0: labels alone", .minimum = 0, .more = true});
    fields.optional("enough", enough,
                    {.help = "labels a class from which no simulated rows are used any more",
                     .minimum = 1,
                     .more = true});
    fields.optional("epochs", epochs,
                    {.help = "passes of the network over the training rows, at most",
                     .minimum = 0,
                     .otherwise = "as many as 240 steps need",
                     .more = true});
    fields.optional("patience", patience,
                    {.help = "epochs of the network without a gain before its training stops",
                     .minimum = 1,
                     .more = true});
    fields.optional("seed", seed, seedField());
    fields.optional("threads", threads, threadsField());
}

core::Status RoundChoices::tidy() {
    BALMER_TRY(classes, core::tidyNames(classes));
    BALMER_TRY(targets, core::tidyNames(targets));
    std::map<std::string, std::string> tidied;
    for (const auto& [target, word] : profile) {
        BALMER_TRY(auto name, core::tidyName(target));
        tidied.emplace(std::move(name), word);
    }
    profile = std::move(tidied);
    if (strategy != automaticStrategy) {
        BALMER_TRY(const auto mix, mixFor(*this, nullptr));
        strategy = active::toString(mix);
    }
    if (!targets.empty()) return {};
    for (const auto& target : simulatedTargets())
        if (std::ranges::find(classes, target) != classes.end()) targets.push_back(target);
    if (!targets.empty()) return {};
    return core::fail(core::ErrorCode::InvalidArgument,
                      "parameters.targets must say which of the classes are looked for; they are " +
                          core::joinQuoted(classes));
}

core::Status RoundChoices::validate() const {
    BALMER_TRY([[maybe_unused]] const auto meant, targetClasses());
    auto mix = mixFor(*this, nullptr);
    if (!mix) return core::fail(std::move(mix.error().during("reading parameters.strategy")));
    return {};
}

core::Result<TargetClasses> RoundChoices::targetClasses() const {
    return workflow::targetClasses(classes, targets, profile);
}

SimulationParameters RoundChoices::simulation() const {
    return {static_cast<std::size_t>(simulated), static_cast<std::size_t>(enough), seed};
}

core::Result<PlayedRound> playRound(const RoundChoices& choices, const TargetClasses& classes,
                                    const dataset::Dataset& dataset, const RowLabels& labels, int number,
                                    std::size_t estimate, std::size_t candidates, std::size_t threads,
                                    core::TaskContext& task) {
    PlayedRound played;
    const auto* kind = &chooseKind(choices, classes, labels, played.plan);
    const bool trains = played.plan.withoutExamples.empty();
    const bool compares = trains && choices.model == automaticModel && !played.plan.simulated;
    if (compares) {
        auto comparing = task.part(0, 0.3);
        BALMER_TRY(kind, betterKind(choices, dataset, labels, threads, comparing, played.compared));
    }
    const auto train = [&](const learn::ClassifierKind& each, const TrainingPlan& plan,
                           core::TaskContext& part) {
        return trainAndRank(each, classifierFor(choices, each, dataset, threads), dataset, classes, labels,
                            plan, choices.simulation(), part);
    };
    active::QueryParameters query;
    BALMER_TRY(query.strategy, mixFor(choices, trains ? kind : nullptr));
    auto labelsAlone = choices.simulation();
    labelsAlone.perClass = 0;
    const auto plan = planTraining(classes, labels, labelsAlone);
    // What the wished-for strategy needs is not there yet: until it is, what is asked leads there.
    const bool comparable = plan.withoutExamples.empty();
    if (query.strategy.needsCommittee() && !comparable && trains) {
        BALMER_TRY(query.strategy, active::parseMix(networkStrategy));
    }
    if (!trains && (query.strategy.needsProbabilities() || query.strategy.needsCommittee()))
        query.strategy = active::coldStart();
    if (trains) {
        auto training = task.part(compares ? 0.3 : 0, 0.8);
        played.kind = kind;
        BALMER_TRY(played.ranked, train(*kind, played.plan, training));
    }
    auto drawing = task.part(trains ? 0.8 : 0, 1);
    query.oracle = static_cast<std::size_t>(choices.batch);
    query.performanceEstimate = estimate;
    query.candidates = candidates;
    active::StrategyInput input{.probabilities = played.ranked.probabilities.view(),
                                .excluded = labels.judged,
                                .classes = classes.classes,
                                .targets = classes.targets,
                                .seed = choices.seed + static_cast<std::uint64_t>(number),
                                .threads = threads};
    std::vector<RankedPool> members;
    if (query.strategy.needsCommittee()) {
        // Those that may disagree: both members of the committee, by labels alone, and the model of the
        // round.
        for (const char* const name : {"svm", "trees"}) {
            auto part = drawing.part(0, 0.4);
            BALMER_TRY(auto member, train(kindNamed(name), plan, part));
            members.push_back(std::move(member));
        }
        for (const auto& member : members)
            input.committee.push_back(member.probabilities.view());
        input.committee.push_back(played.ranked.probabilities.view());
    }
    core::FloatMatrix places;
    if (query.strategy.needsEmbedding()) {
        auto part = drawing.part(0.4, 0.8);
        BALMER_TRY(places, placesIn(dataset, threads, part));
        input.embedding = places.view();
    }
    std::vector<std::size_t> labelled;
    for (std::size_t row = 0; row < labels.classIndex.size(); ++row)
        if (labels.classIndex[row] >= 0) labelled.push_back(row);
    input.labelled = labelled;
    auto last = drawing.part(0.8, 1);
    BALMER_TRY(played.lists, active::drawRound(input, query, last));
    if (!trains && played.lists.oracle.empty())
        return core::fail(core::ErrorCode::InvalidArgument,
                          "no spectrum is labelled \"" + played.plan.withoutExamples.front() +
                              "\", and none is left to ask about; leave that class out, or import labels of "
                              "it");
    return played;
}

} // namespace balmer::workflow
