#include "engine/simulate/line_profiles.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>

namespace balmer::simulate {
namespace {

double logUniform(core::RandomStream& random, double from, double to) {
    return std::exp(random.uniform(std::log(from), std::log(to)));
}

/// A Gaussian in absorption that takes this share of the light at its centre.
LineComponent absorption(double depth, double fwhmKmS, double velocityKmS) {
    const double sigmaAngstrom = halphaAngstrom * fwhmKmS / speedOfLightKmS * sigmaOfFwhm;
    return {-depth * sigmaAngstrom * std::sqrt(2 * std::numbers::pi), fwhmKmS, velocityKmS};
}

LineShape singlePeak(core::RandomStream& random, const ProfileRanges& ranges) {
    return shapeOf(drawProfile(random, Kind::SinglePeak, ranges));
}

LineShape doublePeak(core::RandomStream& random, const ProfileRanges& ranges) {
    return shapeOf(drawProfile(random, Kind::DoublePeak, ranges));
}

/// Emission with an absorption on its violet (sign −1) or red side (+1), whose centre lies where the emission
/// has fallen to a third or less.
LineShape withAbsorptionBeside(core::RandomStream& random, const ProfileRanges& ranges, double sign) {
    auto shape = singlePeak(random, ranges);
    const double fwhm = shape.front().fwhmKmS;
    const double apart = fwhm * random.uniform(0.65, 1.1);
    shape.push_back(absorption(random.uniform(0.35, 0.9), fwhm * random.uniform(0.35, 0.8),
                               shape.front().velocityKmS + sign * apart));
    return shape;
}

LineShape pCygni(core::RandomStream& random, const ProfileRanges& ranges) {
    return withAbsorptionBeside(random, ranges, -1);
}

LineShape inversePCygni(core::RandomStream& random, const ProfileRanges& ranges) {
    return withAbsorptionBeside(random, ranges, 1);
}

LineShape shell(core::RandomStream& random, const ProfileRanges& ranges) {
    const auto profile = drawProfile(random, Kind::DoublePeak, ranges);
    auto shape = shapeOf(profile);
    shape.push_back(absorption(random.uniform(0.5, 0.95), profile.separationKmS * random.uniform(0.25, 0.45),
                               profile.velocityKmS));
    return shape;
}

LineShape nebular(core::RandomStream& random, const ProfileRanges&) {
    constexpr double ownFwhmKmS = 25;
    const double width = logUniform(random, 1, 20), velocity = random.normal(0, 25);
    LineShape shape;
    for (const auto& line : nebularLines(random.uniform(0.3, 0.9), random.uniform(0.15, 0.5)))
        shape.push_back({line.share * width, ownFwhmKmS, velocity, line.angstrom});
    return shape;
}

LineShape narrowAbsorption(core::RandomStream& random, const ProfileRanges& ranges) {
    return {absorption(random.uniform(0.4, 0.95), random.uniform(80, 250),
                       std::clamp(random.normal(), -3.0, 3.0) * ranges.velocityDeviationKmS)};
}

constexpr std::array<ProfileKind, 8> kinds{
    {{"single-peak", "single peak", "one line in emission", &singlePeak},
     {"double-peak", "double peak", "two lines in emission beside each other, as of a disc", &doublePeak},
     {"p-cygni", "P Cygni", "emission with absorption on its violet side, as of a wind", &pCygni},
     {"inverse-p-cygni", "inverse P Cygni", "emission with absorption on its red side, as of infall",
      &inversePCygni},
     {"shell", "shell", "two lines in emission with a narrow absorption between them", &shell},
     {"nebular", "nebular", "narrow Hα with [N II] and [S II]", &nebular},
     {"narrow-absorption", "narrow absorption", "a narrow line in absorption", &narrowAbsorption},
     {"transplant", "", "what sets the labelled spectra of the class apart, put into others", nullptr}}};

double sumOf(const LineShape& shape, bool emission) {
    double sum = 0;
    for (const auto& each : shape)
        if ((each.equivalentWidthAngstrom > 0) == emission) sum += each.equivalentWidthAngstrom;
    return sum;
}

} // namespace

LineShape shapeOf(const EmissionProfile& profile) {
    if (profile.separationKmS == 0)
        return {{profile.equivalentWidthAngstrom, profile.fwhmKmS, profile.velocityKmS}};
    const double half = profile.separationKmS / 2, violet = profile.vOverR / (1 + profile.vOverR);
    return {{profile.equivalentWidthAngstrom * violet, profile.fwhmKmS, profile.velocityKmS - half},
            {profile.equivalentWidthAngstrom * (1 - violet), profile.fwhmKmS, profile.velocityKmS + half}};
}

double emissionOf(const LineShape& shape) {
    return sumOf(shape, true);
}

double absorptionOf(const LineShape& shape) {
    return sumOf(shape, false);
}

std::span<const ProfileKind> profileKinds() {
    return kinds;
}

core::Result<const ProfileKind*> profileNamed(std::string_view word) {
    std::string known;
    for (const auto& kind : kinds) {
        if (kind.word == word) return &kind;
        known += (known.empty() ? "" : ", ") + std::string(kind.word);
    }
    return core::fail(core::ErrorCode::NotFound,
                      "there is no profile \"" + std::string(word) + "\"; there are: " + known);
}

std::string describeProfiles() {
    std::string text;
    for (const auto& kind : kinds)
        text += (text.empty() ? "" : "; ") + std::string(kind.word) + ", " + std::string(kind.help);
    return text;
}

} // namespace balmer::simulate
