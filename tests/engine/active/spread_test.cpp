#include "engine/active/spread.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "tests/support/test_support.h"

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

TEST(SpreadOut, MeetsWhatIsRareAmongTheFirst) {
    const auto rows = ripplesAndTwoLines();
    core::TaskContext task;
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        const auto chosen = spreadOut(rows.view(), {}, {.count = 3, .seed = seed}, task);
        ASSERT_TRUE(chosen) << test::why(chosen);
        EXPECT_EQ(chosen->size(), 3u);
        EXPECT_THAT(*chosen, testing::AllOf(testing::Contains(40u), testing::Contains(70u)));
        EXPECT_EQ(*chosen, spreadOut(rows.view(), {}, {.count = 3, .seed = seed}, task).value());
    }
}

TEST(SpreadOut, LeavesOutWhatIsExcludedOrSaysNothingAndNeverRepeats) {
    auto rows = ripplesAndTwoLines();
    std::ranges::fill(rows.row(3), 1.0f);
    rows(4, 0) = std::numeric_limits<float>::quiet_NaN();
    std::vector<unsigned char> excluded(rows.rows(), 0);
    excluded[40] = 1;
    core::TaskContext task;
    const auto chosen = spreadOut(rows.view(), excluded, {.count = 1000}, task);
    ASSERT_TRUE(chosen) << test::why(chosen);
    EXPECT_EQ(chosen->size(), 97u);
    const std::set<std::size_t> different(chosen->begin(), chosen->end());
    EXPECT_EQ(different.size(), 97u);
    for (const std::size_t row : {3u, 4u, 40u})
        EXPECT_FALSE(different.contains(row)) << row;
    EXPECT_EQ(spreadOut(ripplesAndTwoLines().view(), {}, {.count = 1000, .sample = 10}, task)->size(), 10u);
}

TEST(SpreadOut, RefusesSizesThatDisagreeAndStops) {
    const auto rows = ripplesAndTwoLines();
    core::TaskContext task;
    EXPECT_EQ(spreadOut(rows.view(), std::vector<unsigned char>(7), {}, task).error().code(),
              core::ErrorCode::InvalidArgument);
    std::stop_source stop;
    stop.request_stop();
    core::TaskContext stopped(stop.get_token(), {});
    EXPECT_EQ(spreadOut(rows.view(), {}, {}, stopped).error().code(), core::ErrorCode::Cancelled);
    EXPECT_TRUE(spreadOut({}, {}, {}, task)->empty());
}

} // namespace
} // namespace balmer::active
