#include "engine/active/agreement.h"

#include <cmath>

#include "engine/active/precision.h"
#include "tests/support/test_support.h"

namespace balmer::active {
namespace {

/// The verdicts of two observers whose table of counts this is.
struct TwoObservers {
    std::vector<int> one, other;
    explicit TwoObservers(std::initializer_list<std::vector<int>> table) {
        int i = 0;
        for (const auto& row : table) {
            for (std::size_t j = 0; j < row.size(); ++j)
                for (int n = 0; n < row[j]; ++n) {
                    one.push_back(i);
                    other.push_back(static_cast<int>(j));
                }
            ++i;
        }
    }
};

TEST(CohensKappa, IsThatOfThePapers) {
    // Cohen (1968), Psychological Bulletin 70, 213: unweighted 0.492 (200 patients, three diagnoses).
    const TwoObservers cohen{{88, 14, 18}, {10, 40, 10}, {2, 6, 12}};
    const auto agreement = cohensKappa(cohen.one, cohen.other, 3);
    ASSERT_TRUE(agreement) << test::why(agreement);
    EXPECT_EQ(agreement->spectra, 200u);
    EXPECT_NEAR(agreement->observed, 0.70, 1e-12);
    EXPECT_NEAR(agreement->byChance, 0.41, 1e-12);
    EXPECT_NEAR(*agreement->kappa, 0.492, 0.0005);

    // Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72, 323: 0.429 with the variance 0.002885.
    const TwoObservers fleiss{{106, 10, 4}, {22, 28, 10}, {2, 12, 6}};
    const auto second = cohensKappa(fleiss.one, fleiss.other, 3);
    ASSERT_TRUE(second) << test::why(second);
    EXPECT_NEAR(*second->kappa, 0.429, 0.0005);
    EXPECT_NEAR(*second->standardError * *second->standardError, 0.002885, 0.0000005);
}

TEST(CohensKappa, LeavesOutWhatOneDidNotJudgeAndSaysWhereThereIsNone) {
    const std::vector one{0, 1, 1, -1, 0}, other{0, 1, 0, 1, -1};
    const auto agreement = cohensKappa(one, other, 2);
    ASSERT_TRUE(agreement);
    EXPECT_EQ(agreement->spectra, 3u);
    // P = 2/3, Pₑ = 1/3 · 2/3 + 2/3 · 1/3 = 4/9
    EXPECT_NEAR(*agreement->kappa, 0.4, 1e-12);
    EXPECT_FALSE(cohensKappa(std::vector{0, 0}, std::vector{0, 0}, 2)->kappa) << "one class alone";
    EXPECT_EQ(cohensKappa(std::vector{0, 1}, std::vector{0, 1}, 2)->kappa, 1);
    EXPECT_EQ(cohensKappa(std::vector{0, 1}, std::vector{1, 0}, 2)->kappa, -1);
    EXPECT_FALSE(cohensKappa(std::vector{0}, std::vector{0, 1}, 2));
    EXPECT_FALSE(cohensKappa(std::vector{0, 2}, std::vector{0, 1}, 2));
    EXPECT_FALSE(cohensKappa(std::vector{0, -2}, std::vector{0, 1}, 2));
    EXPECT_FALSE(cohensKappa(std::vector{0, -1}, std::vector{-1, 1}, 2));
}

TEST(FleissKappa, IsThatOfTheWorkedExample) {
    // Fourteen observers, ten subjects, five classes: the worked example of Wikipedia's "Fleiss' kappa", with
    // P = 0.378, Pₑ = 0.213 and κ = 0.210.
    core::Matrix<std::size_t> verdicts;
    for (const std::vector<std::size_t>& row : std::vector<std::vector<std::size_t>>{{0, 0, 0, 0, 14},
                                                                                     {0, 2, 6, 4, 2},
                                                                                     {0, 0, 3, 5, 6},
                                                                                     {0, 3, 9, 2, 0},
                                                                                     {2, 2, 8, 1, 1},
                                                                                     {7, 7, 0, 0, 0},
                                                                                     {3, 2, 6, 3, 0},
                                                                                     {2, 5, 3, 2, 2},
                                                                                     {6, 5, 2, 1, 0},
                                                                                     {0, 2, 2, 3, 7}})
        verdicts.appendRow(row);
    const auto agreement = fleissKappa(verdicts.view());
    ASSERT_TRUE(agreement) << test::why(agreement);
    EXPECT_EQ(agreement->spectra, 10u);
    EXPECT_NEAR(agreement->observed, 0.378, 0.0005);
    EXPECT_NEAR(agreement->byChance, 0.213, 0.0005);
    EXPECT_NEAR(*agreement->kappa, 0.210, 0.0005);
    verdicts(3, 0) = 1;
    EXPECT_FALSE(fleissKappa(verdicts.view())) << "fifteen verdicts";
    EXPECT_FALSE(fleissKappa({}));
    core::Matrix<std::size_t> single(2, 2);
    single(0, 0) = single(1, 1) = 1;
    EXPECT_FALSE(fleissKappa(single.view())) << "one observer";
    single(0, 0) = single(1, 1) = 2;
    EXPECT_EQ(fleissKappa(single.view())->kappa, 1);
}

TEST(SelfConsistency, CountsWhatWasJudgedTwice) {
    std::vector<Repetition> repetitions(18, {.first = 1, .again = 1});
    repetitions.push_back({.first = 0, .again = 0});
    repetitions.push_back({.first = 0, .again = 1});
    repetitions.push_back({.first = 1, .again = -1}); // not yet
    const auto consistency = selfConsistency(repetitions, 2);
    ASSERT_TRUE(consistency) << test::why(consistency);
    EXPECT_EQ(consistency->repeated, 20u);
    EXPECT_EQ(consistency->same, 19u);
    EXPECT_DOUBLE_EQ(consistency->share, 0.95);
    EXPECT_DOUBLE_EQ(consistency->lowerBound, estimatePrecision(19, 20)->lowerBound);
    // Pₑ = 0.1 · 0.05 + 0.9 · 0.95 = 0.86
    EXPECT_NEAR(*consistency->kappa, 0.09 / 0.14, 1e-12);
    EXPECT_FALSE(selfConsistency(std::vector<Repetition>{{1, -1}}, 2));
    EXPECT_FALSE(selfConsistency(std::vector<Repetition>{{1, 5}}, 2));
}

} // namespace
} // namespace balmer::active
