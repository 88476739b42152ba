#include "engine/workflow/injected_rows.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "engine/core/random_stream.h"

namespace balmer::workflow {

bool TargetClasses::isTarget(int index) const {
    return std::binary_search(targets.begin(), targets.end(), index);
}

namespace {

using simulate::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 2> profileTable{
    {{"single-peak", Kind::SinglePeak}, {"double-peak", Kind::DoublePeak}}};

std::optional<Kind> profileFrom(std::string_view word) {
    for (const auto& [known, kind] : profileTable)
        if (known == word) return kind;
    return std::nullopt;
}

} // namespace

std::vector<std::string> simulatedTargets() {
    std::vector<std::string> names;
    for (const auto& [word, kind] : profileTable)
        names.emplace_back(simulate::toString(kind));
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
        const auto kind = profileFrom(word);
        if (!kind)
            return refuse("parameters.profile gives the class \"" + name + "\" the profile \"" + word +
                          "\"; there are single-peak and double-peak");
        const auto found = std::find(classes.begin(), classes.end(), name);
        const auto index = static_cast<int>(found - classes.begin());
        if (found == classes.end() || !made.isTarget(index))
            return refuse("parameters.profile names \"" + name + "\", which is not one of the targets");
        made.profiles.emplace(index, *kind);
    }
    for (const int target : made.targets)
        for (const auto& [word, kind] : profileTable)
            if (classes[static_cast<std::size_t>(target)] == simulate::toString(kind))
                made.profiles.emplace(target, kind); // unless it was given another
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

} // namespace

core::Status appendInjectedRows(const dataset::Dataset& dataset, const std::vector<std::size_t>& rows,
                                const TargetClasses& classes, const InjectionParameters& parameters,
                                core::TaskContext& task, TrainingRows& training) {
    const Windows windows(dataset);
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
        return core::fail(core::Error(error).during("putting simulated emission into the spectra"));
    };
    for (const auto& [target, kind] : classes.profiles) {
        std::size_t failures = 0;
        for (std::size_t made = 0; made < parameters.perClass;) {
            BALMER_CHECK(task.checkpoint(0, "simulating emission"));
            auto profile = simulate::drawProfile(random, kind);
            const auto window = windows.of(draw());
            // The width drawn is that of the light added to the star's own absorption, or, of a share of the
            // rows, what a measurement would give: there the absorption is filled first.
            const bool filled = random.uniform() < parameters.filledShare;
            if (const auto own = simulate::measureEquivalentWidth(window))
                profile.equivalentWidthAngstrom =
                    std::max(profile.equivalentWidthAngstrom, parameters.detection * own->errorAngstrom) -
                    (filled ? std::min(0.0, own->angstrom) : 0.0);
            auto row = simulate::injectEmission(window, profile, random);
            if (!row) {
                if (++failures > 2 * rows.size() + parameters.perClass) return useless(row.error());
                continue;
            }
            training.append(*row, target);
            ++made;
        }
    }
    const std::size_t others =
        std::clamp(rows.size(), parameters.perClass, parameters.othersOverClass * parameters.perClass);
    for (std::size_t made = 0, failures = 0; made < others;) {
        const auto row = draw();
        const double lot = random.uniform();
        auto changed = lot < 0.15   ? simulate::injectCosmicRay(windows.of(row), random)
                       : lot < 0.30 ? simulate::injectNebular(windows.of(row), random)
                       : lot < 0.45 ? simulate::injectFilledIn(windows.of(row), random)
                                    : core::Result<std::vector<float>>(std::vector<float>());
        if (!changed) {
            if (++failures > 2 * rows.size() + others) return useless(changed.error());
            continue;
        }
        training.appendScaled(changed->empty() ? dataset.flux().row(row) : std::span<const float>(*changed),
                              classes.background);
        ++made;
    }
    return {};
}

} // namespace balmer::workflow
