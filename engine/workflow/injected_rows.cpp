#include "engine/workflow/injected_rows.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "engine/core/random_stream.h"

namespace balmer::workflow {

bool TargetClasses::isTarget(int index) const {
    return std::binary_search(targets.begin(), targets.end(), index);
}

bool TargetClasses::canSimulate(int index, const RowLabels& labels) const {
    const auto found = profiles.find(index);
    return found != profiles.end() &&
           (found->second->draw != nullptr || labels.countByClass[static_cast<std::size_t>(index)] > 0);
}

std::vector<std::string> simulatedTargets() {
    std::vector<std::string> names;
    for (const auto& kind : simulate::profileKinds())
        if (!kind.className.empty()) names.emplace_back(kind.className);
    return names;
}

core::Result<TargetClasses> targetClasses(const std::vector<std::string>& classes,
                                          const std::vector<std::string>& targets,
                                          const std::map<std::string, std::string>& profiles) {
    const auto refuse = [](std::string sentence) {
        return core::fail(core::ErrorCode::InvalidArgument, std::move(sentence));
    };
    if (classes.size() < 2)
        return refuse(
            "parameters.classes needs at least two classes: what is looked for, and everything else");
    const std::set<std::string> different(classes.begin(), classes.end());
    if (different.size() != classes.size() || different.contains(""))
        return refuse("parameters.classes must be different from one another and not empty");
    if (targets.empty()) return refuse("parameters.targets must name at least one of the classes");
    TargetClasses made{classes, {}, -1, {}};
    for (const auto& target : targets) {
        const auto found = std::find(classes.begin(), classes.end(), target);
        if (found == classes.end())
            return refuse("parameters.targets names \"" + target + "\", which is not one of the classes");
        made.targets.push_back(static_cast<int>(found - classes.begin()));
    }
    std::sort(made.targets.begin(), made.targets.end());
    made.targets.erase(std::unique(made.targets.begin(), made.targets.end()), made.targets.end());
    for (int k = static_cast<int>(classes.size()) - 1; k >= 0; --k)
        if (!made.isTarget(k)) made.background = k;
    if (made.background < 0)
        return refuse("every class is a target; parameters.classes also needs one for everything else");
    for (const auto& [name, word] : profiles) {
        auto kind = simulate::profileNamed(word);
        if (!kind)
            return refuse("parameters.profile gives the class \"" + name +
                          "\" a profile that is none: " + kind.error().message());
        const auto found = std::find(classes.begin(), classes.end(), name);
        const auto index = static_cast<int>(found - classes.begin());
        if (found == classes.end() || !made.isTarget(index))
            return refuse("parameters.profile names \"" + name + "\", which is not one of the targets");
        made.profiles.emplace(index, *kind);
    }
    for (const int target : made.targets)
        for (const auto& kind : simulate::profileKinds())
            if (classes[static_cast<std::size_t>(target)] == kind.className)
                made.profiles.emplace(target, &kind); // unless it was given another
    return made;
}

namespace {

/// The window of one row, with its scale where the dataset knows it.
class Windows {
  public:
    explicit Windows(const dataset::Dataset& dataset) : dataset_(dataset) {
        const auto minima = dataset.column("scale_minimum"), maxima = dataset.column("scale_maximum");
        if (minima && maxima) {
            minima_ = *minima;
            maxima_ = *maxima;
        }
    }
    simulate::Window of(std::size_t row) const {
        simulate::Window window{dataset_.wavelengthAngstrom(), dataset_.flux().row(row), {}, {}};
        if (!minima_.empty()) {
            window.scaleMinimum = minima_[row];
            window.scaleMaximum = maxima_[row];
        }
        return window;
    }

  private:
    const dataset::Dataset& dataset_;
    std::span<const double> minima_, maxima_;
};

/// Smoothed over three samples.
void smooth(std::vector<float>& values) {
    const auto before = values;
    for (std::size_t i = 1; i + 1 < values.size(); ++i)
        values[i] = (before[i - 1] + 2 * before[i] + before[i + 1]) / 4;
}

/// What sets the labelled spectra of a class apart: their relative flux less the pool's median. One of them
/// after the other; those that have no window about Hα are left out.
std::vector<std::vector<float>> residualsOf(int target, const RowLabels& labels, const Windows& windows,
                                            const std::vector<std::size_t>& rows) {
    constexpr std::size_t enoughForMedian = 500;
    std::vector<std::vector<float>> pool, residuals;
    for (std::size_t i = 0; i < std::min(rows.size(), enoughForMedian); ++i)
        if (auto relative = simulate::relativeFlux(
                windows.of(rows[i * rows.size() / std::min(rows.size(), enoughForMedian)])))
            pool.push_back(std::move(*relative));
    if (pool.empty()) return {};
    std::vector<float> median(pool.front().size()), sample(pool.size());
    for (std::size_t i = 0; i < median.size(); ++i) {
        std::ranges::transform(pool, sample.begin(), [i](const auto& each) { return each[i]; });
        std::ranges::nth_element(sample, sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 2));
        median[i] = sample[sample.size() / 2];
    }
    for (std::size_t row = 0; row < labels.classIndex.size(); ++row) {
        if (labels.classIndex[row] != target) continue;
        auto residual = simulate::relativeFlux(windows.of(row));
        if (!residual) continue;
        for (std::size_t i = 0; i < median.size(); ++i)
            (*residual)[i] -= median[i];
        smooth(*residual);
        residuals.push_back(std::move(*residual));
    }
    return residuals;
}

/// Rows of one class: how each is made of a window.
class Planting {
  public:
    Planting(const simulate::ProfileKind& kind, const InjectionParameters& parameters,
             std::vector<std::vector<float>> residuals)
        : kind_(kind), parameters_(parameters), residuals_(std::move(residuals)) {}

