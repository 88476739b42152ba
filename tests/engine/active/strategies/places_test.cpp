// The strategies that look at the embedding: core-set, typical, cover, anomalous, badge.
#include <gmock/gmock.h>

#include <cmath>

#include "engine/core/random_stream.h"
#include "tests/engine/active/pool_of_rows.h"

namespace balmer::active {
namespace {

using test::picked;
using test::rowsIn;
using test::rowsOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Groups of these sizes in a plane, 20 apart and about 1 wide, one after the other.
core::FloatMatrix groupsOf(std::initializer_list<std::size_t> sizes) {
    core::FloatMatrix points;
    core::RandomStream random(1);
    float centre = 0;
    for (const std::size_t size : sizes) {
        for (std::size_t i = 0; i < size; ++i)
            points.appendRow(std::vector{centre + static_cast<float>(random.normal(0, 0.5)),
                                         static_cast<float>(random.normal(0, 0.5))});
        centre += 20;
    }
    return points;
}

TEST(CoreSet, GoesWhereNoLabelIsNear) {
    const auto line = rowsOf({{0}, {1}, {5}, {9}, {12}});
    const std::vector<std::size_t> labelled{4};
    const auto picks = picked("core-set", {.embedding = line.view(), .labelled = labelled}, 3);
    EXPECT_THAT(rowsIn(picks), ElementsAre(0, 2, 3));
    EXPECT_THAT(picks.at(0).reason, HasSubstr("the nearest is 12.0 away"));
    EXPECT_THAT(picks.at(1).reason, HasSubstr("the nearest is 5.00 away"));
    EXPECT_THAT(picked("core-set", {.embedding = line.view()}, 1).at(0).reason, HasSubstr("at random"));
}

TEST(Typical, TakesTheMiddleOfTheLargestGroupsWithoutALabel) {
    const auto points = groupsOf({60, 30, 10});
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        // As many groups as labels and questions: three.
        const std::vector<std::size_t> labelled{0};
        const auto picks =
            picked("typical", {.embedding = points.view(), .labelled = labelled, .seed = seed}, 2);
        ASSERT_EQ(picks.size(), 2u);
        for (std::size_t i = 0; i < 2; ++i) {
            EXPECT_NEAR(points(picks[i].row, 0), 20 * static_cast<double>(i + 1), 0.4) << "seed " << seed;
            EXPECT_NEAR(points(picks[i].row, 1), 0, 0.4) << "seed " << seed;
        }
        EXPECT_EQ(picks[0].reason, "typical of a group of 30 spectra (30 % of the pool) that has no label");
    }
}

TEST(Typical, VisitsGroupsAgainWhenThereAreMoreQuestions) {
    const auto points = groupsOf({8, 8});
    const auto picks = picked("typical", {.embedding = points.view()}, 100);
    EXPECT_EQ(picks.size(), 16u);
    const auto same = rowsOf({{1, 1}, {1, 1}, {1, 1}});
    EXPECT_EQ(picked("typical", {.embedding = same.view()}, 3).size(), 3u);
}

TEST(Cover, StandsForMostOfWhatNoLabelCovers) {
    const std::vector<std::string> twoClasses{"A", "B"};
    const auto points = groupsOf({40, 20});
    StrategyInput input{.embedding = points.view(), .classes = twoClasses};
    const auto picks = picked("cover", input, 2);
    ASSERT_EQ(picks.size(), 2u);
    EXPECT_LT(picks[0].row, 40u);
    EXPECT_GE(picks[1].row, 40u);
    EXPECT_THAT(picks[0].reason, HasSubstr("of 60 spectra"));
    const std::vector<std::size_t> labelled{7};
    input.labelled = labelled;
    EXPECT_GE(picked("cover", input, 1).at(0).row, 40u);
    const auto same = rowsOf({{1, 1}, {1, 1}, {1, 1}});
    const auto alike = picked("cover", {.embedding = same.view(), .classes = twoClasses}, 3);
    EXPECT_THAT(rowsIn(alike), ElementsAre(0, 1, 2));
    EXPECT_EQ(alike[0].reason,
              "stands for 3 of 3 spectra, itself among them, that no label covers; all are alike");
}

TEST(Anomalous, IsFarthestFromTheMedianInUnitsOfTheMedianDistance) {
    // The median is 5; the distances from it 5 4 3 2 1 0 1 2 3 95, of which the median is 3.
    const auto line = rowsOf({{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {100}});
    const auto picks = picked("anomalous", {.embedding = line.view()}, 3);
    EXPECT_THAT(rowsIn(picks), ElementsAre(9, 0, 1));
    EXPECT_THAT(picks[0].reason, HasSubstr("31.7 times as far"));
    EXPECT_THAT(picks[1].reason, HasSubstr("1.67 times as far"));
    const auto same = rowsOf({{1}, {1}, {1}, {4}});
    EXPECT_THAT(picked("anomalous", {.embedding = same.view()}, 1).at(0).reason, HasSubstr("3.00 away"));
}

TEST(Anomalous, DoesNotRaiseFeaturesOfSmallScale) {
    core::FloatMatrix points(101, 2);
    core::RandomStream random(2);
    for (std::size_t r = 0; r < 101; ++r) {
        points(r, 0) = static_cast<float>(random.normal());
        points(r, 1) = static_cast<float>(random.normal(0, 0.001));
    }
    points(50, 0) = 6;     // six deviations of the first
    points(60, 1) = 0.02f; // twenty of the second
    EXPECT_EQ(picked("anomalous", {.embedding = points.view()}, 1).at(0).row, 50u);
}

TEST(Badge, BeginsWithTheLongestGradientAndTakesNoneTwice) {
    const std::vector<std::string> twoClasses{"A", "B"};
    const auto p = rowsOf({{0.5f, 0.5f}, {0.5f, 0.5f}, {0.5f, 0.5f}, {0.9f, 0.1f}});
    const auto x = rowsOf({{0, 2}, {3, 0}, {3, 0}, {3, 0}});
    for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
        const auto picks = picked(
            "badge", {.probabilities = p.view(), .embedding = x.view(), .classes = twoClasses, .seed = seed},
            4);
        // Row 2 has the gradient of row 1: (−½, ½) ⊗ (3, 0), of length √4.5.
        ASSERT_THAT(rowsIn(picks), testing::UnorderedElementsAre(0, 1, 3)) << "seed " << seed;
        EXPECT_EQ(picks[0].row, 1u);
        EXPECT_THAT(picks[0].reason, HasSubstr("(gradient 2.12)"));
    }
}

TEST(Badge, DrawsByTheSquaredDistanceOfGradients) {
    // From row 0, rows 1 and 2 are at the squared distances 9 · ½ + 4 · ½ = 6.5 and 9 · ½ + 1 · ½ = 5.
    const std::vector<std::string> twoClasses{"A", "B"};
    const auto p = rowsOf({{0.5f, 0.5f}, {0.5f, 0.5f}, {0.5f, 0.5f}});
    const auto x = rowsOf({{3, 0}, {0, 2}, {0, 1}});
    int second = 0;
    const int draws = 2000;
    for (int seed = 0; seed < draws; ++seed)
        second += picked("badge",
                         {.probabilities = p.view(),
                          .embedding = x.view(),
                          .classes = twoClasses,
                          .seed = static_cast<std::uint64_t>(seed)},
                         2)
                      .at(1)
                      .row == 1;
    // The deviation is 0.011.
    EXPECT_NEAR(double(second) / draws, 6.5 / 11.5, 0.05);
}

} // namespace
} // namespace balmer::active
