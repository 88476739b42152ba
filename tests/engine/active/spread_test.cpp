#include "engine/active/spread.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "tests/engine/active/pool_of_rows.h"

namespace balmer::active {
namespace {

/// A hundred flat rows with a weak ripple; row 40 and row 70 have each a line of its own.
core::FloatMatrix ripplesAndTwoLines() {
    core::FloatMatrix rows(100, 24);
    for (std::size_t r = 0; r < rows.rows(); ++r)
        for (std::size_t c = 0; c < rows.columns(); ++c)
            rows(r, c) = std::sin(static_cast<float>(c)) + 0.05f * std::sin(static_cast<float>(r * c));
    for (const std::size_t r : {40u, 70u})
        for (std::size_t c = 0; c < 3; ++c)
            rows(r, r / 5 + c) = 9;
    return rows;
}

std::vector<std::size_t> allRows(const core::FloatMatrix& rows) {
    std::vector<std::size_t> all(rows.rows());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
}

std::vector<std::size_t> rowsIn(const std::vector<FarRow>& far) {
    std::vector<std::size_t> rows;
    for (const auto& each : far)
        rows.push_back(each.row);
    return rows;
}

TEST(FarthestFirst, GoesWhereTheNearestIsFarthestAndSaysHowFar) {
    const auto line = test::rowsOf({{0}, {1}, {5}, {9}, {12}});
    core::TaskContext task;
    const std::vector<std::size_t> among{0, 1, 2, 3}, from{4};
    const auto alone = farthestFirst(line.view(), among, {}, 3, task);
    ASSERT_TRUE(alone) << test::why(alone);
    EXPECT_EQ(*alone, (std::vector<FarRow>{{0, std::numeric_limits<double>::infinity()}, {3, 9}, {2, 4}}));
    const auto beside = farthestFirst(line.view(), among, from, 9, task);
    ASSERT_TRUE(beside) << test::why(beside);
    EXPECT_EQ(*beside, (std::vector<FarRow>{{0, 12}, {2, 5}, {3, 3}, {1, 1}}));
}

TEST(FarthestFirst, MeetsWhatIsRareAmongTheFirst) {
    const auto rows = ripplesAndTwoLines();
    core::TaskContext task;
    auto among = allRows(rows);
    for (int turn = 0; turn < 3; ++turn) {
        std::ranges::rotate(among, among.begin() + 17);
        const auto chosen = farthestFirst(rows.view(), among, {}, 3, task);
        ASSERT_TRUE(chosen) << test::why(chosen);
        EXPECT_THAT(rowsIn(*chosen), testing::AllOf(testing::Contains(40u), testing::Contains(70u)));
    }
}

TEST(FarthestFirst, LeavesOutWhatIsNotFiniteAndNeverRepeats) {
    auto rows = ripplesAndTwoLines();
    rows(4, 0) = std::numeric_limits<float>::quiet_NaN();
    core::TaskContext task;
    const std::vector<std::size_t> from{4};
    const auto chosen = farthestFirst(rows.view(), allRows(rows), from, 1000, task);
    ASSERT_TRUE(chosen) << test::why(chosen);
    const auto order = rowsIn(*chosen);
    const std::set<std::size_t> different(order.begin(), order.end());
    EXPECT_EQ(order.size(), 99u);
    EXPECT_EQ(different.size(), 99u);
    EXPECT_FALSE(different.contains(4));
}

TEST(FarthestFirst, RefusesARowThatIsNotThereAndStops) {
    const auto rows = ripplesAndTwoLines();
    core::TaskContext task;
    const std::vector<std::size_t> beyond{100};
    EXPECT_EQ(farthestFirst(rows.view(), beyond, {}, 1, task).error().code(),
              core::ErrorCode::InvalidArgument);
    std::stop_source stop;
    stop.request_stop();
    core::TaskContext stopped(stop.get_token(), {});
    EXPECT_EQ(farthestFirst(rows.view(), allRows(rows), {}, 3, stopped).error().code(),
              core::ErrorCode::Cancelled);
    EXPECT_TRUE(farthestFirst({}, {}, {}, 3, task)->empty());
}

TEST(ScaledRows, AreBroughtToOneScaleAndAveraged) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto rows = test::rowsOf({{0, 10, 5, 10, 0}, {3, 3, 3, 3, 3}, {1, nan, 2, 3, 4}});
    const auto whole = scaledRows(rows.view());
    EXPECT_THAT(whole.row(0), testing::ElementsAre(-1, 1, 0, 1, -1));
    for (std::size_t r = 1; r < 3; ++r)
        EXPECT_TRUE(std::ranges::all_of(whole.row(r), [](float value) { return std::isnan(value); }));
    EXPECT_THAT(scaledRows(rows.view(), 3).row(0), testing::ElementsAre(0, 0.5f, -1));
    EXPECT_TRUE(scaledRows({}).empty());
}

} // namespace
} // namespace balmer::active
