#include "engine/active/remaining.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <set>

#include "engine/core/random_stream.h"
#include "tests/support/test_support.h"

namespace balmer::active {
namespace {

const std::vector<double> usualBorders{0.01, 0.1, 0.5, 0.9};

TEST(Remaining, IsWhatTheJudgedStandFor) {
    const std::vector<ControlStratum> strata{{0, 0.5, 1000, 100, 30}, {0.5, 1, 400, 50, 25}};
    const auto estimate = estimateRemaining(strata);
    ASSERT_TRUE(estimate) << test::why(estimate);
    EXPECT_EQ(estimate->method, IntervalMethod::Normal);
    EXPECT_NEAR(estimate->expected, 900 * 0.3 + 350 * 0.5, 1e-9);
    const double deviation = std::sqrt(1000 * 900 * 0.21 / 99 + 400 * 350 * 0.25 / 49);
    EXPECT_NEAR(estimate->high - estimate->expected, 1.959964 * deviation, 1e-3);
    EXPECT_NEAR(estimate->expected - estimate->low, 1.959964 * deviation, 1e-3);
    const auto wide = estimateRemaining(strata, 0.99);
    EXPECT_LT(wide->low, estimate->low);
    EXPECT_GT(wide->high, estimate->high);
}

TEST(Remaining, IsNothingWhereAllIsJudged) {
    const std::vector<ControlStratum> strata{{0, 0.5, 10, 10, 0}, {0.5, 1, 4, 4, 4}};
    const auto estimate = estimateRemaining(strata);
    ASSERT_TRUE(estimate);
    EXPECT_EQ(estimate->expected, 0);
    EXPECT_EQ(estimate->low, 0);
    EXPECT_EQ(estimate->high, 0);
}

TEST(Remaining, OfAStratumWithoutAFindIsBoundedByClopperAndPearson) {
    const std::vector<ControlStratum> none{{0, 1, 1'000'000, 30, 0}};
    const auto estimate = estimateRemaining(none);
    ASSERT_TRUE(estimate);
    EXPECT_EQ(estimate->method, IntervalMethod::Bootstrap);
    EXPECT_EQ(estimate->expected, 0);
    EXPECT_EQ(estimate->low, 0);
    // None of 30 with probability 0.025: p = 1 − 0.025^(1/30).
    const double bound = 1 - std::pow(0.025, 1.0 / 30);
    EXPECT_NEAR(estimate->high, bound * 1e6, 0.05 * bound * 1e6);
    EXPECT_EQ(estimate->high, estimateRemaining(none)->high) << "always the same";

    const std::vector<ControlStratum> all{{0, 1, 1'000'000, 30, 30}};
    EXPECT_NEAR(estimateRemaining(all)->low, (1 - bound) * 1e6, 0.05 * bound * 1e6);
    EXPECT_EQ(estimateRemaining(all)->high, 1'000'000 - 30);
}

TEST(Remaining, RefusesWhatIsNoControl) {
    const auto refused = [](const ControlStratum& stratum, double confidence = 0.95) {
        const auto estimate = estimateRemaining(std::vector{stratum}, confidence);
        return estimate ? "it is taken" : estimate.error().message();
    };
    EXPECT_THAT(refused({0.1, 0.5, 20, 0, 0}), testing::HasSubstr("no spectrum of the stratum 0.1 to 0.5"));
    EXPECT_THAT(refused({0, 1, 20, 21, 0}), testing::HasSubstr("20 rows 21 cannot be judged"));
    EXPECT_THAT(refused({0, 1, 20, 5, 6}), testing::HasSubstr("cannot be judged and 6 be members"));
    EXPECT_THAT(refused({0, 1, 20, 5, 1}, 1), testing::HasSubstr("confidence"));
    EXPECT_TRUE(estimateRemaining(std::vector<ControlStratum>{{0, 1, 0, 0, 0}}));
}

/// A pool with known members: row by row with its probability, or with half of it, where the model promises
/// too much.
struct KnownPool {
    std::vector<float> probability;
    std::vector<unsigned char> member;
    std::size_t members = 0;

