#include "engine/preprocess/steps.h"

#include <algorithm>
#include <cmath>

#include "engine/core/text_number.h"

namespace balmer::preprocess {

namespace {

using core::ErrorCode;
using core::fail;

std::string range(double first, double last) {
    return core::formatFixed(first, 1) + " to " + core::formatFixed(last, 1) + " Å";
}

/// Replaces the flux where hole[i] by the straight line between the nearest samples that are not holes; at
/// the ends by the nearest one. At least one sample is not a hole.
void bridge(std::vector<double>& flux, std::span<const double> wavelength,
            std::span<const std::uint8_t> hole) {
    const std::size_t n = flux.size();
    std::size_t left = n; // the last sample that is not a hole; n: none yet
    for (std::size_t i = 0; i < n; ++i) {
        if (!hole[i]) {
            left = i;
            continue;
        }
        std::size_t right = i;
        while (right < n && hole[right])
            ++right;
        for (; i < right; ++i) {
            if (left == n)
                flux[i] = flux[right];
            else if (right == n)
                flux[i] = flux[left];
            else
                flux[i] = flux[left] + (flux[right] - flux[left]) * (wavelength[i] - wavelength[left]) /
                                           (wavelength[right] - wavelength[left]);
        }
        --i; // the loop's own step leads to `right`
    }
}

} // namespace

core::Result<Samples> samplesOf(const spectrum::Spectrum& spectrum) {
    const std::size_t n = spectrum.flux.size();
    if (n != spectrum.axis.size() ||
        (!spectrum.inverseVariance.empty() && spectrum.inverseVariance.size() != n) ||
        (!spectrum.mask.empty() && spectrum.mask.size() != n))
        return fail(
            ErrorCode::InvalidArgument,
            "the spectrum's wavelengths, fluxes, errors and mask differ in number; import its file again");
    const auto finite = [&](std::size_t i) { return std::isfinite(spectrum.flux[i]); };
    std::size_t first = 0, end = n;
    while (first < end && !finite(first))
        ++first;
    while (end > first && !finite(end - 1))
        --end;
    if (end - first < 2)
        return fail(ErrorCode::InvalidArgument,
                    "the spectrum has no finite flux; leave it out of the dataset");

    Samples samples;
    const auto axis = spectrum.axis.wavelengthAngstrom();
    samples.medium = spectrum.axis.medium();
    samples.wavelengthAngstrom.assign(axis.begin() + static_cast<std::ptrdiff_t>(first),
                                      axis.begin() + static_cast<std::ptrdiff_t>(end));
    samples.flux.resize(end - first);
    samples.bad.resize(end - first);
    samples.invented.resize(end - first);
    if (!spectrum.inverseVariance.empty()) samples.variance.resize(end - first);
    for (std::size_t i = first; i < end; ++i) {
        const std::size_t to = i - first;
        samples.flux[to] = finite(i) ? static_cast<double>(spectrum.flux[i]) : 0.0;
        samples.invented[to] = finite(i) ? 0 : 1;
        bool bad = !spectrum.good(i);
        if (!samples.variance.empty()) {
            const double inverse = spectrum.inverseVariance[i];
            if (inverse > 0 && std::isfinite(inverse))
                samples.variance[to] = 1 / inverse;
            else
                bad = true;
        }
        samples.bad[to] = bad ? 1 : 0;
    }
    bridge(samples.flux, samples.wavelengthAngstrom, samples.invented);
    return samples;
}

void moveToVacuum(Samples& samples) {
    if (samples.medium == spectrum::Medium::Air) {
        for (double& wavelength : samples.wavelengthAngstrom)
            wavelength = spectrum::vacuumFromAir(wavelength);
        samples.medium = spectrum::Medium::Vacuum;
    } else if (samples.medium == spectrum::Medium::Unknown) {
        samples.warnings.emplace_back(
            "the file does not say whether its wavelengths are in air or in vacuum; "
            "they were taken as they are");
    }
}

void bridgeBad(Samples& samples) {
    if (std::all_of(samples.bad.begin(), samples.bad.end(), [](auto bad) { return bad != 0; })) {
        samples.warnings.emplace_back("every sample is masked; the fluxes were taken as they are");
        return;
    }
    bridge(samples.flux, samples.wavelengthAngstrom, samples.bad);
}

void blur(Samples& samples, double sigmaPixels, double maximumStepAngstrom) {
    const std::size_t n = samples.size();
    if (sigmaPixels <= 0) return;
    if (maximumStepAngstrom > 0) {
        std::vector<double> steps(n - 1);
        for (std::size_t i = 0; i + 1 < n; ++i)
            steps[i] = samples.wavelengthAngstrom[i + 1] - samples.wavelengthAngstrom[i];
        const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
        std::nth_element(steps.begin(), middle, steps.end());
        if (*middle >= maximumStepAngstrom) return;
    }
    const auto radius = static_cast<std::ptrdiff_t>(4 * sigmaPixels + 0.5);
    std::vector<double> kernel(static_cast<std::size_t>(2 * radius + 1));
    double sum = 0;
    for (std::ptrdiff_t k = -radius; k <= radius; ++k)
        sum += kernel[static_cast<std::size_t>(k + radius)] =
            std::exp(-0.5 * static_cast<double>(k * k) / (sigmaPixels * sigmaPixels));
    for (double& weight : kernel)
        weight /= sum;

    const bool errors = !samples.variance.empty();
    std::vector<double> flux(n), variance(errors ? n : 0);
    std::vector<std::uint8_t> bad(n);
    const auto last = static_cast<std::ptrdiff_t>(n) - 1;
    for (std::ptrdiff_t i = 0; i <= last; ++i) {
        double value = 0, spread = 0, badWeight = 0;
        for (std::ptrdiff_t k = -radius; k <= radius; ++k) {
            const auto from = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i + k, 0, last));
            const double weight = kernel[static_cast<std::size_t>(k + radius)];
            value += weight * samples.flux[from];
            if (samples.bad[from])
                badWeight += weight;
            else if (errors)
                spread += weight * weight * samples.variance[from];
        }
        const auto to = static_cast<std::size_t>(i);
        flux[to] = value;
        bad[to] = badWeight > 0.1 ? 1 : 0;
        if (errors) variance[to] = spread / ((1 - badWeight) * (1 - badWeight) + 1e-300);
    }
    samples.flux = std::move(flux);
    samples.variance = std::move(variance);
    samples.bad = std::move(bad);
}

