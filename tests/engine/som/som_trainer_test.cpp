#include <algorithm>
#include <cmath>
#include <limits>
#include <stop_token>
#include <string>

#include <gtest/gtest.h>

#include "engine/som/map_file.h"
#include "engine/som/neighbourhood_sum.h"
#include "engine/som/quality.h"
#include "engine/som/trainer.h"
#include "engine/som/u_matrix.h"
#include "tests/engine/som/som_test_data.h"
#include "tests/support/test_support.h"

namespace balmer::som {
namespace {

core::Result<TrainedMap> trainWith(core::FloatView rows, const SomParameters& parameters,
                                   std::size_t threads) {
    core::ThreadPool pool(threads);
    core::TaskContext task;
    return train(rows, parameters, pool, task);
}

SomParameters small(Topology topology = Topology::Rectangular) {
    SomParameters parameters;
    parameters.grid = {9, 7, topology};
    parameters.epochs = 6;
    return parameters;
}

TEST(Trainer, GivesTheSameBytesForEveryNumberOfThreads) {
    const auto rows = test_data::spectra(1500, 60, 11);
    for (const Topology topology : {Topology::Rectangular, Topology::Hexagonal})
        for (const Neighbourhood neighbourhood : {Neighbourhood::Gaussian, Neighbourhood::Bubble})
            for (const Initialisation initialisation :
                 {Initialisation::PrincipalPlane, Initialisation::RandomRows}) {
                SomParameters parameters = small(topology);
                parameters.neighbourhood = neighbourhood;
                parameters.initialisation = initialisation;
                const auto one = trainWith(rows.view(), parameters, 1);
                ASSERT_TRUE(one) << test::why(one);
                for (const std::size_t threads : {2u, 3u, 5u}) {
                    const auto more = trainWith(rows.view(), parameters, threads);
                    ASSERT_TRUE(more) << test::why(more);
                    EXPECT_EQ(serialise(more->map), serialise(one->map))
                        << toString(topology) << ' ' << threads;
                    EXPECT_EQ(more->projection.best, one->projection.best);
                }
            }
}

TEST(Trainer, SeedDecidesARandomBeginningAlone) {
    const auto rows = test_data::spectra(600, 30, 12);
    const auto digest = [&](Initialisation initialisation, std::uint64_t seed) {
        SomParameters parameters = small();
        parameters.initialisation = initialisation;
        parameters.seed = seed;
        return codebookDigest(trainWith(rows.view(), parameters, 2).value().map);
    };
    EXPECT_EQ(digest(Initialisation::RandomRows, 1), digest(Initialisation::RandomRows, 1));
    EXPECT_NE(digest(Initialisation::RandomRows, 1), digest(Initialisation::RandomRows, 2));
    EXPECT_EQ(digest(Initialisation::PrincipalPlane, 1), digest(Initialisation::PrincipalPlane, 2));
}

TEST(Trainer, OneEpochIsTheBatchFormula) {
    const auto rows = test_data::spectra(400, 21, 13);
    for (const Topology topology : {Topology::Rectangular, Topology::Hexagonal})
        for (const Neighbourhood neighbourhood : {Neighbourhood::Gaussian, Neighbourhood::Bubble}) {
            SomParameters parameters = small(topology);
            parameters.neighbourhood = neighbourhood;
            parameters.initialisation = Initialisation::RandomRows;
            parameters.epochs = 1;
            parameters.radiusStart = 1.7;
            const auto trained = trainWith(rows.view(), parameters, 2);
            ASSERT_TRUE(trained) << test::why(trained);

            core::RandomStream random(parameters.seed);
            const auto order = random.permutation(rows.rows());
            Map before{parameters.grid, core::FloatMatrix(63, 21), {}};
            for (std::size_t n = 0; n < 63; ++n)
                std::ranges::copy(rows.row(order[n]), before.codebook.row(n).begin());
            core::ThreadPool pool(1);
            core::TaskContext task;
            const auto projection = project(rows.view(), before, pool, task);
            ASSERT_TRUE(projection);
            EXPECT_DOUBLE_EQ(trained->map.epochs.at(0).quantisationError, quantisationError(*projection));
            for (std::size_t n = 0; n < 63; ++n) {
                std::vector<double> sum(21);
                double weights = 0;
                for (std::size_t row = 0; row < rows.rows(); ++row) {
                    const double d = parameters.grid.distance(n, projection->best[row]);
                    const double h = neighbourhood == Neighbourhood::Gaussian
                                         ? std::exp(-d * d / (2 * 1.7 * 1.7))
                                         : (d <= 1.7 ? 1.0 : 0.0);
                    weights += h;
                    for (std::size_t c = 0; c < 21; ++c)
                        sum[c] += h * double(rows(row, c));
                }
                for (std::size_t c = 0; c < 21; ++c)
                    ASSERT_NEAR(trained->map.codebook(n, c), sum[c] / weights, 2e-6)
                        << toString(topology) << n;
            }
        }
}

TEST(Trainer, QuantisationErrorFallsAndIsReported) {
    const auto rows = test_data::spectra(2000, 80, 14);
    for (const Topology topology : {Topology::Rectangular, Topology::Hexagonal}) {
        std::vector<double> quantisation, topographic;
        core::TaskContext task({}, {}, [&](std::string_view name, double step, double value) {
            auto& series = name == "quantisation error" ? quantisation : topographic;
            EXPECT_EQ(step, static_cast<double>(series.size()));
            series.push_back(value);
        });
        core::ThreadPool pool(2);
        const auto trained = train(rows.view(), small(topology), pool, task);
        ASSERT_TRUE(trained) << test::why(trained);
        ASSERT_EQ(quantisation.size(), 7u);
        ASSERT_EQ(topographic.size(), 7u);
        ASSERT_EQ(trained->map.epochs.size(), 6u);
        EXPECT_EQ(quantisation.back(), trained->quantisationError);
        EXPECT_EQ(topographic.back(), trained->topographicError);
        for (std::size_t epoch = 2; epoch < 7; ++epoch)
            EXPECT_LT(quantisation[epoch], quantisation[epoch - 1]);
        EXPECT_LT(trained->topographicError, 0.5);
        const auto again = project(rows.view(), trained->map, pool, task);
        ASSERT_TRUE(again);
        EXPECT_EQ(again->best, trained->projection.best);
        EXPECT_EQ(quantisationError(*again), trained->quantisationError);
    }
}

TEST(Trainer, UMatrixShowsTheBorderOfTwoGroups) {
    core::FloatMatrix rows(400, 8);
    core::RandomStream random(15);
    for (std::size_t row = 0; row < 400; ++row)
        for (float& value : rows.row(row))
            value = static_cast<float>(random.normal(row < 200 ? 0 : 5, 0.3));
    SomParameters parameters;
    parameters.grid = {12, 4};
    parameters.epochs = 15;
    parameters.radiusEnd = 0.5;
    const auto trained = trainWith(rows.view(), parameters, 2);
    ASSERT_TRUE(trained) << test::why(trained);
    const auto heights = uMatrix(trained->map);
    // The groups lie at the two ends of the longer side; the highest neuron lies between them.
    const auto peak = static_cast<std::size_t>(std::ranges::max_element(heights) - heights.begin());
    EXPECT_GE(parameters.grid.column(peak), 3u);
    EXPECT_LE(parameters.grid.column(peak), 8u);
    EXPECT_GT(heights[peak], 3 * heights[parameters.grid.neuronAt(0, 1)]);
    EXPECT_GT(heights[peak], 3 * heights[parameters.grid.neuronAt(11, 1)]);
    std::vector<bool> first(48), second(48);
    for (std::size_t row = 0; row < 400; ++row)
        (row < 200 ? first : second)[trained->projection.best[row]] = true;
    for (std::size_t n = 0; n < 48; ++n)
        EXPECT_FALSE(first[n] && second[n]) << "neuron " << n;
}

TEST(Trainer, TakesDataOfAnyUsualKind) {
    auto constantColumn = test_data::spectra(200, 20, 16);
    for (std::size_t row = 0; row < 200; ++row)
        constantColumn(row, 4) = 2.5f;
    auto faint = test_data::spectra(200, 20, 17);
    for (std::size_t row = 0; row < 200; ++row)
        for (float& value : faint.row(row))
            value *= 1e-17f;
    core::FloatMatrix oneColumn(200, 1);
    for (std::size_t row = 0; row < 200; ++row)
        oneColumn(row, 0) = static_cast<float>((row * 37) % 200);
    SomParameters parameters = small();
    for (const core::FloatMatrix* rows : {&constantColumn, &faint, &oneColumn}) {
        const auto trained = trainWith(rows->view(), parameters, 2);
        ASSERT_TRUE(trained) << test::why(trained);
        EXPECT_TRUE(validate(trained->map));
        EXPECT_LT(trained->quantisationError, trained->map.epochs.at(1).quantisationError);
    }
    const auto trained = trainWith(constantColumn.view(), parameters, 2);
    for (std::size_t n = 0; n < 63; ++n)
        EXPECT_NEAR(trained->map.codebook(n, 4), 2.5f, 1e-5);
    for (const Grid grid : {Grid{1, 2}, Grid{1, 30}, Grid{30, 1}, Grid{2, 2, Topology::Hexagonal}}) {
        parameters.grid = grid;
        EXPECT_TRUE(trainWith(faint.view(), parameters, 2)) << grid.toText();
    }
}

TEST(Trainer, RefusesWithARemedy) {
    const auto refusal = [](core::FloatView rows, const SomParameters& parameters) -> std::string {
        const auto trained = trainWith(rows, parameters, 2);
        if (trained) return "it succeeded";
        EXPECT_EQ(trained.error().code(), core::ErrorCode::InvalidArgument);
        return trained.error().message();
    };
    auto rows = test_data::spectra(200, 20, 18);
    SomParameters parameters = small();
    EXPECT_NE(refusal(core::FloatMatrix(0, 20).view(), parameters).find("has rows"), std::string::npos);
    EXPECT_NE(refusal(core::FloatMatrix(20, 0).view(), parameters).find("has rows"), std::string::npos);
    EXPECT_NE(refusal(core::FloatMatrix(100, 5).view(), parameters).find("the same"), std::string::npos);
    parameters.grid = {15, 15};
    EXPECT_NE(refusal(rows.view(), parameters).find("at most 200 neurons"), std::string::npos);
    parameters.grid = {200, 1};
    EXPECT_TRUE(trainWith(rows.view(), parameters, 1));
    parameters = small();
    parameters.epochs = 0;
    EXPECT_NE(refusal(rows.view(), parameters).find("epochs"), std::string::npos);
    parameters = small();
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity(), 2e37f}) {
        rows(137, 19) = bad;
        EXPECT_NE(refusal(rows.view(), parameters).find("row 137"), std::string::npos) << bad;
    }
}

