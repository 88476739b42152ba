#include "engine/active/query.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <set>

#include "engine/active/entropy.h"
#include "tests/engine/active/pool_of_rows.h"

namespace balmer::active {
namespace {

using test::rowsOf;

std::vector<std::size_t> rowsIn(const std::vector<ListedSpectrum>& list) {
    std::vector<std::size_t> rows;
    for (const auto& item : list)
        rows.push_back(item.row);
    return rows;
}

const auto& classes = test::threeClasses;

/// A pool with these probabilities, the targets of a round, and what is drawn from it.
struct Pool {
    core::FloatMatrix probabilities;
    std::vector<int> targets;
    std::vector<unsigned char> excluded = {};
    core::FloatMatrix embedding = {};
    std::string strategy = "entropy";
    QueryParameters parameters = {};
    std::uint64_t seed = 1;

    core::Result<RoundLists> lists() {
        parameters.strategy = parseMix(strategy).value();
        core::TaskContext task;
        return drawRound({.probabilities = probabilities.view(),
                          .embedding = embedding.view(),
                          .excluded = excluded,
                          .classes = classes,
                          .targets = targets,
                          .seed = seed},
                         parameters, task);
    }
};

TEST(Entropy, IsZeroWhenCertainAndLnOfTheClassesWhenAllAreAlike) {
    EXPECT_EQ(entropy(std::vector<float>{0, 1, 0}), 0);
    EXPECT_NEAR(entropy(std::vector<float>{0.25f, 0.25f, 0.25f, 0.25f}), std::log(4.0), 1e-7);
    EXPECT_NEAR(normalisedEntropy(std::vector<float>{0.5f, 0.5f}), 1, 1e-7);
    EXPECT_NEAR(normalisedEntropy(std::vector<float>{0.9f, 0.1f}), 0.468996, 1e-6);
    EXPECT_EQ(normalisedEntropy(std::vector<float>{1}), 0);
}

TEST(Oracle, ListsTheLargestEntropyFirstAndTheLowerRowOnATie) {
    Pool pool{rowsOf({{0.9f, 0.1f, 0}, {0.4f, 0.3f, 0.3f}, {0.5f, 0.5f, 0}, {0.4f, 0.3f, 0.3f}, {1, 0, 0}}),
              {1}};
    pool.parameters.oracle = 3;
    const auto lists = pool.lists();
    ASSERT_TRUE(lists) << test::why(lists);
    EXPECT_EQ(rowsIn(lists->oracle), (std::vector<std::size_t>{1, 3, 2}));
    EXPECT_THAT(lists->oracle.at(2).reason,
                testing::HasSubstr("other and single peak are about equally likely (entropy 0.63)"));
}

TEST(Oracle, SaysWhatIsPredictedAndThatNothingIsTrained) {
    Pool pool{rowsOf({{0.2f, 0.8f, 0}}), {1}};
    const auto trained = pool.lists();
    ASSERT_TRUE(trained) << test::why(trained);
    EXPECT_EQ(trained->oracle.at(0).predicted, 1);
    EXPECT_FLOAT_EQ(static_cast<float>(trained->oracle.at(0).probability), 0.8f);

    Pool untrained{{}, {1}, {0, 1, 0}};
    untrained.strategy = "random";
    const auto lists = untrained.lists();
    ASSERT_TRUE(lists) << test::why(lists);
    EXPECT_THAT(rowsIn(lists->oracle), testing::UnorderedElementsAre(0u, 2u));
    EXPECT_EQ(lists->oracle.at(0).predicted, -1);
    EXPECT_THAT(lists->oracle.at(0).reason, testing::HasSubstr("nothing is trained yet"));
    EXPECT_TRUE(lists->candidates.empty() && lists->performanceEstimate.empty());
    untrained.strategy = "entropy";
    EXPECT_THAT(untrained.lists().error().message(), testing::HasSubstr("entropy needs class probabilities"));
}

TEST(Lists, LeaveOutExcludedRowsAndRowsWithoutAPrediction) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const std::string strategy : {"entropy", "anomalous", "random"}) {
        Pool pool{rowsOf({{0, 1, 0}, {nan, nan, nan}, {0.2f, 0.8f, 0}, {0.1f, 0.9f, 0}}), {1}, {1, 0, 0, 0}};
        pool.embedding = rowsOf({{0}, {9}, {2}, {1}});
        pool.strategy = strategy;
        const auto lists = pool.lists();
        ASSERT_TRUE(lists) << test::why(lists);
        EXPECT_THAT(rowsIn(lists->oracle), testing::UnorderedElementsAre(2u, 3u)) << strategy;
        EXPECT_EQ(rowsIn(lists->candidates), (std::vector<std::size_t>{3, 2}));
        EXPECT_THAT(rowsIn(lists->performanceEstimate), testing::UnorderedElementsAre(2u, 3u));
    }
}

TEST(Candidates, AreThoseWhoseMostProbableClassIsATarget) {
    const auto lists = Pool{
        rowsOf({{0.4f, 0.35f, 0.25f}, {0.3f, 0.5f, 0.2f}, {0.1f, 0.3f, 0.6f}, {0, 0.5f, 0.5f}}),
        {1, 2}}.lists();
    ASSERT_TRUE(lists);
    EXPECT_EQ(rowsIn(lists->candidates), (std::vector<std::size_t>{3, 2, 1}));
    EXPECT_NEAR(lists->candidates.at(1).probability, 0.9, 1e-6);
    EXPECT_EQ(lists->candidates.at(1).predicted, 2);
}

TEST(PerformanceEstimate, IsAUniformSampleForItsSeed) {
    Pool pool{core::FloatMatrix(400, 3), {1}};
    for (std::size_t r = 0; r < 400; ++r)
        pool.probabilities(r, r % 2) = 1;
    pool.parameters.performanceEstimate = 50;
    std::vector<int> drawn(400);
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        pool.seed = seed;
        const auto lists = pool.lists();
        ASSERT_TRUE(lists);
        const auto rows = rowsIn(lists->performanceEstimate);
        EXPECT_EQ(std::set(rows.begin(), rows.end()).size(), 50u);
        for (const auto row : rows)
            ++drawn[row];
        if (seed == 7) {
            EXPECT_EQ(lists->performanceEstimate, pool.lists()->performanceEstimate);
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
    EXPECT_FALSE((Pool{p, {}}.lists()));
    EXPECT_FALSE((Pool{p, {3}}.lists()));
    EXPECT_FALSE((Pool{rowsOf({{0.5f, 0.5f}}), {1}}.lists()));
    EXPECT_FALSE((Pool{p, {1}, {0, 0}}.lists()));
    EXPECT_FALSE((Pool{p, {1}, {}, rowsOf({{1}, {2}})}.lists()));
}

TEST(Lists, OfAnEmptyPoolAreEmpty) {
    const auto lists = Pool{{}, {1}}.lists();
    ASSERT_TRUE(lists) << test::why(lists);
    EXPECT_TRUE(lists->oracle.empty() && lists->candidates.empty() && lists->performanceEstimate.empty());
}

} // namespace
} // namespace balmer::active