    core::Result<std::vector<float>> into(const simulate::Window& window, core::RandomStream& random) const {
        if (kind_.draw == nullptr) {
            if (residuals_.empty())
                return core::fail(core::ErrorCode::InvalidArgument,
                                  "none of the labelled spectra can be transplanted: they have no window "
                                  "about Hα");
            const auto& residual = residuals_[random.below(residuals_.size())];
            return simulate::injectResidual(window, residual, std::exp(random.normal(0, 0.3)));
        }
        auto shape = kind_.draw(random, {});
        // The width drawn is that of the light added to the star's own absorption, or, of a share of the
        // rows, what a measurement would give: there the absorption is filled first.
        const bool filled = random.uniform() < parameters_.filledShare;
        if (const auto own = simulate::measureEquivalentWidth(window)) {
            const double emission = simulate::emissionOf(shape);
            const double drawn = emission > 0 ? emission : -simulate::absorptionOf(shape);
            const double wanted = std::max(drawn, parameters_.detection * own->errorAngstrom) -
                                  (filled && emission > 0 ? std::min(0.0, own->angstrom) : 0.0);
            for (auto& each : shape)
                if ((each.equivalentWidthAngstrom > 0) == (emission > 0))
                    each.equivalentWidthAngstrom *= wanted / drawn;
        }
        return simulate::injectLine(window, shape, random);
    }

  private:
    const simulate::ProfileKind& kind_;
    const InjectionParameters& parameters_;
    std::vector<std::vector<float>> residuals_;
};

} // namespace

core::Status appendInjectedRows(const dataset::Dataset& dataset, const std::vector<std::size_t>& rows,
                                const TargetClasses& classes, const RowLabels& labels,
                                const InjectionParameters& parameters, core::TaskContext& task,
                                TrainingRows& training) {
    const Windows windows(dataset);
    const std::size_t wanted =
        std::clamp(rows.size(), parameters.perClass, parameters.variety * parameters.perClass);
    core::RandomStream random(parameters.seed, 1);
    std::vector<std::size_t> order;
    std::size_t next = 0;
    const auto draw = [&] {
        if (next == order.size()) {
            order = random.permutation(rows.size());
            next = 0;
        }
        return rows[order[next++]];
    };
    const auto useless = [](const core::Error& error) {
        return core::fail(core::Error(error).during("putting simulated lines into the spectra"));
    };
    for (const auto& [target, kind] : classes.profiles) {
        if (!classes.canSimulate(target, labels)) continue;
        const Planting planting(*kind, parameters,
                                kind->draw == nullptr ? residualsOf(target, labels, windows, rows)
                                                      : std::vector<std::vector<float>>());
        std::size_t failures = 0;
        for (std::size_t made = 0; made < wanted;) {
            BALMER_CHECK(task.checkpoint(0, "simulating lines"));
            auto row = planting.into(windows.of(draw()), random);
            if (!row) {
                if (++failures > 2 * rows.size() + wanted) return useless(row.error());
                continue;
            }
            training.append(*row, target);
            ++made;
        }
    }
    const bool nebulaeAreSought = std::ranges::any_of(
        classes.profiles, [](const auto& each) { return each.second->word == "nebular"; });
    for (std::size_t made = 0, failures = 0; made < wanted;) {
        const auto row = draw();
        const double lot = random.uniform();
        auto changed = lot < 0.15                        ? simulate::injectCosmicRay(windows.of(row), random)
                       : lot < 0.30 && !nebulaeAreSought ? simulate::injectNebular(windows.of(row), random)
                       : lot < 0.45                      ? simulate::injectFilledIn(windows.of(row), random)
                                    : core::Result<std::vector<float>>(std::vector<float>());
        if (!changed) {
            if (++failures > 2 * rows.size() + wanted) return useless(changed.error());
            continue;
        }
        training.appendScaled(changed->empty() ? dataset.flux().row(row) : std::span<const float>(*changed),
                              classes.background);
        ++made;
    }
    return {};
}

} // namespace balmer::workflow
