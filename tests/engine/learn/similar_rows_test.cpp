#include "engine/learn/similar_rows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/random_stream.h"
#include "tests/support/test_support.h"

namespace balmer::learn {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

core::FloatMatrix noise(std::size_t rows, std::size_t columns) {
    core::RandomStream random(3);
    core::FloatMatrix made(rows, columns);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c)
            made(r, c) = static_cast<float>(1000 + 30 * random.normal());
    return made;
}

/// In double precision, over the finite samples of the shape.
double pearson(std::span<const float> row, std::span<const float> shape) {
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (std::isfinite(shape[i])) {
            const double a = static_cast<double>(row[i]) - 1000, b = static_cast<double>(shape[i]);
            n += 1, x += a, y += b, xx += a * a, yy += b * b, xy += a * b;
        }
    return (n * xy - x * y) / std::sqrt((n * xx - x * x) * (n * yy - y * y));
}

TEST(SimilarRows, AreThoseOfTheHighestCorrelationInOrder) {
    const auto rows = noise(9000, 141);
    std::vector<float> shape(141);
    for (std::size_t i = 0; i < shape.size(); ++i)
        shape[i] = std::exp(-0.01f * std::pow(static_cast<float>(i) - 70, 2.0f));
    for (const std::size_t hole : {140u, 0u, 60u}) {
        shape[hole] = nan;
        std::vector<std::pair<double, std::size_t>> truth;
        for (std::size_t r = 0; r < rows.rows(); ++r)
            truth.emplace_back(-pearson(rows.row(r), shape), r);
        std::ranges::sort(truth);
        for (const std::size_t threads : {1u, 2u, 3u}) {
            core::TaskContext task;
            const auto found = similarRows(rows.view(), shape, {20, threads}, task);
            ASSERT_TRUE(found) << test::why(found);
            ASSERT_EQ(found->size(), 20u);
            for (std::size_t i = 0; i < found->size(); ++i) {
                EXPECT_EQ((*found)[i].row, truth[i].second) << i;
                EXPECT_NEAR((*found)[i].correlation, -truth[i].first, 1e-5);
            }
        }
    }
}

TEST(SimilarRows, FindTheSameShapeAtAnyLevelAndScaleAndPassOverWhatIsNone) {
    auto rows = noise(50, 64);
    const auto ramp = [](std::size_t i) { return static_cast<float>(i % 7); };
    std::vector<float> shape(64);
    for (std::size_t i = 0; i < 64; ++i) {
        shape[i] = ramp(i);
        rows(7, i) = 5e6f + 3e4f * ramp(i);
        rows(8, i) = -2.5f;   // constant
        rows(9, i) = ramp(i); // but for one sample
        rows(10, i) = -ramp(i);
    }
    rows(9, 20) = nan;
    core::TaskContext task;
    const auto found = similarRows(rows.view(), shape, {100}, task);
    ASSERT_TRUE(found) << test::why(found);
    EXPECT_EQ(found->size(), 48u);
    EXPECT_EQ(found->front().row, 7u);
    EXPECT_NEAR(found->front().correlation, 1, 1e-5);
    EXPECT_EQ(found->back().row, 10u);
    EXPECT_NEAR(found->back().correlation, -1, 1e-5);
    shape[20] = nan; // then that sample is not looked at
    const auto without = similarRows(rows.view(), shape, {2}, task);
    ASSERT_EQ(without->size(), 2u);
    EXPECT_EQ((*without)[0].row + (*without)[1].row, 16u);
}

TEST(SimilarRows, RefuseWhatCannotBeCompared) {
    const auto rows = noise(5, 10);
    core::TaskContext task;
    EXPECT_FALSE(similarRows(rows.view(), std::vector<float>(9, 1.0f), {}, task));
    EXPECT_FALSE(similarRows(rows.view(), std::vector<float>(10, 1.0f), {}, task));
    std::vector<float> two(10, nan);
    two[3] = 1, two[4] = 2;
    EXPECT_FALSE(similarRows(rows.view(), two, {}, task));
    EXPECT_TRUE(similarRows(core::FloatView(), std::span<const float>(), {}, task).has_value() == false);
}

} // namespace
} // namespace balmer::learn
