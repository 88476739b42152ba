#include "engine/preprocess/pipeline.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tests/support/test_support.h"

using namespace balmer;
using namespace balmer::preprocess;
using spectrum::Medium;
using spectrum::Spectrum;

namespace {

constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();

/// Samples every `step` from 6500 Å to 6750 Å with flux f(λ).
template <typename Flux>
Spectrum make(double step, Medium medium, const Flux& flux, double first = 6500, double last = 6750) {
    Spectrum s;
    std::vector<double> wavelength;
    for (int i = 0; first + step * i <= last; ++i)
        wavelength.push_back(first + step * i);
    for (const double lambda : wavelength)
        s.flux.push_back(static_cast<float>(flux(lambda)));
    s.axis = *spectrum::SpectralAxis::make(std::move(wavelength), medium);
    s.metadata.id = "made";
    return s;
}

StepDescription resampling(double first, double last, double columns) {
    return {"resample-linear", 1, {{"firstAngstrom", first}, {"lastAngstrom", last}, {"columns", columns}}};
}

StepDescription blurring(double sigma) {
    return {"gaussian-blur", 1, {{"sigmaPixels", sigma}, {"maximumStepAngstrom", 0}}};
}

const StepDescription scaling = {"min-max", 1, {{"minimum", -1}, {"maximum", 1}}};

std::string messageOf(const core::Result<Row>& row) {
    return row ? std::string() : row.error().message();
}

} // namespace

TEST(Preset, IsTheRecipeOfThePaper) {
    const auto pipeline = preset("halpha-140");
    ASSERT_TRUE(pipeline) << test::why(pipeline);
    EXPECT_EQ(
        pipeline->describe(),
        R"([{"step":"air-to-vacuum","version":1},)"
        R"({"step":"gaussian-blur","version":1,"sigmaPixels":7,"maximumStepAngstrom":0.5},)"
        R"({"step":"resample-linear","version":1,"firstAngstrom":6519,"lastAngstrom":6732,"columns":140},)"
        R"({"step":"min-max","version":1,"minimum":-1,"maximum":1}])");
    ASSERT_EQ(pipeline->columns(), 140u);
    EXPECT_EQ(pipeline->wavelengthAngstrom().front(), 6519);
    EXPECT_EQ(pipeline->wavelengthAngstrom().back(), 6732);
    EXPECT_DOUBLE_EQ(pipeline->wavelengthAngstrom()[1], 6520.53237410072);
    EXPECT_EQ(preset("halpha-140", {.blurSigmaPixels = 0, .bridgeMasked = false})->steps().size(), 3u);
    EXPECT_EQ(preset("halpha-140", {.blurSigmaPixels = {}, .bridgeMasked = true})->steps()[1].name,
              "bridge-masked");
    EXPECT_FALSE(preset("halpha-140", {.blurSigmaPixels = -1, .bridgeMasked = false}));
    const auto unknown = preset("hbeta");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code(), core::ErrorCode::NotFound);
    EXPECT_NE(unknown.error().message().find("halpha-140"), std::string::npos);
    // What is written down makes the same pipeline again.
    EXPECT_EQ(Pipeline::make(pipeline->steps())->describe(), pipeline->describe());
}

TEST(Preset, BlursFineSamplingAndLeavesTheSurveysAlone) {
    const auto pipeline = *preset("halpha-140"),
               sharp = *preset("halpha-140", {.blurSigmaPixels = 0, .bridgeMasked = false});
    const auto line = [](double lambda) {
        return 1 - 0.5 * std::exp(-(lambda - 6600) * (lambda - 6600) / 8);
    };
    const auto fine = make(0.26, Medium::Vacuum, line), coarse = make(1.5, Medium::Vacuum, line);
    EXPECT_NE(pipeline.apply(fine)->flux, sharp.apply(fine)->flux);
    EXPECT_EQ(pipeline.apply(coarse)->flux, sharp.apply(coarse)->flux);
}

TEST(Pipeline, InterpolatesOnTheVacuumAxis) {
    const auto pipeline = *Pipeline::make({{"air-to-vacuum", 1, {}}, resampling(6520, 6730, 5)});
    const auto line = [](double lambda) { return 3 * lambda; };
    const auto vacuum = pipeline.apply(make(1.3, Medium::Vacuum, line));
    ASSERT_TRUE(vacuum) << test::why(vacuum);
    for (std::size_t i = 0; i < 5; ++i)
        EXPECT_NEAR(vacuum->flux[i], 3 * pipeline.wavelengthAngstrom()[i], 1e-2);
    EXPECT_TRUE(vacuum->warnings.empty());
    EXPECT_TRUE(vacuum->inverseVariance.empty());
    EXPECT_EQ(vacuum->mask, std::vector<std::uint8_t>(5, 0));
    const auto air = pipeline.apply(make(1.3, Medium::Air, line));
    ASSERT_TRUE(air);
    for (std::size_t i = 0; i < 5; ++i)
        EXPECT_NEAR(air->flux[i], 3 * spectrum::airFromVacuum(pipeline.wavelengthAngstrom()[i]), 1e-2);
    const auto unknown = pipeline.apply(make(1.3, Medium::Unknown, line));
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->flux, vacuum->flux);
    ASSERT_EQ(unknown->warnings.size(), 1u);
    EXPECT_NE(unknown->warnings[0].find("air"), std::string::npos);
}

