#include <algorithm>
#include <cmath>

#include "engine/simulate/emission_profile.h"
#include "tests/support/test_support.h"

using namespace balmer;
using namespace balmer::simulate;

namespace {

/// 140 samples as halpha-140 has them: a sloping continuum with an absorption line and a little noise,
/// scaled.
struct ScaledRow {
    std::vector<double> wavelength;
    std::vector<float> flux, values;
    double minimum = 0, maximum = 0;

    explicit ScaledRow(double noise = 0) {
        core::RandomStream random(5);
        for (int i = 0; i < 140; ++i) {
            const double lambda = 6519 + 213.0 / 139 * i, x = (lambda - halphaAngstrom) / 5;
            wavelength.push_back(lambda);
            const double level = 1000 + 0.2 * (lambda - halphaAngstrom);
            flux.push_back(
                static_cast<float>(level * (1 - 0.5 * std::exp(-x * x / 2)) + random.normal(0, noise)));
        }
        minimum = *std::min_element(flux.begin(), flux.end());
        maximum = *std::max_element(flux.begin(), flux.end());
        for (const float value : flux)
            values.push_back(static_cast<float>((value - minimum) / (maximum - minimum) * 2 - 1));
    }
    Window window() const { return {wavelength, values, minimum, maximum}; }
};

/// Undoes the result's own scaling by its two ends, which the lines in these tests leave alone.
std::vector<double> unscaledAgainst(const std::vector<float>& values, const ScaledRow& row, std::size_t a,
                                    std::size_t b) {
    const double slope =
        (static_cast<double>(row.flux[a]) - row.flux[b]) / (static_cast<double>(values[a]) - values[b]);
    std::vector<double> flux;
    for (const float value : values)
        flux.push_back(row.flux[a] + (value - values[a]) * slope);
    return flux;
}

void expectScaled(const std::vector<float>& values) {
    EXPECT_FLOAT_EQ(*std::min_element(values.begin(), values.end()), -1);
    EXPECT_FLOAT_EQ(*std::max_element(values.begin(), values.end()), 1);
}

} // namespace

TEST(WindowInjection, MeasuresTheEquivalentWidthOfTheRowItself) {
    const ScaledRow still, noisy(20);
    // ∫ 0.5 exp(−x²/2) over ± 12 Å with σ = 5 Å
    const double expected = -0.5 * 5 * std::sqrt(2 * M_PI) * std::erf(12 / 5.0 / std::sqrt(2.0));
    const auto width = measureEquivalentWidth(still.window());
    ASSERT_TRUE(width) << test::why(width);
    EXPECT_NEAR(width->angstrom, expected, 0.1);
    const auto uncertain = measureEquivalentWidth(noisy.window());
    ASSERT_TRUE(uncertain) << test::why(uncertain);
    const double step = 213.0 / 139;
    EXPECT_NEAR(uncertain->errorAngstrom, std::sqrt(24 * step) * 0.02, 0.03);
    EXPECT_NEAR(uncertain->angstrom, expected, 4 * uncertain->errorAngstrom);
    EXPECT_FALSE(measureEquivalentWidth({still.wavelength, {}, {}, {}}));
}

TEST(WindowInjection, AddsTheStatedEquivalentWidthToARecoveredFlux) {
    const ScaledRow row;
    core::RandomStream random(1);
    const auto injected = injectEmission(row.window(), {8, 200}, random);
    ASSERT_TRUE(injected) << test::why(injected);
    expectScaled(*injected);
    const auto flux = unscaledAgainst(*injected, row, 0, 139);
    double width = 0;
    for (std::size_t i = 0; i < flux.size(); ++i)
        width += (flux[i] - row.flux[i]) / 1000 * 213 / 139;
    EXPECT_NEAR(width, 8, 0.02 * 8); // the continuum is estimated to 1 %
}

TEST(WindowInjection, MakesTheSameRowFromTheSameStream) {
    const ScaledRow row(20);
    core::RandomStream a(9), b(9), c(10);
    const EmissionProfile profile{8, 200, 300, 0.8};
    const auto first = injectEmission(row.window(), profile, a),
               second = injectEmission(row.window(), profile, b);
    const auto other = injectEmission(row.window(), profile, c);
    ASSERT_TRUE(first && second && other);
    EXPECT_EQ(*first, *second);
    EXPECT_NE(*first, *other); // the added light brings its own noise
}

