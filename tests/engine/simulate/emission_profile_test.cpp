#include "engine/simulate/emission_profile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "tests/support/test_support.h"

using namespace balmer;
using namespace balmer::simulate;

namespace {

std::vector<double> linear(double first, double step, std::size_t count) {
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = first + step * static_cast<double>(i);
    return values;
}

double measuredWidth(const std::vector<double>& wavelength, const std::vector<float>& flux,
                     double continuum) {
    double width = 0;
    for (std::size_t i = 1; i + 1 < flux.size(); ++i)
        width += (flux[i] - continuum) / continuum * (wavelength[i + 1] - wavelength[i - 1]) / 2;
    return width;
}

} // namespace

TEST(EmissionProfile, HasTheStatedEquivalentWidthOnCoarseAndFineGrids) {
    for (const double step : {0.05, 1.53, 6.0}) {
        for (const double separation : {0.0, 300.0}) {
            const auto wavelength = linear(6400, step, static_cast<std::size_t>(330 / step));
            std::vector<float> flux(wavelength.size(), 250.0f);
            const EmissionProfile profile{7.5, 150, separation, 1.4, 60};
            const auto added = addEmission(wavelength, flux, 250, profile, halphaAngstrom, 167);
            ASSERT_TRUE(added) << test::why(added);
            EXPECT_NEAR(measuredWidth(wavelength, flux, 250), 7.5, 0.01 * 7.5) << "step " << step;
        }
    }
}

TEST(EmissionProfile, HasTheStatedSeparationRatioAndVelocity) {
    const auto wavelength = linear(6500, 0.02, 6400);
    std::vector<float> flux(wavelength.size(), 1.0f);
    ASSERT_TRUE(addEmission(wavelength, flux, 1, {10, 90, 400, 1.5, 100}));
    const auto middle =
        static_cast<std::ptrdiff_t>((halphaAngstrom * (1 + 100 / speedOfLightKmS) - 6500) / 0.02);
    const auto violet = std::max_element(flux.begin(), flux.begin() + middle);
    const auto red = std::max_element(flux.begin() + middle, flux.end());
    const double violetAt = wavelength[static_cast<std::size_t>(violet - flux.begin())];
    const double redAt = wavelength[static_cast<std::size_t>(red - flux.begin())];
    EXPECT_NEAR((redAt - violetAt) / halphaAngstrom * speedOfLightKmS, 400, 4);
    EXPECT_NEAR((*violet - 1) / (*red - 1), 1.5, 0.015);
    EXPECT_NEAR(((redAt + violetAt) / 2 / halphaAngstrom - 1) * speedOfLightKmS, 100, 2);
    // Half of the height, half of the width from the peak: outside of the violet component only that one
    // counts.
    const auto outside = static_cast<std::size_t>(violet - flux.begin()) -
                         static_cast<std::size_t>(45 / speedOfLightKmS * halphaAngstrom / 0.02);
    EXPECT_NEAR((flux[outside] - 1) / (*violet - 1), 0.5, 0.02);
}

TEST(EmissionProfile, RefusesWhatIsNoProfile) {
    const auto wavelength = linear(6500, 1, 100);
    std::vector<float> flux(100, 1.0f);
    EXPECT_FALSE(addEmission(wavelength, flux, 0, {10, 90}));
    EXPECT_FALSE(addEmission(wavelength, flux, 1, {10, 0}));
    EXPECT_FALSE(addEmission(wavelength, flux, 1, {10, 90, 100, -1}));
    EXPECT_FALSE(addEmission(wavelength, flux, 1, {std::nan(""), 90}));
    EXPECT_FALSE(addEmission(wavelength, std::span(flux).first(50), 1, {10, 90}));
    EXPECT_EQ(std::vector<float>(100, 1.0f), flux);
}

TEST(EmissionProfile, IsDrawnWithinItsRangesAndReproducibly) {
    core::RandomStream random(3), again(3);
    const ProfileRanges ranges;
    ASSERT_TRUE(ranges.validate());
    double weak = 0;
    for (int i = 0; i < 2000; ++i) {
        const Kind kind = i % 2 == 0 ? Kind::SinglePeak : Kind::DoublePeak;
        const auto profile = drawProfile(random, kind, ranges);
        EXPECT_EQ(profile, drawProfile(again, kind, ranges));
        EXPECT_GE(profile.equivalentWidthAngstrom, 1 - 1e-9);
        EXPECT_LE(profile.equivalentWidthAngstrom, 30 + 1e-9);
        EXPECT_EQ(profile.separationKmS > 0, kind == Kind::DoublePeak);
        EXPECT_LE(std::abs(profile.velocityKmS), 120);
        if (kind == Kind::DoublePeak) {
            EXPECT_LE(profile.fwhmKmS, 0.6 * profile.separationKmS);
        }
        weak += profile.equivalentWidthAngstrom < 5 ? 1 : 0;
    }
    EXPECT_NEAR(weak / 2000, std::log(5.0) / std::log(30.0), 0.05); // log-uniform
    ProfileRanges wrong;
    wrong.equivalentWidthMinimumAngstrom = 40;
    EXPECT_FALSE(wrong.validate());
}
