#include "engine/active/query.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <set>

#include "engine/core/random_stream.h"
#include "tests/support/test_support.h"

namespace balmer::active {
namespace {

core::FloatMatrix rowsOf(std::initializer_list<std::vector<float>> rows) {
    core::FloatMatrix matrix;
    for (const auto& row : rows)
        matrix.appendRow(row);
    return matrix;
}

std::vector<std::size_t> rowsIn(const std::vector<ListedSpectrum>& list) {
    std::vector<std::size_t> rows;
    for (const auto& item : list)
        rows.push_back(item.row);
    return rows;
}

const std::vector<std::string> classes{"other", "single peak", "double peak"};

QueryParameters wanting(std::vector<int> targets) {
    QueryParameters parameters;
    parameters.targets = std::move(targets);
    return parameters;
}

TEST(Entropy, IsZeroWhenCertainAndLnOfTheClassesWhenAllAreAlike) {
    EXPECT_EQ(entropy(std::vector<float>{0, 1, 0}), 0);
    EXPECT_NEAR(entropy(std::vector<float>{0.25f, 0.25f, 0.25f, 0.25f}), std::log(4.0), 1e-7);
    EXPECT_NEAR(normalisedEntropy(std::vector<float>{0.5f, 0.5f}), 1, 1e-7);
    EXPECT_NEAR(normalisedEntropy(std::vector<float>{0.9f, 0.1f}), 0.468996, 1e-6);
    EXPECT_EQ(normalisedEntropy(std::vector<float>{1}), 0);
}

TEST(Oracle, ListsTheLargestEntropyFirstAndTheLowerRowOnATie) {
    const auto p =
        rowsOf({{0.9f, 0.1f, 0}, {0.4f, 0.3f, 0.3f}, {0.5f, 0.5f, 0}, {0.4f, 0.3f, 0.3f}, {1, 0, 0}});
    auto parameters = wanting({1});
    parameters.oracle = 3;
    const auto lists = drawRound(p.view(), classes, {}, parameters);
    ASSERT_TRUE(lists) << test::why(lists);
    EXPECT_EQ(rowsIn(lists->oracle), (std::vector<std::size_t>{1, 3, 2}));
    EXPECT_THAT(lists->oracle.at(2).reason,
                testing::HasSubstr("other and single peak are about equally likely (entropy 0.63)"));
}

TEST(Oracle, StrategiesRankDifferently) {
    const auto p = rowsOf({{0.50f, 0.48f, 0.02f}, {0.46f, 0.30f, 0.24f}, {0.45f, 0.39f, 0.16f}});
    auto parameters = wanting({1});
    const auto with = [&](std::string_view strategy) {
        parameters.doubt = queryStrategyFrom(strategy).value();
        return rowsIn(drawRound(p.view(), classes, {}, parameters)->oracle);
    };
    EXPECT_EQ(with("entropy"), (std::vector<std::size_t>{1, 2, 0}));
    EXPECT_EQ(with("margin"), (std::vector<std::size_t>{0, 2, 1}));
    EXPECT_EQ(with("least-confidence"), (std::vector<std::size_t>{2, 1, 0}));
}

TEST(Lists, LeaveOutExcludedRowsAndRowsWithoutAPrediction) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto p = rowsOf({{0, 1, 0}, {nan, nan, nan}, {0.2f, 0.8f, 0}, {0.1f, 0.9f, 0}});
    const std::vector<unsigned char> excluded{1, 0, 0, 0};
    const auto lists = drawRound(p.view(), classes, excluded, wanting({1}));
    ASSERT_TRUE(lists) << test::why(lists);
    EXPECT_EQ(rowsIn(lists->oracle), (std::vector<std::size_t>{2, 3}));
    EXPECT_EQ(rowsIn(lists->candidates), (std::vector<std::size_t>{3, 2}));
    EXPECT_THAT(rowsIn(lists->performanceEstimate), testing::UnorderedElementsAre(2u, 3u));
}

TEST(Candidates, AreThoseWhoseMostProbableClassIsATarget) {
    const auto p = rowsOf({{0.4f, 0.35f, 0.25f}, {0.3f, 0.5f, 0.2f}, {0.1f, 0.3f, 0.6f}, {0, 0.5f, 0.5f}});
    const auto lists = drawRound(p.view(), classes, {}, wanting({1, 2}));
    ASSERT_TRUE(lists);
    EXPECT_EQ(rowsIn(lists->candidates), (std::vector<std::size_t>{3, 2, 1}));
    EXPECT_NEAR(lists->candidates.at(1).probability, 0.9, 1e-6);
    EXPECT_EQ(lists->candidates.at(1).predicted, 2);
}

TEST(PerformanceEstimate, IsAUniformSampleForItsSeed) {
    core::FloatMatrix p(400, 3);
    for (std::size_t r = 0; r < 400; ++r)
        p(r, r % 2) = 1;
    auto parameters = wanting({1});
    parameters.performanceEstimate = 50;
    std::vector<int> drawn(400);
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        parameters.seed = seed;
        const auto lists = drawRound(p.view(), classes, {}, parameters);
        ASSERT_TRUE(lists);
        const auto rows = rowsIn(lists->performanceEstimate);
        EXPECT_EQ(std::set(rows.begin(), rows.end()).size(), 50u);
        for (const auto row : rows)
            ++drawn[row];
        if (seed == 7) {
            EXPECT_EQ(lists->performanceEstimate,
                      drawRound(p.view(), classes, {}, parameters)->performanceEstimate);
        }
    }
    // 400 draws of 50 from 200: each row is expected 100 times with a deviation of 8.7.
    for (std::size_t r = 0; r < 400; ++r) {
        if (r % 2 == 0) {
            EXPECT_EQ(drawn[r], 0);
        } else {
            EXPECT_NEAR(drawn[r], 100, 45);
        }
    }
}

TEST(Lists, RefuseWhatDoesNotFit) {
    const auto p = rowsOf({{0.5f, 0.5f, 0}});
    EXPECT_FALSE(drawRound(p.view(), classes, {}, wanting({})));
    EXPECT_FALSE(drawRound(p.view(), classes, {}, wanting({3})));
    EXPECT_FALSE(drawRound(p.view(), std::vector<std::string>{"a", "b"}, {}, wanting({1})));
    EXPECT_FALSE(drawRound(p.view(), classes, std::vector<unsigned char>(2), wanting({1})));
    EXPECT_FALSE(queryStrategyFrom("random"));
}

TEST(Lists, OfAnEmptyPoolAreEmpty) {
    const auto lists = drawRound({}, classes, {}, wanting({1}));
    ASSERT_TRUE(lists) << test::why(lists);
    EXPECT_TRUE(lists->oracle.empty() && lists->candidates.empty() && lists->performanceEstimate.empty());
}

} // namespace
} // namespace balmer::active
