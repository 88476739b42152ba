#include "engine/simulate/emission_profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

#include "engine/core/text_number.h"

namespace balmer::simulate {

namespace {

using core::ErrorCode;
using core::fail;

core::Status checkSamples(std::span<const double> wavelength, std::span<float> flux, double continuumLevel) {
    if (wavelength.size() != flux.size() || wavelength.size() < 2)
        return fail(ErrorCode::InvalidArgument,
                    "a line needs at least two samples, and a flux for each wavelength");
    if (!(continuumLevel > 0) || !std::isfinite(continuumLevel))
        return fail(ErrorCode::InvalidArgument, "the continuum at the line is " +
                                                    core::formatDouble(continuumLevel) +
                                                    "; an equivalent width needs one above zero");
    return {};
}

/// Adds a Gaussian of the given area in flux · Å: to each sample its mean over the sample's extent.
void addGaussian(std::span<const double> wavelength, std::span<float> flux, double center, double sigma,
                 double area) {
    const std::size_t n = wavelength.size();
    const double reach = 6 * sigma;
    const auto from =
        std::lower_bound(wavelength.begin(), wavelength.end(), center - reach) - wavelength.begin();
    const auto to =
        std::upper_bound(wavelength.begin(), wavelength.end(), center + reach) - wavelength.begin();
    const auto edge = [&](std::size_t i) { // the lower edge of sample i, or the upper edge of the last
        if (i == 0) return wavelength[0] - (wavelength[1] - wavelength[0]) / 2;
        if (i == n) return wavelength[n - 1] + (wavelength[n - 1] - wavelength[n - 2]) / 2;
        return (wavelength[i - 1] + wavelength[i]) / 2;
    };
    const auto below = [&](double x) { return 0.5 * std::erf((x - center) / (sigma * std::numbers::sqrt2)); };
    const std::size_t first = from > 0 ? static_cast<std::size_t>(from) - 1 : 0;
    const std::size_t end = std::min(n, static_cast<std::size_t>(to) + 1);
    for (std::size_t i = first; i < end; ++i) {
        const double low = edge(i), high = edge(i + 1);
        flux[i] += static_cast<float>(area * (below(high) - below(low)) / (high - low));
    }
}

} // namespace

std::string_view toString(Kind kind) {
    switch (kind) {
    case Kind::SinglePeak:
        return "single peak";
    case Kind::DoublePeak:
        return "double peak";
    case Kind::Other:
        break;
    }
    return "other";
}

core::Status addEmission(std::span<const double> wavelengthAngstrom, std::span<float> flux,
                         double continuumLevel, const EmissionProfile& profile, double lineAngstrom,
                         double instrumentFwhmKmS) {
    BALMER_CHECK(checkSamples(wavelengthAngstrom, flux, continuumLevel));
    if (!(profile.fwhmKmS > 0) || !(profile.vOverR > 0) || !(profile.separationKmS >= 0) ||
        !std::isfinite(profile.fwhmKmS + profile.vOverR + profile.separationKmS +
                       profile.equivalentWidthAngstrom + profile.velocityKmS))
        return fail(ErrorCode::InvalidArgument,
                    "an emission profile needs a width and a V/R above zero, a separation not "
                    "below zero, and finite numbers throughout");
    const double fwhmKmS = std::hypot(profile.fwhmKmS, instrumentFwhmKmS);
    const double sigma = lineAngstrom * fwhmKmS / speedOfLightKmS * sigmaOfFwhm;
    const double area = profile.equivalentWidthAngstrom * continuumLevel;
    const auto at = [&](double velocity) { return lineAngstrom * (1 + velocity / speedOfLightKmS); };
    if (profile.separationKmS == 0) {
        addGaussian(wavelengthAngstrom, flux, at(profile.velocityKmS), sigma, area);
        return {};
    }
    const double half = profile.separationKmS / 2, violet = profile.vOverR / (1 + profile.vOverR);
    addGaussian(wavelengthAngstrom, flux, at(profile.velocityKmS - half), sigma, area * violet);
    addGaussian(wavelengthAngstrom, flux, at(profile.velocityKmS + half), sigma, area * (1 - violet));
    return {};
}

std::array<NebularLine, 5> nebularLines(double nitrogenOverHalpha, double sulphurOverHalpha) {
    return {{{halphaAngstrom, 1},
             {spectrum::line("[N II] 6548").vacuumAngstrom, nitrogenOverHalpha * 0.25},
             {spectrum::line("[N II] 6583").vacuumAngstrom, nitrogenOverHalpha * 0.75},
             {spectrum::line("[S II] 6716").vacuumAngstrom, sulphurOverHalpha * 0.565},
             {spectrum::line("[S II] 6731").vacuumAngstrom, sulphurOverHalpha * 0.435}}};
}

core::Status addNebula(std::span<const double> wavelengthAngstrom, std::span<float> flux,
                       double continuumLevel, double halphaEquivalentWidthAngstrom, double nitrogenOverHalpha,
                       double sulphurOverHalpha, double velocityKmS, double instrumentFwhmKmS) {
    BALMER_CHECK(checkSamples(wavelengthAngstrom, flux, continuumLevel));
    constexpr double ownFwhmKmS = 25;
    for (const auto& line : nebularLines(nitrogenOverHalpha, sulphurOverHalpha)) {
        const double sigma =
            line.angstrom * std::hypot(ownFwhmKmS, instrumentFwhmKmS) / speedOfLightKmS * sigmaOfFwhm;
        addGaussian(wavelengthAngstrom, flux, line.angstrom * (1 + velocityKmS / speedOfLightKmS), sigma,
                    line.share * halphaEquivalentWidthAngstrom * continuumLevel);
    }
    return {};
}

core::Status ProfileRanges::validate() const {
    const auto ordered = [](double low, double high, const char* what, double floor,
                            double ceiling) -> core::Status {
        if (low > floor && low <= high && high < ceiling) return {};
        return fail(ErrorCode::InvalidArgument,
                    std::string(what) + ": the minimum must lie above " + core::formatDouble(floor) +
                        ", the maximum not below it and below " + core::formatDouble(ceiling));
    };
    BALMER_CHECK(
        ordered(equivalentWidthMinimumAngstrom, equivalentWidthMaximumAngstrom, "equivalentWidth", 0, 1e4));
    BALMER_CHECK(ordered(singleFwhmMinimumKmS, singleFwhmMaximumKmS, "singleFwhm", 0, 1e5));
    BALMER_CHECK(ordered(separationMinimumKmS, separationMaximumKmS, "separation", 0, 1e5));
    BALMER_CHECK(ordered(doubleFwhmMinimum, doubleFwhmMaximum, "doubleFwhm", 0, 10));
    if (!(vOverRLogDeviation >= 0 && vOverRLogDeviation <= 1))
        return fail(ErrorCode::InvalidArgument, "vOverRLogDeviation must lie between 0 and 1");
    if (!(velocityDeviationKmS >= 0 && velocityDeviationKmS <= 1e4))
        return fail(ErrorCode::InvalidArgument, "velocityDeviationKmS must lie between 0 and 10000");
    return {};
}

EmissionProfile drawProfile(core::RandomStream& random, Kind kind, const ProfileRanges& ranges) {
    const auto logUniform = [&](double from, double to) {
        return std::exp(random.uniform(std::log(from), std::log(to)));
    };
    EmissionProfile profile;
    const double velocity = std::clamp(random.normal(), -3.0, 3.0) * ranges.velocityDeviationKmS;
    const double width =
        logUniform(ranges.equivalentWidthMinimumAngstrom, ranges.equivalentWidthMaximumAngstrom);
    profile.velocityKmS = velocity;
    profile.fwhmKmS = random.uniform(ranges.singleFwhmMinimumKmS, ranges.singleFwhmMaximumKmS);
    if (kind == Kind::Other) return profile;
    profile.equivalentWidthAngstrom = width;
    if (kind == Kind::DoublePeak) {
        profile.separationKmS = logUniform(ranges.separationMinimumKmS, ranges.separationMaximumKmS);
        profile.fwhmKmS =
            profile.separationKmS * random.uniform(ranges.doubleFwhmMinimum, ranges.doubleFwhmMaximum);
        profile.vOverR = std::exp(std::clamp(random.normal() * ranges.vOverRLogDeviation, -0.7, 0.7));
    }
    return profile;
}

} // namespace balmer::simulate
