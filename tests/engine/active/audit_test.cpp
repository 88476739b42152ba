#include "engine/active/audit.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "engine/core/random_stream.h"
#include "tests/support/test_support.h"

namespace balmer::active {
namespace {

/// Two classes, a hundred rows each about (0, 0) and (10, 0), of which a model is rather sure.
struct TwoClasses {
    std::vector<std::string> classes{"a", "b"};
    std::vector<int> labels;
    core::FloatMatrix probabilities{200, 2}, places{200, 2};

    TwoClasses() {
        core::RandomStream random(1);
        for (std::size_t row = 0; row < 200; ++row) {
            labels.push_back(static_cast<int>(row % 2));
            places(row, 0) = static_cast<float>(10.0 * static_cast<double>(row % 2) + random.normal());
            places(row, 1) = static_cast<float>(random.normal());
            believe(row, static_cast<int>(row % 2), 0.9f);
        }
    }
    void believe(std::size_t row, int k, float p) {
        probabilities(row, static_cast<std::size_t>(k)) = p;
        probabilities(row, static_cast<std::size_t>(1 - k)) = 1 - p;
    }
    std::vector<DoubtfulLabel> audit() const {
        core::TaskContext task;
        auto found = doubtfulLabels({.labels = labels,
                                     .probabilities = probabilities.view(),
                                     .places = places.view(),
                                     .classes = classes},
                                    {}, task);
        EXPECT_TRUE(found) << test::why(found);
        return std::move(found).value();
    }
};

TEST(DoubtfulLabels, AreNoneWhereAllAgrees) {
    EXPECT_TRUE(TwoClasses().audit().empty());
}

TEST(DoubtfulLabels, AreThoseAgainstWhichModelAndNeighboursSpeak) {
    TwoClasses pool;
    for (const std::size_t wrong : {4u, 31u, 150u})
        pool.labels[wrong] = 1 - pool.labels[wrong];
    const auto found = pool.audit();
    ASSERT_EQ(found.size(), 3u);
    std::vector<std::size_t> rows;
    for (const auto& each : found) {
        rows.push_back(each.row);
        EXPECT_EQ(each.witnesses, 2);
        EXPECT_EQ(each.suggested, 1 - pool.labels[each.row]);
        EXPECT_THAT(each.reason, testing::HasSubstr("the model finds"));
        EXPECT_THAT(each.reason, testing::HasSubstr("10 neighbours"));
    }
    EXPECT_THAT(rows, testing::UnorderedElementsAre(4u, 31u, 150u));
}

TEST(DoubtfulLabels, TheModelMustBeAsSureAsItIsOfThatClassElsewhere) {
    TwoClasses pool;
    // Preferred, but with less than the 0.9 with which it finds the others of b.
    pool.believe(0, 1, 0.7f);
    EXPECT_TRUE(pool.audit().empty());
    pool.believe(0, 1, 0.95f);
    ASSERT_EQ(pool.audit().size(), 1u);
    EXPECT_EQ(pool.audit()[0].row, 0u);
    EXPECT_NEAR(pool.audit()[0].suspicion, 0.9 / 3, 1e-6);
}

TEST(DoubtfulLabels, TwinsOfTwoClassesAreBothDoubtful) {
    TwoClasses pool;
    // Between the classes, where no other is.
    for (const std::size_t row : {10u, 11u}) {
        pool.places(row, 0) = 5;
        pool.places(row, 1) = 50;
    }
    const auto found = pool.audit();
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].row + found[1].row, 21u);
    EXPECT_EQ(found[0].reason, "a spectrum like it is \"b\"");
    EXPECT_DOUBLE_EQ(found[0].suspicion, 1.0 / 3);
}

TEST(DoubtfulLabels, ARareClassIsNotOutvotedByACommonOne) {
    TwoClasses pool;
    // Of b only three are left, 97 others of a lie about them: four of ten neighbours are not enough to
    // speak against one of a, and those of b are not accused by a crowd that is spread everywhere.
    for (std::size_t row = 7; row < 200; row += 2) {
        pool.labels[row] = 0;
        pool.believe(row, 0, 0.9f);
    }
    for (const auto& each : pool.audit())
        EXPECT_THAT(each.reason, testing::Not(testing::HasSubstr("\"b\""))) << each.row;
}

TEST(DoubtfulLabels, WhatCannotBeComparedAccusesNobody) {
    TwoClasses pool;
    const float nan = std::numeric_limits<float>::quiet_NaN();
    pool.probabilities(3, 0) = nan;
    pool.places(3, 1) = nan;
    pool.labels[3] = 0;
    EXPECT_TRUE(pool.audit().empty());
    pool.labels[3] = 2;
    core::TaskContext task;
    EXPECT_FALSE(doubtfulLabels({.labels = pool.labels,
                                 .probabilities = pool.probabilities.view(),
                                 .places = pool.places.view(),
                                 .classes = pool.classes},
                                {}, task));
}

} // namespace
} // namespace balmer::active