TEST(WindowInjection, WorksWhereTheScaleIsNotKnown) {
    const ScaledRow row(5);
    core::RandomStream random(1);
    // As fluxes: the same as with the scale.
    core::RandomStream a(2), b(2);
    const auto asFlux = injectEmission({row.wavelength, row.flux, {}, {}}, {5, 200}, a);
    const auto asScaled = injectEmission(row.window(), {5, 200}, b);
    ASSERT_TRUE(asFlux && asScaled);
    for (std::size_t i = 0; i < asFlux->size(); ++i)
        EXPECT_NEAR((*asFlux)[i], (*asScaled)[i], 1e-3);
    // A scaled row whose continuum lies below zero still gets a line that stands out.
    std::vector<float> low(140, -0.9f);
    core::RandomStream ripple(4);
    for (auto& value : low)
        value += static_cast<float>(ripple.normal(0, 0.02));
    low[100] = 1;
    const auto injected = injectEmission({row.wavelength, low, {}, {}}, {20, 200}, random);
    ASSERT_TRUE(injected) << test::why(injected);
    expectScaled(*injected);
    EXPECT_GT((*injected)[30], (*injected)[5] + 0.3);
}

TEST(WindowInjection, NegativesAreScaledRowsThatDiffer) {
    const ScaledRow row(5);
    core::RandomStream random(6);
    for (int i = 0; i < 200; ++i) {
        const auto hit = injectCosmicRay(row.window(), random);
        const auto nebula = injectNebular(row.window(), random);
        ASSERT_TRUE(hit && nebula);
        expectScaled(*hit);
        expectScaled(*nebula);
        const auto changed = unscaledAgainst(*hit, row, 0, 139);
        int touched = 0; // unless the hit lies on one of the two samples that undo the scaling
        for (std::size_t k = 0; k < changed.size(); ++k)
            touched += std::abs(changed[k] - row.flux[k]) > 1 ? 1 : 0;
        EXPECT_TRUE((touched >= 1 && touched <= 3) || touched > 130) << touched;
    }
}

TEST(WindowInjection, FillsTheAbsorptionInPart) {
    const ScaledRow row;
    core::RandomStream random(6);
    const auto own = measureEquivalentWidth(row.window());
    ASSERT_TRUE(own);
    for (int i = 0; i < 50; ++i) {
        const auto filled = injectFilledIn(row.window(), random);
        ASSERT_TRUE(filled) << test::why(filled);
        expectScaled(*filled);
        const auto flux = unscaledAgainst(*filled, row, 0, 139);
        const auto width =
            measureEquivalentWidth({row.wavelength, std::vector<float>(flux.begin(), flux.end()), {}, {}});
        ASSERT_TRUE(width);
        EXPECT_GT(width->angstrom, 0.75 * own->angstrom);
        EXPECT_LT(width->angstrom, 0.15 * own->angstrom) << "it must stay absorption";
    }
    // A line in emission has nothing to fill.
    const auto emission = injectEmission(row.window(), {40, 300}, random);
    ASSERT_TRUE(emission);
    const auto same = injectFilledIn({row.wavelength, *emission, {}, {}}, random);
    ASSERT_TRUE(same);
    EXPECT_EQ(std::ranges::max_element(*same) - same->begin(),
              std::ranges::max_element(*emission) - emission->begin());
    EXPECT_FALSE(injectFilledIn({}, random));
}

TEST(WindowInjection, RefusesWhatIsNoWindow) {
    const ScaledRow row;
    core::RandomStream random(1);
    const EmissionProfile profile{8, 200};
    auto broken = row.values;
    broken[4] = NAN;
    EXPECT_FALSE(injectEmission({row.wavelength, broken, {}, {}}, profile, random));
    EXPECT_FALSE(injectEmission({row.wavelength, std::vector<float>(140, 0.5f), {}, {}}, profile, random));
    EXPECT_FALSE(injectEmission({row.wavelength, std::span(row.values).first(100), {}, {}}, profile, random));
    std::vector<double> elsewhere(row.wavelength);
    for (auto& lambda : elsewhere)
        lambda -= 1000;
    EXPECT_FALSE(injectCosmicRay({elsewhere, row.values, {}, {}}, random));
    EXPECT_FALSE(injectNebular({}, random));
}