    KnownPool(std::size_t rows, double honesty, std::uint64_t seed) {
        core::RandomStream random(seed);
        for (std::size_t r = 0; r < rows; ++r) {
            const double p = std::pow(random.uniform(), 4);
            probability.push_back(static_cast<float>(p));
            member.push_back(random.uniform() < honesty * p);
            members += member.back();
        }
    }
};

TEST(Remaining, CoversTheTruthAsOftenAsItSays) {
    const int times = test::fewOrMany(20, 100);
    for (const double honesty : {1.0, 0.5}) {
        for (const std::size_t count : {60u, 400u}) {
            const KnownPool pool(3000, honesty, 9);
            double sum = 0, squares = 0;
            int covered = 0;
            for (int seed = 0; seed < times; ++seed) {
                auto control =
                    drawControl(pool.probability, {}, usualBorders, count, static_cast<std::uint64_t>(seed));
                ASSERT_TRUE(control) << test::why(control);
                std::size_t found = 0;
                for (std::size_t i = 0; i < control->rows.size(); ++i) {
                    auto& stratum = control->strata[control->stratum[i]];
                    ++stratum.judged;
                    stratum.members += pool.member[control->rows[i]];
                    found += pool.member[control->rows[i]];
                }
                const auto estimate = estimateRemaining(control->strata);
                ASSERT_TRUE(estimate) << test::why(estimate);
                const auto truth = static_cast<double>(pool.members - found);
                covered += estimate->low <= truth && truth <= estimate->high;
                const double error = estimate->expected - truth;
                sum += error;
                squares += error * error;
            }
            EXPECT_GE(covered, 0.9 * times) << count << " judged";
            // No bias that three deviations of the mean would not explain.
            EXPECT_LE(std::abs(sum / times), 3 * std::sqrt(squares) / times) << count << " judged";
        }
    }
}

TEST(Control, DrawsFiveOfEachStratumAndMoreWhereItIsUncertain) {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    std::vector<float> p(1000, 0.001f);
    for (std::size_t r = 0; r < 300; ++r)
        p[r] = 0.5f;
    p[0] = 0.95f;
    p[1] = nan;
    std::vector<unsigned char> excluded(1000, 0);
    excluded[2] = 1;
    const auto control = drawControl(p, excluded, usualBorders, 100, 1);
    ASSERT_TRUE(control) << test::why(control);
    ASSERT_EQ(control->strata.size(), 3u);
    EXPECT_EQ(control->strata[0], (ControlStratum{0, 0.01, 700, 0, 0}));
    EXPECT_EQ(control->strata[1], (ControlStratum{0.5, 0.9, 297, 0, 0}));
    EXPECT_EQ(control->strata[2], (ControlStratum{0.9, 1, 1, 0, 0}));
    EXPECT_EQ(control->rows.size(), 100u);
    const std::set<std::size_t> rows(control->rows.begin(), control->rows.end());
    EXPECT_EQ(rows.size(), 100u);
    EXPECT_FALSE(rows.contains(1) || rows.contains(2));
    EXPECT_TRUE(rows.contains(0));
    // 700 √(0.001 · 0.999) = 22 and 297 / 2 = 149.
    EXPECT_NEAR(static_cast<double>(std::ranges::count(control->stratum, 0u)), 99 * 22.1 / 170.6, 2);
    EXPECT_EQ(control->rows, drawControl(p, excluded, usualBorders, 100, 1)->rows);
    EXPECT_NE(control->rows, drawControl(p, excluded, usualBorders, 100, 2)->rows);
    EXPECT_EQ(drawControl(p, excluded, usualBorders, 5000, 1)->rows.size(), 998u);
    EXPECT_FALSE(drawControl(p, std::vector<unsigned char>(3), usualBorders, 5, 1));
    EXPECT_FALSE(drawControl(p, {}, std::vector{0.5, 0.4}, 5, 1));
    EXPECT_FALSE(drawControl(p, {}, std::vector{0.0}, 5, 1));
}

TEST(ExpectedFinds, AreThoseOfTheBinomialDistribution) {
    // Of 100 with ½ each: 39 or fewer with probability 0.0176, 40 or fewer with 0.0284.
    const auto finds = expectedFinds(std::vector<double>(100, 0.5));
    ASSERT_TRUE(finds) << test::why(finds);
    EXPECT_NEAR(finds->expected, 50, 1e-9);
    EXPECT_EQ(finds->low, 40u);
    EXPECT_EQ(finds->high, 60u);
    const auto sure = expectedFinds(std::vector<double>{1, 1, 1, 0});
    EXPECT_EQ(sure->low, 3u);
    EXPECT_EQ(sure->high, 3u);
    EXPECT_EQ(expectedFinds({})->high, 0u);
    EXPECT_FALSE(expectedFinds(std::vector{0.5, 1.5}));
    EXPECT_FALSE(expectedFinds(std::vector{std::nan("")}));
    EXPECT_FALSE(expectedFinds(std::vector{0.5}, 0));
}

TEST(ExpectedFinds, OfManyAreThoseOfTheNormalDistribution) {
    // Mean 600, deviation 23.24.
    const auto many = expectedFinds(std::vector<double>(6000, 0.1));
    EXPECT_NEAR(static_cast<double>(many->low), 600 - 1.96 * 23.24, 1.5);
    EXPECT_NEAR(static_cast<double>(many->high), 600 + 1.96 * 23.24, 1.5);
    const auto fewer = expectedFinds(std::vector<double>(5000, 0.1));
    EXPECT_NEAR(static_cast<double>(fewer->low), 500 - 1.96 * 21.21, 1.5);
    EXPECT_NEAR(static_cast<double>(fewer->high), 500 + 1.96 * 21.21, 1.5);
}

} // namespace
} // namespace balmer::active
