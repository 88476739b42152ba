#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "engine/som/best_unit_search.h"
#include "engine/som/projection.h"
#include "engine/som/quality.h"
#include "engine/som/trainer.h"
#include "engine/som/u_matrix.h"
#include "tests/engine/som/som_test_data.h"
#include "tests/support/test_support.h"

namespace balmer::som {
namespace {

NearestTwo bruteForce(std::span<const float> row, core::FloatView codebook) {
    constexpr double far = std::numeric_limits<double>::infinity();
    NearestTwo nearest{0, 0, far, far};
    for (std::size_t neuron = 0; neuron < codebook.rows(); ++neuron) {
        double sum = 0;
        for (std::size_t c = 0; c < row.size(); ++c) {
            const double difference = double(row[c]) - double(codebook(neuron, c));
            sum += difference * difference;
        }
        const auto n = static_cast<std::uint32_t>(neuron);
        if (sum < nearest.squaredDistance)
            nearest = {n, nearest.best, sum, nearest.squaredDistance};
        else if (sum < nearest.secondSquaredDistance) {
            nearest.second = n;
            nearest.secondSquaredDistance = sum;
        }
    }
    return nearest;
}

void expectBruteForce(core::FloatView rows, core::FloatView codebook, const char* what) {
    core::ThreadPool pool(2);
    core::TaskContext task;
    const BestUnitSearch search(codebook);
    const auto found = search.search(rows, pool, task, 0, 1, "searching");
    ASSERT_TRUE(found) << test::why(found);
    ASSERT_EQ(found->size(), rows.rows());
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        const NearestTwo expected = bruteForce(rows.row(row), codebook), &got = (*found)[row];
        ASSERT_EQ(got.best, expected.best) << what << ", row " << row;
        ASSERT_EQ(got.second, expected.second) << what << ", row " << row;
        ASSERT_NEAR(got.squaredDistance, expected.squaredDistance, 1e-12 * expected.squaredDistance) << what;
        ASSERT_NEAR(got.secondSquaredDistance, expected.secondSquaredDistance,
                    1e-12 * expected.secondSquaredDistance);
    }
}

void scale(core::FloatMatrix& matrix, float factor) {
    for (std::size_t row = 0; row < matrix.rows(); ++row)
        for (float& value : matrix.row(row))
            value *= factor;
}

TEST(BestUnitSearch, FindsTheWinnersOfDoublePrecision) {
    // Neurons that differ as little as those of an early epoch, and shapes that fill no block and no group.
    for (const std::size_t columns : {1u, 2u, 15u, 140u, 333u})
        for (const std::size_t neurons : {2u, 3u, 17u, 230u}) {
            const auto rows = test_data::spectra(517, columns, 1);
            auto codebook = test_data::spectra(neurons, columns, 2, 0);
            expectBruteForce(rows.view(), codebook.view(), "spectra");
            for (std::size_t n = 0; n < neurons; ++n)
                for (std::size_t c = 0; c < columns; ++c)
                    codebook(n, c) = 1 + 1e-4f * (codebook(n, c) - 1);
            expectBruteForce(rows.view(), codebook.view(), "nearly equal neurons");
        }
}

TEST(BestUnitSearch, HoldsForAnyMagnitude) {
    for (const float factor : {1e-43f, 1e-38f, 1e-30f, 1e-17f, 1e6f, 1e20f, 1e36f}) {
        auto rows = test_data::spectra(300, 40, 3);
        auto codebook = test_data::spectra(50, 40, 4);
        scale(rows, factor);
        scale(codebook, factor);
        expectBruteForce(rows.view(), codebook.view(), ("scaled by " + std::to_string(factor)).c_str());
    }
    auto rows = test_data::spectra(300, 40, 3);
    auto codebook = test_data::spectra(50, 40, 4);
    scale(rows, 1e30f);
    expectBruteForce(rows.view(), codebook.view(), "rows far from the map");
    scale(codebook, 1e-30f);
    expectBruteForce(rows.view(), codebook.view(), "rows very far from a small map");
}

TEST(BestUnitSearch, GivesTheLowestIndexOnATie) {
    const auto rows = test_data::spectra(100, 30, 5);
    core::FloatMatrix codebook(64, 30);
    expectBruteForce(rows.view(), codebook.view(), "all neurons equal");
    const auto distinct = test_data::spectra(16, 30, 6);
    for (std::size_t n = 0; n < 64; ++n)
        std::ranges::copy(distinct.row((n * 7) % 16), codebook.row(n).begin());
    expectBruteForce(rows.view(), codebook.view(), "each neuron four times");
    expectBruteForce(distinct.view(), codebook.view(), "rows that are neurons");
}

TEST(BestUnitSearch, ReadsRowsThatLieApart) {
    const auto wide = test_data::spectra(80, 50, 7);
    const core::FloatView rows(wide.data() + 3, 80, 20, 50);
    const auto codebook = test_data::spectra(30, 20, 8);
    expectBruteForce(rows, codebook.view(), "strided rows");
}

Map mapOf(Grid grid, core::FloatMatrix codebook) {
    return {grid, std::move(codebook), {}};
}

TEST(Projection, HasDistancesMembersHitsAndErrors) {
    const Map map = mapOf({6, 5, Topology::Hexagonal}, test_data::spectra(30, 25, 9));
    const auto rows = test_data::spectra(400, 25, 10);
    core::ThreadPool pool(2);
    core::TaskContext task;
    const auto projection = project(rows.view(), map, pool, task);
    ASSERT_TRUE(projection) << test::why(projection);
    const Members members(projection->best, 30);
    const auto counts = hits(*projection, 30);
    std::size_t total = 0;
    for (std::size_t n = 0; n < 30; ++n) {
        total += members.of(n).size();
        EXPECT_EQ(members.of(n).size(), counts[n]);
        EXPECT_TRUE(std::ranges::is_sorted(members.of(n)));
        for (const auto row : members.of(n))
            EXPECT_EQ(projection->best[row], n);
    }
    EXPECT_EQ(total, 400u);

    double distance = 0, apart = 0;
    for (std::size_t row = 0; row < 400; ++row) {
        const NearestTwo expected = bruteForce(rows.row(row), map.codebook.view());
        distance += std::sqrt(expected.squaredDistance) / 400;
        apart += map.grid.distance(expected.best, expected.second) > 1.001 ? 1.0 / 400 : 0;
    }
    EXPECT_NEAR(quantisationError(*projection), distance, 1e-6);
    EXPECT_NEAR(topographicError(*projection, map.grid), apart, 1e-12);
}

TEST(Projection, RefusesWhatDoesNotFitAndNamesTheRow) {
    const Map map = mapOf({2, 2}, test_data::spectra(4, 10, 1));
    core::ThreadPool pool(1);
    core::TaskContext task;
    auto rows = test_data::spectra(9, 10, 2);
    rows(7, 3) = std::numeric_limits<float>::quiet_NaN();
    const auto gap = project(rows.view(), map, pool, task);
    ASSERT_FALSE(gap);
    EXPECT_EQ(gap.error().code(), core::ErrorCode::InvalidArgument);
    EXPECT_NE(gap.error().message().find("row 7"), std::string::npos) << gap.error().message();
    EXPECT_FALSE(project(test_data::spectra(9, 11, 2).view(), map, pool, task));
    EXPECT_FALSE(project(test_data::spectra(9, 10, 2).view(), Map{}, pool, task));
    const auto none = project(core::FloatMatrix(0, 10).view(), map, pool, task);
    ASSERT_TRUE(none) << test::why(none);
    EXPECT_EQ(none->rows(), 0u);
    EXPECT_EQ(quantisationError(*none), 0);
    EXPECT_EQ(topographicError(*none, map.grid), 0);
}

} // namespace
} // namespace balmer::som