core::Result<Samples> resample(const Samples& samples, std::span<const double> grid) {
    const auto& from = samples.wavelengthAngstrom;
    if (from.front() > grid.front() || from.back() < grid.back()) {
        const double first = std::max(from.front(), grid.front()), last = std::min(from.back(), grid.back());
        return fail(
            ErrorCode::InvalidArgument,
            "the spectrum covers " + range(from.front(), from.back()) + ", the grid asks for " +
                range(grid.front(), grid.back()) +
                (first < last ? ": only " + range(first, last) + " overlap" : ": they do not overlap") +
                "; leave the spectrum out or choose a grid inside it");
    }
    Samples out;
    out.medium = samples.medium;
    out.warnings = samples.warnings;
    out.wavelengthAngstrom.assign(grid.begin(), grid.end());
    out.flux.resize(grid.size());
    out.bad.resize(grid.size());
    out.invented.resize(grid.size());
    const bool errors = !samples.variance.empty();
    if (errors) out.variance.resize(grid.size());
    std::size_t left = 0, invented = 0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        while (left + 2 < from.size() && from[left + 1] <= grid[i])
            ++left;
        const std::size_t right = left + 1;
        const double t = (grid[i] - from[left]) / (from[right] - from[left]);
        out.flux[i] = samples.flux[left] + t * (samples.flux[right] - samples.flux[left]);
        if (errors)
            out.variance[i] = (1 - t) * (1 - t) * samples.variance[left] + t * t * samples.variance[right];
        const bool usesLeft = t<1, usesRight = t> 0;
        out.bad[i] = (usesLeft && samples.bad[left]) || (usesRight && samples.bad[right]) ? 1 : 0;
        out.invented[i] =
            (usesLeft && samples.invented[left]) || (usesRight && samples.invented[right]) ? 1 : 0;
        invented += out.invented[i];
    }
    if (2 * invented > grid.size())
        return fail(ErrorCode::InvalidArgument,
                    "the flux is not a number on " + std::to_string(invented) + " of the " +
                        std::to_string(grid.size()) + " grid points between " +
                        range(grid.front(), grid.back()) + "; leave the spectrum out");
    return out;
}

core::Status scale(Samples& samples, double minimum, double maximum) {
    const auto [low, high] = std::minmax_element(samples.flux.begin(), samples.flux.end());
    const double bottom = *low, extent = *high - bottom;
    if (!(extent > 0) || !std::isfinite(extent))
        return fail(ErrorCode::InvalidArgument,
                    "the flux is " + core::formatDouble(bottom) +
                        " everywhere on the grid, which cannot be scaled; leave the "
                        "spectrum out");
    const double factor = (maximum - minimum) / extent;
    for (double& flux : samples.flux)
        flux = minimum + (flux - bottom) * factor;
    for (double& variance : samples.variance)
        variance *= factor * factor;
    return {};
}

} // namespace balmer::preprocess
