#include "engine/simulate/survey.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/core/digest.h"
#include "engine/core/thread_pool.h"
#include "tests/support/test_support.h"

using namespace balmer;
using namespace balmer::simulate;

namespace {

std::string digestOf(const SimulatedSpectrum& made) {
    core::Hasher hasher;
    hasher.updateValues(std::span<const float>(made.spectrum.flux));
    hasher.updateValues(std::span<const float>(made.spectrum.inverseVariance));
    hasher.updateValues(std::span<const std::uint8_t>(made.spectrum.mask));
    return hasher.finish();
}

/// The equivalent width of all that stands between 6564.6 ± 40 Å, against the line through both sides.
double halphaWidth(const spectrum::Spectrum& s) {
    const auto wavelength = s.axis.wavelengthAngstrom();
    double left = 0, right = 0, width = 0;
    int lefts = 0, rights = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        const double x = wavelength[i] - halphaAngstrom;
        if (x > -80 && x < -50) left += s.flux[i], ++lefts;
        if (x > 50 && x < 80) right += s.flux[i], ++rights;
    }
    const double continuum = (left / lefts + right / rights) / 2;
    for (std::size_t i = 1; i + 1 < s.size(); ++i)
        if (std::abs(wavelength[i] - halphaAngstrom) < 40)
            width += (s.flux[i] / continuum - 1) * (wavelength[i + 1] - wavelength[i - 1]) / 2;
    return width;
}

} // namespace

TEST(Survey, IsTheSameInAnyOrderAndForAnyNumberOfThreads) {
    SurveyParameters parameters;
    parameters.spectra = 64;
    parameters.seed = 7;
    const auto survey = Survey::make(parameters), again = Survey::make(parameters);
    ASSERT_TRUE(survey && again);
    std::vector<std::string> forwards(64), pooled(64);
    for (std::size_t i = 0; i < 64; ++i)
        forwards[i] = digestOf(survey->make(i));
    core::ThreadPool pool(3);
    pool.parallelFor(64, [&](std::size_t i, std::size_t) { pooled[63 - i] = digestOf(again->make(63 - i)); });
    EXPECT_EQ(forwards, pooled);
    parameters.seed = 8;
    const auto other = Survey::make(parameters);
    ASSERT_TRUE(other);
    EXPECT_NE(digestOf(other->make(0)), forwards[0]);
    EXPECT_EQ(survey->make(5).truth, again->make(5).truth);
}

TEST(Survey, HasTheStatedNumbersOfEachKind) {
    SurveyParameters parameters;
    parameters.spectra = 2000;
    parameters.targets = 0.05;
    parameters.doubleFraction = 0.4;
    parameters.form = Form::Window;
    const auto survey = Survey::make(parameters);
    ASSERT_TRUE(survey);
    int single = 0, twofold = 0, nebular = 0, filled = 0;
    for (std::size_t i = 0; i < survey->size(); ++i) {
        const auto truth = survey->make(i).truth;
        single += truth.kind == Kind::SinglePeak;
        twofold += truth.kind == Kind::DoublePeak;
        nebular += truth.nebular;
        filled += truth.filledIn;
        EXPECT_EQ(truth.equivalentWidthAngstrom > 0, truth.kind != Kind::Other);
        EXPECT_TRUE(truth.kind == Kind::Other || !(truth.nebular || truth.filledIn));
    }
    EXPECT_EQ(single, 60);
    EXPECT_EQ(twofold, 40);
    EXPECT_NEAR(nebular, 57, 25);
    EXPECT_NEAR(filled, 57, 25);
}

TEST(Survey, EmissionStandsOverTheSameStarsAbsorption) {
    SurveyParameters parameters;
    parameters.spectra = 200;
    parameters.targets = 1;
    parameters.noise = false;
    parameters.form = Form::Window;
    parameters.profile.equivalentWidthMinimumAngstrom = 9.999;
    parameters.profile.equivalentWidthMaximumAngstrom = 10;
    auto stronger = parameters;
    stronger.profile.equivalentWidthMinimumAngstrom = 19.999;
    stronger.profile.equivalentWidthMaximumAngstrom = 20;
    const auto weak = Survey::make(parameters), strong = Survey::make(stronger);
    ASSERT_TRUE(weak && strong);
    // Star, noise and profile come from streams of their own: the two surveys differ in the lines' strength
    // alone. The measured continuum is lowered by the star's other lines, hence the 8 %.
    double sum = 0;
    for (std::size_t i = 0; i < 200; ++i) {
        const double difference = halphaWidth(strong->make(i).spectrum) - halphaWidth(weak->make(i).spectrum);
        EXPECT_NEAR(difference, 10, 0.8);
        sum += difference;
    }
    EXPECT_NEAR(sum / 200, 10, 0.4);
}