TEST(Trainer, StopsAtEveryCheckpoint) {
    const auto rows = test_data::spectra(700, 20, 19);
    SomParameters parameters = small();
    parameters.epochs = 3;
    core::ThreadPool pool(2);
    std::string digest;
    for (int last = 0;; ++last) {
        std::stop_source stop;
        int seen = 0;
        double reached = 0;
        core::TaskContext task(stop.get_token(), [&](double fraction, std::string_view) {
            EXPECT_GE(fraction, reached);
            reached = fraction;
            if (++seen > last) stop.request_stop();
        });
        const auto trained = train(rows.view(), parameters, pool, task);
        if (trained) {
            digest = codebookDigest(trained->map);
            EXPECT_GT(last, 12);
            break;
        }
        ASSERT_EQ(trained.error().code(), core::ErrorCode::Cancelled);
        ASSERT_LT(last, 1000);
    }
    // The pool serves the next as if nothing had been.
    core::TaskContext task;
    EXPECT_EQ(codebookDigest(train(rows.view(), parameters, pool, task).value().map), digest);
}

TEST(NeighbourhoodSum, IsTheWeightedSumOverTheGrid) {
    for (const Topology topology : {Topology::Rectangular, Topology::Hexagonal})
        for (const Neighbourhood neighbourhood : {Neighbourhood::Gaussian, Neighbourhood::Bubble})
            for (const double radius : {0.3, 0.7, 2.0, 6.0}) {
                const Grid grid{8, 5, topology};
                const auto in = test_data::spectra(40, 70, 20);
                auto out = in;
                core::ThreadPool pool(3);
                NeighbourhoodSum(grid, neighbourhood, 70).apply(out, radius, pool);
                for (std::size_t n = 0; n < 40; ++n)
                    for (const std::size_t c : {0u, 33u, 63u, 64u, 69u}) {
                        double sum = 0;
                        for (std::size_t k = 0; k < 40; ++k) {
                            const double d = grid.distance(n, k);
                            const double h = neighbourhood == Neighbourhood::Gaussian
                                                 ? std::exp(-d * d / (2 * radius * radius))
                                                 : (d <= radius ? 1 : 0);
                            sum += h * double(in(k, c));
                        }
                        ASSERT_NEAR(out(n, c), sum, 1e-5 * std::abs(sum) + 1e-9)
                            << toString(topology) << radius;
                    }
            }
}

} // namespace
} // namespace balmer::som
