#include "engine/workflow/round_training.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/core/random_stream.h"
#include "engine/learn/prevalence.h"

namespace balmer::workflow {

namespace {

/// Labels count for more than simulated rows, the more so the fewer there are. They come in the scale of
/// those, so that the network cannot tell one from the other by the unit of the flux.
void repeatLabels(const TrainingRows& labelled, std::size_t perClass, TrainingRows& training) {
    std::map<int, std::size_t> counts;
    for (const int label : labelled.labels)
        ++counts[label];
    for (std::size_t i = 0; i < labelled.labels.size(); ++i) {
        const auto times = std::clamp<std::size_t>(2 * perClass / counts[labelled.labels[i]], 1, 8);
        for (std::size_t copy = 0; copy < times; ++copy)
            training.appendScaled(labelled.rows.row(i), labelled.labels[i]);
    }
}

core::Result<RankedPool> trainOn(const TrainingRows& training, const learn::ClassifierKind& kind,
                                 const learn::ClassifierParameters& classifier,
                                 const dataset::Dataset& dataset, core::TaskContext& task) {
    RankedPool ranked;
    BALMER_TRY(ranked.model, kind.make(classifier));
    auto looking = task.part(0, 0.1), learning = task.part(0.1, 0.9), scoring = task.part(0.9, 1);
    const ModelRows rows(dataset, kind);
    BALMER_CHECK(ranked.model->lookAt(rows.sample(ModelRows::mostLookedAt).view(), looking));
    BALMER_TRY([[maybe_unused]] const auto report,
               ranked.model->train(training.rows.view(), training.labels, learning));
    BALMER_TRY(ranked.probabilities, rows.predict(*ranked.model, scoring));
    return ranked;
}

} // namespace

TrainingPlan planTraining(const TargetClasses& classes, const RowLabels& labels,
                          const SimulationParameters& parameters) {
    TrainingPlan plan;
    const auto plants = [&](int index) { return classes.canSimulate(index, labels); };
    const auto simulates = [&](int index) { return plants(index) || index == classes.background; };
    if (parameters.perClass > 0 && std::ranges::any_of(classes.targets, plants))
        for (std::size_t k = 0; k < classes.classes.size(); ++k)
            plan.simulated = plan.simulated ||
                             (simulates(static_cast<int>(k)) && labels.countByClass[k] < parameters.enough);
    for (std::size_t k = 0; k < classes.classes.size(); ++k)
        if (labels.countByClass[k] == 0 && !(plan.simulated && simulates(static_cast<int>(k))))
            plan.withoutExamples.push_back(classes.classes[k]);
    plan.half.assign(labels.judged.size(), -1);
    if (!plan.simulated) return plan;
    core::RandomStream random(parameters.seed, 7);
    std::vector<std::size_t> open;
    for (std::size_t row = 0; row < labels.judged.size(); ++row)
        if (!labels.judged[row]) open.push_back(row);
    random.shuffle(std::span(open));
    const std::size_t used = std::min(open.size(), 2 * InjectionParameters().variety * parameters.perClass);
    for (std::size_t i = 0; i < used; ++i)
        plan.half[open[i]] = static_cast<int>(i % 2);
    return plan;
}

core::Result<RankedPool> trainAndRank(const learn::ClassifierKind& kind,
                                      const learn::ClassifierParameters& classifier,
                                      const dataset::Dataset& dataset, const TargetClasses& classes,
                                      const RowLabels& labels, const TrainingPlan& plan,
                                      const SimulationParameters& parameters, core::TaskContext& task) {
    const auto labelled = labelledRows(ModelRows(dataset, kind), labels);
    if (!plan.simulated) return trainOn(labelled, kind, classifier, dataset, task);
    RankedPool halves[2];
    for (int h = 0; h < 2; ++h) {
        std::vector<std::size_t> rows;
        for (std::size_t row = 0; row < plan.half.size(); ++row)
            if (plan.half[row] == h) rows.push_back(row);
        if (rows.empty())
            return core::fail(core::ErrorCode::InvalidArgument,
                              "the dataset has too few unlabelled spectra for a round; label the rest, then "
                              "`balmer learn`");
        auto part = task.part(0.5 * h, 0.5 * (h + 1));
        TrainingRows training;
        repeatLabels(labelled, parameters.perClass, training);
        BALMER_CHECK(appendInjectedRows(
            dataset, rows, classes, labels,
            {.perClass = parameters.perClass, .seed = parameters.seed * 2 + static_cast<std::uint64_t>(h)},
            part, training));
        BALMER_TRY(halves[h], trainOn(training, kind, classifier, dataset, part));
    }
    for (std::size_t row = 0; row < dataset.rows(); ++row)
        for (std::size_t k = 0; k < classes.classes.size(); ++k) {
            float& kept = halves[0].probabilities(row, k);
            const float other = halves[1].probabilities(row, k);
            if (plan.half[row] == 0) kept = other;
            if (plan.half[row] < 0) kept = (kept + other) / 2;
        }
    learn::adaptToPrevalence(halves[0].probabilities.view(), static_cast<std::size_t>(classes.background));
    return std::move(halves[0]);
}

} // namespace balmer::workflow