TEST(Pipeline, ScalesAndSaysHowToScaleBack) {
    const auto raw = *Pipeline::make({resampling(6520, 6730, 30)}),
               scaled = *Pipeline::make({resampling(6520, 6730, 30), scaling});
    auto s = make(1.0, Medium::Vacuum, [](double lambda) { return 500 + 40 * std::sin(lambda / 17); });
    s.inverseVariance.assign(s.size(), 0.25f);
    const auto before = raw.apply(s), after = scaled.apply(s);
    ASSERT_TRUE(before && after);
    EXPECT_EQ(*std::min_element(after->flux.begin(), after->flux.end()), -1);
    EXPECT_EQ(*std::max_element(after->flux.begin(), after->flux.end()), 1);
    const double extent = after->scaleMaximum - after->scaleMinimum, factor = 2 / extent;
    for (std::size_t i = 0; i < 30; ++i) {
        EXPECT_NEAR(after->scaleMinimum + (after->flux[i] + 1) / 2 * extent, before->flux[i], 1e-4);
        EXPECT_NEAR(after->inverseVariance[i] * factor * factor / before->inverseVariance[i], 1, 1e-5);
    }
}

TEST(Pipeline, PropagatesVariancesThroughInterpolationAndBlur) {
    auto s = make(1.0, Medium::Vacuum, [](double lambda) { return lambda; });
    s.inverseVariance.assign(s.size(), 4);
    const auto halfway = Pipeline::make({resampling(6520.5, 6720.5, 3)})->apply(s);
    ASSERT_TRUE(halfway);
    EXPECT_NEAR(halfway->inverseVariance[1], 8, 1e-5); // (1/4 + 1/4) σ²
    const auto onSample = Pipeline::make({resampling(6520, 6720, 3)})->apply(s);
    ASSERT_TRUE(onSample);
    EXPECT_NEAR(onSample->inverseVariance[1], 4, 1e-5);
    const auto blurred = Pipeline::make({blurring(3), resampling(6520, 6720, 3)})->apply(s);
    ASSERT_TRUE(blurred);
    // Σ k² of a Gaussian is 1 / (2 √π σ).
    EXPECT_NEAR(blurred->inverseVariance[1], 4 * 2 * std::sqrt(std::acos(-1.0)) * 3, 0.02);
}

TEST(Pipeline, BlurKeepsTheAreaWidensTheLineAndContinuesTheEdges) {
    const auto pipeline = *Pipeline::make({blurring(2), resampling(6500, 6700, 201)});
    const auto spike = pipeline.apply(make(
        1.0, Medium::Vacuum, [](double l) { return l == 6600 ? 1 : 0; }, 6500, 6700));
    ASSERT_TRUE(spike);
    EXPECT_NEAR(std::accumulate(spike->flux.begin(), spike->flux.end(), 0.0), 1, 1e-6);
    EXPECT_NEAR(spike->flux[102] / spike->flux[100], std::exp(-0.5), 1e-5);
    EXPECT_GT(spike->flux[108], 0);
    EXPECT_EQ(spike->flux[109], 0); // cut at 4 σ
    const auto edge = pipeline.apply(make(
        1.0, Medium::Vacuum, [](double l) { return l == 6500 ? 1 : 0; }, 6500, 6700));
    ASSERT_TRUE(edge);
    EXPECT_NEAR(edge->flux[0], 0.5 + 0.5 * spike->flux[100], 1e-5);
}

TEST(Pipeline, FlagsBadSamplesAndBridgesThoseWithoutFlux) {
    auto s = make(1.0, Medium::Vacuum, [](double lambda) { return lambda; });
    s.inverseVariance.assign(s.size(), 1);
    s.mask.assign(s.size(), 0);
    s.flux[30] = notANumber; // 6530 Å
    s.flux[31] = INFINITY;   // 6531 Å
    s.flux[50] = 9000;       // 6550 Å, masked
    s.mask[50] = 1;
    s.inverseVariance[70] = 0; // 6570 Å
    const auto pipeline = *Pipeline::make({resampling(6520, 6600, 81)});
    const auto row = pipeline.apply(s);
    ASSERT_TRUE(row) << test::why(row);
    EXPECT_NEAR(row->flux[10], 6530, 1e-3);
    EXPECT_NEAR(row->flux[11], 6531, 1e-3);
    EXPECT_EQ(row->flux[30], 9000);
    std::vector<std::size_t> flagged;
    for (std::size_t i = 0; i < 81; ++i) {
        if (row->mask[i] != 0) flagged.push_back(i);
        EXPECT_EQ(row->inverseVariance[i] == 0, row->mask[i] != 0);
    }
    EXPECT_EQ(flagged, (std::vector<std::size_t>{10, 11, 30, 50}));
    const auto bridged = Pipeline::make({{"bridge-masked", 1, {}}, resampling(6520, 6600, 81)})->apply(s);
    ASSERT_TRUE(bridged);
    EXPECT_NEAR(bridged->flux[30], 6550, 1e-3);
    EXPECT_EQ(bridged->mask, row->mask);
    // A NaN must not spread through the kernel; a flag does while it weighs more than a tenth.
    const auto blurred = Pipeline::make({blurring(2), resampling(6520, 6600, 81)})->apply(s);
    ASSERT_TRUE(blurred);
    for (std::size_t i = 0; i < 81; ++i)
        EXPECT_TRUE(std::isfinite(blurred->flux[i]));
    EXPECT_NEAR(blurred->flux[15], 6535, 1e-2);
    EXPECT_EQ(blurred->mask[10], 1);
    EXPECT_EQ(blurred->mask[20], 0);
}

