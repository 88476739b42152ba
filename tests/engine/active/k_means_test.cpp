#include "engine/active/k_means.h"

#include <gmock/gmock.h>

#include <numeric>

#include "engine/core/random_stream.h"
#include "tests/engine/active/pool_of_rows.h"

namespace balmer::active {
namespace {

/// Row r lies near the corner r % 4 of a square 10 wide.
core::FloatMatrix fourCorners(std::size_t rows) {
    core::FloatMatrix points(rows, 2);
    core::RandomStream random(4);
    for (std::size_t r = 0; r < rows; ++r) {
        points(r, 0) = static_cast<float>(10 * (r % 2) + random.normal(0, 0.5));
        points(r, 1) = static_cast<float>(10 * (r / 2 % 2) + random.normal(0, 0.5));
    }
    return points;
}

std::vector<std::size_t> firstRows(std::size_t count) {
    std::vector<std::size_t> rows(count);
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    return rows;
}

TEST(KMeans, FindsGroupsThatStandApart) {
    const auto points = fourCorners(9000);
    core::TaskContext task;
    // With a sample, too, every row is given to a group.
    for (const std::size_t sample : {std::size_t{20'000}, std::size_t{100}}) {
        const auto groups =
            groupRows(points.view(), firstRows(9000), {.groups = 4, .sample = sample, .seed = 2}, task);
        ASSERT_TRUE(groups) << test::why(groups);
        EXPECT_THAT(groups->sizes, testing::Each(2250u));
        for (std::size_t r = 0; r < 9000; ++r) {
            ASSERT_EQ(groups->of[r], groups->of[r % 4]);
            ASSERT_EQ(groups->nearest(points.row(r)), groups->of[r]);
        }
        for (std::size_t corner = 0; corner < 4; ++corner)
            EXPECT_NEAR(groups->centres(groups->of[corner], 0), 10.0 * static_cast<double>(corner % 2), 0.3);
    }
}

TEST(KMeans, GivesTheSameForAnyNumberOfThreadsAndItsSeed) {
    core::FloatMatrix points(5000, 11);
    core::RandomStream random(8);
    for (std::size_t r = 0; r < 5000; ++r)
        for (auto& value : points.row(r))
            value = static_cast<float>(random.normal());
    core::TaskContext task;
    const auto of = [&](std::size_t threads, std::uint64_t seed) {
        return groupRows(points.view(), firstRows(5000),
                         {.groups = 13, .sample = 1500, .seed = seed, .threads = threads}, task)
            .value();
    };
    const auto alone = of(1, 1);
    for (const std::size_t threads : {2u, 5u}) {
        const auto groups = of(threads, 1);
        EXPECT_EQ(groups.of, alone.of);
        EXPECT_EQ(groups.centres, alone.centres);
    }
    EXPECT_NE(of(1, 2).centres, alone.centres);
}

TEST(KMeans, MakesFewerGroupsOfFewerPoints) {
    const auto points = test::rowsOf({{1, 1}, {1, 1}, {4, 4}, {1, 1}});
    core::TaskContext task;
    const auto groups = groupRows(points.view(), firstRows(4), {.groups = 3}, task);
    ASSERT_TRUE(groups) << test::why(groups);
    EXPECT_EQ(groups->centres.rows(), 2u);
    EXPECT_EQ(groups->of[0], groups->of[3]);
    EXPECT_NE(groups->of[0], groups->of[2]);
    EXPECT_TRUE(groupRows(points.view(), {}, {.groups = 3}, task)->of.empty());
    EXPECT_FALSE(groupRows(points.view(), firstRows(4), {.groups = 0}, task));
    std::stop_source stop;
    stop.request_stop();
    core::TaskContext stopped(stop.get_token(), {});
    EXPECT_EQ(groupRows(points.view(), firstRows(4), {}, stopped).error().code(), core::ErrorCode::Cancelled);
}

} // namespace
} // namespace balmer::active
