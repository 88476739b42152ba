#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "engine/simulate/emission_profile.h"
#include "engine/simulate/line_profiles.h"

namespace balmer::simulate {

namespace {

using core::ErrorCode;
using core::fail;

/// A window as flux, with its continuum at Hα and its noise.
struct Opened {
    std::vector<float> flux;
    double continuum = 0; ///< at Hα, > 0
    double noise = 0;     ///< standard deviation of a sample
};

double medianOf(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// The straight line through the medians of both sides beyond ± 20 Å, at Hα; one side alone where the other
/// has too few samples; the median of all where both have.
double continuumAtHalpha(std::span<const double> wavelength, std::span<const float> flux) {
    std::vector<double> x[2], y[2], all(flux.begin(), flux.end());
    for (std::size_t i = 0; i < flux.size(); ++i) {
        const double offset = wavelength[i] - halphaAngstrom;
        if (std::abs(offset) < 20) continue;
        x[offset > 0].push_back(offset);
        y[offset > 0].push_back(flux[i]);
    }
    const bool left = x[0].size() >= 4, right = x[1].size() >= 4;
    if (!left && !right) return medianOf(std::move(all));
    if (!left || !right) return medianOf(std::move(y[right]));
    const double x0 = medianOf(std::move(x[0])), x1 = medianOf(std::move(x[1]));
    const double y0 = medianOf(std::move(y[0])), y1 = medianOf(std::move(y[1]));
    return y0 + (y1 - y0) * (0 - x0) / (x1 - x0);
}

/// 1.4826 × the median of |2 fᵢ − fᵢ₋₁ − fᵢ₊₁| / √6, which neither slopes nor a few lines disturb.
double noiseOf(std::span<const float> flux) {
    std::vector<double> differences;
    differences.reserve(flux.size());
    for (std::size_t i = 1; i + 1 < flux.size(); ++i)
        differences.push_back(std::abs(2.0 * flux[i] - flux[i - 1] - flux[i + 1]));
    return 1.4826 * medianOf(std::move(differences)) / std::sqrt(6.0);
}

core::Result<Opened> open(const Window& window) {
    const auto wrong = [](const std::string& what) { return fail(ErrorCode::InvalidArgument, what); };
    const std::size_t n = window.values.size();
    if (window.wavelengthAngstrom.size() != n || n < 16)
        return wrong("a window needs at least 16 values and a wavelength for each");
    if (window.wavelengthAngstrom.front() > halphaAngstrom ||
        window.wavelengthAngstrom.back() < halphaAngstrom)
        return wrong("the window does not contain Hα (6564.6 Å in vacuum), where emission would be injected");
    for (const float value : window.values)
        if (!std::isfinite(value)) return wrong("a value of the window is not a finite number");
    const auto [low, high] = std::minmax_element(window.values.begin(), window.values.end());
    if (!(*high > *low)) return wrong("all values of the window are the same");

    Opened opened;
    opened.flux.assign(window.values.begin(), window.values.end());
    if (window.scaleMinimum && window.scaleMaximum && std::isfinite(*window.scaleMinimum) &&
        std::isfinite(*window.scaleMaximum) && *window.scaleMaximum > *window.scaleMinimum) {
        const double bottom = *window.scaleMinimum, extent = *window.scaleMaximum - bottom;
        for (float& value : opened.flux)
            value = static_cast<float>(bottom + (value + 1.0) / 2 * extent);
    }
    opened.continuum = continuumAtHalpha(window.wavelengthAngstrom, opened.flux);
    if (!(opened.continuum > 0)) {
        // A scaled row of unknown scale: its minimum is taken for half of the continuum, or, where the
        // continuum is the minimum (strong emission), its whole height for the continuum.
        const auto [bottom, top] = std::minmax_element(opened.flux.begin(), opened.flux.end());
        const double depth = opened.continuum - *bottom, extent = static_cast<double>(*top) - *bottom;
        const double level = depth > 0.1 * extent ? 2 * depth : extent;
        const double shift = level - opened.continuum;
        for (float& value : opened.flux)
            value = static_cast<float>(value + shift);
        opened.continuum = level;
    }
    opened.noise = noiseOf(opened.flux);
    return opened;
}

core::Result<std::vector<float>> rescaled(std::vector<float> flux) {
    const auto [low, high] = std::minmax_element(flux.begin(), flux.end());
    const double bottom = *low, extent = static_cast<double>(*high) - bottom;
    if (!(extent > 0) || !std::isfinite(extent))
        return fail(ErrorCode::InvalidArgument, "the window with its injected line cannot be scaled");
    for (float& value : flux)
        value = static_cast<float>((value - bottom) / extent * 2 - 1);
    return flux;
}

/// Adds to the window's flux the noise that the added light brings: variance in proportion to light.
void addNoise(Opened& opened, std::span<const float> added, core::RandomStream& random) {
    for (std::size_t i = 0; i < added.size(); ++i) {
        const double share = std::max(0.0, static_cast<double>(added[i]) / opened.continuum);
        // Drawn for every sample, so that a stream's later numbers do not depend on the line's width.
        const double draw = random.normal();
        opened.flux[i] += added[i] + static_cast<float>(opened.noise * std::sqrt(share) * draw);
    }
}

} // namespace

core::Result<std::vector<float>> injectLine(const Window& window, const LineShape& shape,
                                            core::RandomStream& random, double instrumentFwhmKmS) {
    BALMER_TRY(Opened opened, open(window));
    std::vector<float> emitted(opened.flux.size()), absorbed(opened.flux.size());
    for (const auto& each : shape)
        BALMER_CHECK(addEmission(window.wavelengthAngstrom,
                                 each.equivalentWidthAngstrom > 0 ? emitted : absorbed, opened.continuum,
                                 {.equivalentWidthAngstrom = each.equivalentWidthAngstrom,
                                  .fwhmKmS = each.fwhmKmS,
                                  .velocityKmS = each.velocityKmS},
                                 each.lineAngstrom, instrumentFwhmKmS));
    addNoise(opened, emitted, random);
    for (std::size_t i = 0; i < absorbed.size(); ++i)
        opened.flux[i] *=
            static_cast<float>(std::max(0.0, 1 + static_cast<double>(absorbed[i]) / opened.continuum));
    return rescaled(std::move(opened.flux));
}

core::Result<std::vector<float>> injectEmission(const Window& window, const EmissionProfile& profile,
                                                core::RandomStream& random, double instrumentFwhmKmS) {
    return injectLine(window, shapeOf(profile), random, instrumentFwhmKmS);
}

core::Result<std::vector<float>> relativeFlux(const Window& window) {
    BALMER_TRY(Opened opened, open(window));
    for (float& value : opened.flux)
        value = static_cast<float>(value / opened.continuum);
    return std::move(opened.flux);
}

core::Result<std::vector<float>> injectResidual(const Window& window, std::span<const float> residual,
                                                double scale) {
    constexpr double reachAngstrom = 45, fadingAngstrom = 15;
    BALMER_TRY(Opened opened, open(window));
    if (residual.size() != opened.flux.size())
        return fail(ErrorCode::InvalidArgument, "the residual has another length than the window");
    for (std::size_t i = 0; i < residual.size(); ++i) {
        const double offset = std::abs(window.wavelengthAngstrom[i] - halphaAngstrom);
        const double share = std::clamp((reachAngstrom - offset) / fadingAngstrom, 0.0, 1.0);
        opened.flux[i] +=
            static_cast<float>(share * scale * static_cast<double>(residual[i]) * opened.continuum);
    }
    return rescaled(std::move(opened.flux));
}

core::Result<EquivalentWidth> measureEquivalentWidth(const Window& window) {
    BALMER_TRY(const Opened opened, open(window));
    constexpr double halfExtentAngstrom = 12;
    const auto& wavelength = window.wavelengthAngstrom;
    const double step = (wavelength.back() - wavelength.front()) / static_cast<double>(wavelength.size() - 1);
    EquivalentWidth width;
    for (std::size_t i = 0; i < wavelength.size(); ++i)
        if (std::abs(wavelength[i] - halphaAngstrom) <= halfExtentAngstrom)
            width.angstrom += (opened.flux[i] / opened.continuum - 1) * step;
    width.errorAngstrom = std::sqrt(2 * halfExtentAngstrom * step) * opened.noise / opened.continuum;
    return width;
}

core::Result<std::vector<float>> injectCosmicRay(const Window& window, core::RandomStream& random) {
    BALMER_TRY(Opened opened, open(window));
    const std::size_t n = opened.flux.size();
    std::size_t place = random.below(n);
    if (random.uniform() < 0.4) { // where it can deceive: within the line
        const auto line = std::lower_bound(window.wavelengthAngstrom.begin(), window.wavelengthAngstrom.end(),
                                           halphaAngstrom);
        const double offset = random.normal(0, 4);
        const auto index = static_cast<double>(line - window.wavelengthAngstrom.begin()) + offset;
        place = static_cast<std::size_t>(std::clamp(index, 0.0, static_cast<double>(n - 1)));
    }
    const std::size_t width = 1 + random.below(3);
    const double height =
        opened.continuum * std::exp(random.uniform(std::log(0.15), std::log(4.0))) + 5 * opened.noise;
    for (std::size_t i = place; i < std::min(n, place + width); ++i)
        opened.flux[i] += static_cast<float>(height * (i == place ? 1 : random.uniform(0.1, 0.8)));
    return rescaled(std::move(opened.flux));
}

core::Result<std::vector<float>> injectFilledIn(const Window& window, core::RandomStream& random) {
    BALMER_TRY(Opened opened, open(window));
    constexpr double halfExtentAngstrom = 60;
    constexpr std::array<double, 5> weights{1.0 / 9, 2.0 / 9, 3.0 / 9, 2.0 / 9, 1.0 / 9};
    const double filled = random.uniform(0.3, 0.8);
    const std::vector<float> before = opened.flux;
    for (std::size_t i = 2; i + 2 < before.size(); ++i) {
        const double offset = std::abs(window.wavelengthAngstrom[i] - halphaAngstrom);
        if (offset > halfExtentAngstrom) continue;
        double taken = 0;
        for (std::size_t k = 0; k < weights.size(); ++k)
            taken += weights[k] * (opened.continuum - before[i + k - 2]);
        // Less and less towards the ends, where the level at Hα is the continuum's no longer.
        if (taken > 0)
            opened.flux[i] += static_cast<float>(filled * taken * (1 - offset / halfExtentAngstrom));
    }
    return rescaled(std::move(opened.flux));
}

core::Result<std::vector<float>> injectNebular(const Window& window, core::RandomStream& random,
                                               double instrumentFwhmKmS) {
    BALMER_TRY(const auto* const nebula, profileNamed("nebular"));
    return injectLine(window, nebula->draw(random, {}), random, instrumentFwhmKmS);
}

} // namespace balmer::simulate