TEST(Pipeline, RefusesSpectraThatDoNotFit) {
    const auto pipeline = *preset("halpha-140");
    const auto flat = [](double) { return 1.0; };
    const auto slope = [](double lambda) { return lambda; };
    const auto blue = messageOf(pipeline.apply(make(1.5, Medium::Vacuum, slope, 3700, 5900)));
    EXPECT_NE(blue.find("do not overlap"), std::string::npos) << blue;
    const auto cut = messageOf(pipeline.apply(make(1.5, Medium::Vacuum, slope, 3700, 6600)));
    EXPECT_NE(cut.find("6519.0 to 6599.5"), std::string::npos) << cut;
    EXPECT_NE(messageOf(pipeline.apply(make(1.5, Medium::Vacuum, flat))).find("everywhere"),
              std::string::npos);
    EXPECT_NE(messageOf(pipeline.apply(make(1.5, Medium::Vacuum, [](double) { return notANumber; })))
                  .find("no finite flux"),
              std::string::npos);
    const auto hollow = [](double l) { return l > 6530 && l < 6720 ? notANumber : static_cast<float>(l); };
    EXPECT_NE(messageOf(pipeline.apply(make(1.5, Medium::Vacuum, hollow))).find("not a number"),
              std::string::npos);
    // NaN at the ends does not cover.
    const auto ends = [](double l) { return l < 6525 ? notANumber : static_cast<float>(l); };
    EXPECT_NE(messageOf(pipeline.apply(make(1.5, Medium::Vacuum, ends))).find("overlap"), std::string::npos);
    auto broken = make(1.5, Medium::Vacuum, slope);
    broken.mask.resize(3);
    EXPECT_FALSE(pipeline.apply(broken));
    EXPECT_FALSE(pipeline.apply(Spectrum{}));
    const auto constant =
        Pipeline::make({resampling(6519, 6732, 140)})->apply(make(1.5, Medium::Vacuum, flat));
    EXPECT_TRUE(constant) << test::why(constant); // nothing to scale, nothing to refuse
}

TEST(Pipeline, RefusesStepsThatMakeNoSense) {
    const auto refusal = [](std::vector<StepDescription> steps) {
        const auto pipeline = Pipeline::make(std::move(steps));
        return pipeline ? std::string() : pipeline.error().message();
    };
    const auto grid = resampling(6519, 6732, 140);
    EXPECT_NE(refusal({}).find("resample-linear"), std::string::npos);
    EXPECT_NE(refusal({{"whiten", 1, {}}, grid}).find("whiten"), std::string::npos);
    EXPECT_NE(refusal({{"air-to-vacuum", 2, {}}, grid}).find("version"), std::string::npos);
    EXPECT_NE(refusal({{"air-to-vacuum", 1, {{"sigma", 1}}}, grid}).find("sigma"), std::string::npos);
    EXPECT_NE(refusal({{"gaussian-blur", 1, {{"sigmaPixels", 1}}}, grid}).find("missing"), std::string::npos);
    EXPECT_NE(refusal({grid, grid}).find("twice"), std::string::npos);
    EXPECT_NE(refusal({grid, {"air-to-vacuum", 1, {}}}).find("wrong place"), std::string::npos);
    EXPECT_NE(refusal({scaling, grid}).find("wrong place"), std::string::npos);
    EXPECT_NE(refusal({resampling(6519, 6732, 1)}), "");
    EXPECT_NE(refusal({resampling(6519, 6732, 1e12)}), "");
    EXPECT_NE(refusal({resampling(6732, 6519, 140)}), "");
    EXPECT_NE(refusal({resampling(6519, INFINITY, 140)}), "");
    EXPECT_NE(refusal({blurring(1e9), grid}), "");
    EXPECT_NE(refusal({grid, {"min-max", 1, {{"minimum", 1}, {"maximum", 1}}}}), "");
}
