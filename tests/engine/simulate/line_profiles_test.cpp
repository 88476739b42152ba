#include "engine/simulate/line_profiles.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gmock/gmock.h>

#include "tests/support/test_support.h"

namespace balmer::simulate {
namespace {

/// A flat continuum of 100 with hardly any noise, as flux.
struct FlatWindow {
    std::vector<double> wavelength;
    std::vector<float> flux;
    FlatWindow() {
        core::RandomStream random(2);
        for (int i = 0; i < 400; ++i) {
            wavelength.push_back(6514.6 + 0.25 * i);
            flux.push_back(static_cast<float>(100 + random.normal(0, 0.01)));
        }
    }
    Window window() const { return {wavelength, flux, {}, {}}; }
};

/// Where the row, undone of its scaling by the continuum at its first sample, is highest and lowest over it,
/// km/s from Hα.
struct Extremes {
    double peak = 0, peakVelocity = 0, trough = 0, troughVelocity = 0; ///< of the extent of the row
    explicit Extremes(const std::vector<float>& row, const FlatWindow& window) {
        const float level = row.front();
        for (std::size_t i = 0; i < row.size(); ++i) {
            const double over = static_cast<double>(row[i] - level);
            const double velocity = (window.wavelength[i] / halphaAngstrom - 1) * speedOfLightKmS;
            if (over > peak) peak = over, peakVelocity = velocity;
            if (over < trough) trough = over, troughVelocity = velocity;
        }
    }
};

LineShape drawn(std::string_view word, core::RandomStream& random) {
    const auto kind = profileNamed(word);
    EXPECT_TRUE(kind) << test::why(kind);
    return (*kind)->draw(random, {});
}

TEST(LineProfiles, AreNamedOnceAndRefusedByTheirNames) {
    std::set<std::string_view> words, classes;
    for (const auto& kind : profileKinds()) {
        EXPECT_TRUE(words.insert(kind.word).second) << kind.word;
        if (!kind.className.empty()) {
            EXPECT_TRUE(classes.insert(kind.className).second) << kind.className;
        }
        EXPECT_THAT(describeProfiles(), testing::HasSubstr(std::string(kind.word)));
    }
    EXPECT_THAT(profileNamed("quasar").error().message(), testing::HasSubstr("p-cygni"));
}

TEST(LineProfiles, EveryShapeIsFiniteAndEveryRowIsScaled) {
    const FlatWindow flat;
    core::RandomStream random(3);
    for (const auto& kind : profileKinds()) {
        if (kind.draw == nullptr) continue;
        for (int i = 0; i < 200; ++i) {
            const auto shape = kind.draw(random, {});
            for (const auto& each : shape) {
                EXPECT_TRUE(std::isfinite(each.equivalentWidthAngstrom + each.velocityKmS));
                EXPECT_GT(each.fwhmKmS, 0);
            }
            EXPECT_NE(emissionOf(shape) + absorptionOf(shape), 0);
            const auto row = injectLine(flat.window(), shape, random);
            ASSERT_TRUE(row) << kind.word << ": " << test::why(row);
            EXPECT_FLOAT_EQ(std::ranges::min(*row), -1);
            EXPECT_FLOAT_EQ(std::ranges::max(*row), 1);
        }
    }
}

TEST(LineProfiles, AWindAbsorbsOnTheVioletSideAndInfallOnTheRed) {
    const FlatWindow flat;
    core::RandomStream random(4);
    int violet = 0, red = 0;
    for (int i = 0; i < 100; ++i) {
        const auto wind = injectLine(flat.window(), drawn("p-cygni", random), random);
        const auto fall = injectLine(flat.window(), drawn("inverse-p-cygni", random), random);
        ASSERT_TRUE(wind && fall);
        const Extremes blown(*wind, flat), fallen(*fall, flat);
        violet += blown.trough < -0.05 && blown.troughVelocity < blown.peakVelocity - 50;
        red += fallen.trough < -0.05 && fallen.troughVelocity > fallen.peakVelocity + 50;
    }
    // Strong emission hides the absorption of some.
    EXPECT_GE(violet, 60);
    EXPECT_GE(red, 60);
}

TEST(LineProfiles, AShellIsDarkerBetweenItsPeaksThanADisc) {
    const FlatWindow flat;
    core::RandomStream random(5);
    double disc = 0, shell = 0;
    for (int i = 0; i < 100; ++i)
        for (const bool isShell : {false, true}) {
            const auto shape = drawn(isShell ? "shell" : "double-peak", random);
            const auto row = injectLine(flat.window(), shape, random, 0);
            ASSERT_TRUE(row);
            const double middle = (shape[0].velocityKmS + shape[1].velocityKmS) / 2;
            const auto at =
                std::ranges::lower_bound(flat.wavelength, halphaAngstrom * (1 + middle / speedOfLightKmS));
            const auto sample = static_cast<std::size_t>(at - flat.wavelength.begin());
            (isShell ? shell : disc) += static_cast<double>((*row)[sample] - row->front()) / 100;
        }
    EXPECT_GT(disc, 0);
    EXPECT_LT(shell, disc - 0.3);
}

TEST(LineProfiles, AbsorptionTakesItsShareOfTheLightAndNoMore) {
    const FlatWindow flat;
    core::RandomStream random(6);
    // Two thirds of the light at the centre, and a line ten times as deep as there is light.
    const auto half = injectLine(flat.window(), {{-3, 200, 0}}, random, 0);
    const auto more = injectLine(flat.window(), {{-100, 200, 0}}, random, 0);
    ASSERT_TRUE(half && more);
    // Scaled rows: the continuum is 1 and the darkest sample −1.
    EXPECT_NEAR(half->front(), 1, 0.01);
    const double sigma = halphaAngstrom * 200 / speedOfLightKmS * sigmaOfFwhm;
    const double depth = 3 / (sigma * std::sqrt(2 * M_PI));
    double width = 0;
    for (const float value : *half)
        width += (1 - static_cast<double>(value)) / 2 * depth * 0.25;
    EXPECT_NEAR(width, 3, 0.05);
    EXPECT_FLOAT_EQ(std::ranges::min(*more), -1);
}

TEST(LineProfiles, AResidualIsAddedAboutTheLineAlone) {
    const FlatWindow flat;
    std::vector<float> residual(flat.flux.size(), 0.5f);
    residual[200] = 3;
    const auto row = injectResidual(flat.window(), residual, 1);
    ASSERT_TRUE(row) << test::why(row);
    // Highest where the residual is, 4 times the continuum; 1.5 times about it; untouched at the ends.
    EXPECT_FLOAT_EQ((*row)[200], 1);
    const double unit = (1 - static_cast<double>(row->front())) / 3;
    EXPECT_NEAR(((*row)[150] - row->front()) / unit, 0.5, 0.01);
    EXPECT_NEAR(((*row)[5] - row->front()) / unit, 0, 0.01);
    EXPECT_FALSE(injectResidual(flat.window(), std::vector<float>(3), 1));
    const auto relative = relativeFlux(flat.window());
    ASSERT_TRUE(relative);
    EXPECT_NEAR((*relative)[7], 1, 0.001);
}

} // namespace
} // namespace balmer::simulate