TEST(Survey, NoiseIsWhatTheInverseVarianceSays) {
    SurveyParameters parameters;
    parameters.spectra = 40;
    parameters.cosmicRayFraction = 0;
    parameters.deadPixelFraction = 0;
    auto silent = parameters;
    silent.noise = false;
    const auto noisy = Survey::make(parameters), clean = Survey::make(silent);
    ASSERT_TRUE(noisy && clean);
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < 40; ++i) {
        const auto a = noisy->make(i).spectrum, b = clean->make(i).spectrum;
        ASSERT_TRUE(a.validate());
        for (std::size_t k = 0; k < a.size(); ++k) {
            const double x = static_cast<double>(a.flux[k]) - b.flux[k];
            sum += x * x * a.inverseVariance[k];
            count += 1;
        }
    }
    EXPECT_NEAR(sum / count, 1, 0.02);
}

TEST(Survey, DeadSamplesAreMaskedAndCounted) {
    SurveyParameters parameters;
    parameters.spectra = 50;
    parameters.deadPixelFraction = 1;
    parameters.cosmicRayFraction = 1;
    for (const Form form : {Form::Full, Form::Window}) {
        parameters.form = form;
        const auto survey = Survey::make(parameters);
        ASSERT_TRUE(survey);
        for (std::size_t i = 0; i < survey->size(); ++i) {
            const auto made = survey->make(i);
            const auto& s = made.spectrum;
            EXPECT_TRUE(s.validate());
            EXPECT_EQ(std::count(s.mask.begin(), s.mask.end(), 1), made.truth.deadPixels);
            EXPECT_GE(made.truth.deadPixels, 1);
            EXPECT_GE(made.truth.cosmicRays, 1);
            for (std::size_t k = 0; k < s.size(); ++k) {
                EXPECT_EQ(s.mask[k] == 1, s.inverseVariance[k] == 0);
                EXPECT_EQ(s.mask[k] == 1, std::isnan(s.flux[k]));
            }
        }
    }
}

TEST(Survey, LooksLikeItsForm) {
    SurveyParameters parameters;
    parameters.spectra = 1;
    parameters.targets = 0;
    const auto full = Survey::make(parameters);
    ASSERT_TRUE(full);
    EXPECT_EQ(full->axis().size(), 3909u);
    EXPECT_EQ(full->axis().medium(), spectrum::Medium::Vacuum);
    EXPECT_EQ(full->make(0).truth.id, "sim-000000");
    EXPECT_EQ(full->make(0).spectrum.metadata.id, "sim-000000");
    parameters.form = Form::Window;
    const auto window = Survey::make(parameters);
    ASSERT_TRUE(window);
    EXPECT_GE(window->axis().size(), 290u);
    EXPECT_LT(window->axis().first(), 6401);
    EXPECT_GT(window->axis().last(), 6848);
}

TEST(Survey, RefusesParametersThatMakeNoSense) {
    const auto refused = [](auto change) {
        SurveyParameters parameters;
        change(parameters);
        return !Survey::make(parameters);
    };
    EXPECT_TRUE(refused([](auto& p) { p.spectra = 0; }));
    EXPECT_TRUE(refused([](auto& p) { p.targets = 1.5; }));
    EXPECT_TRUE(refused([](auto& p) { p.nebularFraction = std::nan(""); }));
    EXPECT_TRUE(refused([](auto& p) { p.signalToNoiseMinimum = 0; }));
    EXPECT_TRUE(refused([](auto& p) { p.resolvingPower = 0; }));
    EXPECT_TRUE(refused([](auto& p) { p.profile.singleFwhmMinimumKmS = -5; }));
}
