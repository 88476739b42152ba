#include "engine/learn/balancing.h"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>

#include "engine/core/random_stream.h"
#include "engine/learn/folds.h"
#include "tests/support/test_support.h"

namespace balmer::learn {
namespace {

/// Class c lies about (10 c, 10 c, …).
LabelledRows clusters(const std::vector<std::size_t>& sizes, std::size_t columns = 4) {
    LabelledRows data;
    core::RandomStream random(3);
    for (std::size_t c = 0; c < sizes.size(); ++c)
        for (std::size_t i = 0; i < sizes[c]; ++i) {
            std::vector<float> row(columns);
            for (float& value : row)
                value = static_cast<float>(random.normal(10.0 * static_cast<double>(c), 1));
            data.rows.appendRow(row);
            data.labels.push_back(static_cast<int>(c));
        }
    return data;
}

TEST(Smote, MakesClassesEqualAndKeepsTheGivenRows) {
    const LabelledRows data = clusters({40, 12, 7});
    core::TaskContext task;
    const auto balanced = smote(data.rows.view(), data.labels, {}, task);
    ASSERT_TRUE(balanced) << test::why(balanced);
    ASSERT_EQ(balanced->labels.size(), 120u);
    for (int c = 0; c < 3; ++c)
        EXPECT_EQ(std::ranges::count(balanced->labels, c), 40);
    for (std::size_t i = 0; i < data.labels.size(); ++i) {
        EXPECT_EQ(balanced->labels[i], data.labels[i]);
        EXPECT_TRUE(std::ranges::equal(balanced->rows.row(i), data.rows.row(i)));
    }
}

TEST(Smote, PutsNewRowsBetweenARowAndOneOfItsFiveNeighbours) {
    const LabelledRows data = clusters({30, 9}, 2);
    core::TaskContext task;
    const auto balanced = smote(data.rows.view(), data.labels, {}, task);
    ASSERT_TRUE(balanced);
    for (std::size_t made = 39; made < balanced->labels.size(); ++made) {
        const auto p = balanced->rows.row(made);
        bool explained = false;
        for (std::size_t a = 30; a < 39 && !explained; ++a) {
            std::vector<std::pair<float, std::size_t>> near;
            for (std::size_t b = 30; b < 39; ++b)
                if (b != a)
                    near.emplace_back(
                        std::hypot(data.rows(a, 0) - data.rows(b, 0), data.rows(a, 1) - data.rows(b, 1)), b);
            std::ranges::sort(near);
            for (std::size_t n = 0; n < 5 && !explained; ++n) {
                const std::size_t b = near[n].second;
                const float dx = data.rows(b, 0) - data.rows(a, 0), dy = data.rows(b, 1) - data.rows(a, 1);
                const float share =
                    ((p[0] - data.rows(a, 0)) * dx + (p[1] - data.rows(a, 1)) * dy) / (dx * dx + dy * dy);
                const float off =
                    std::hypot(data.rows(a, 0) + share * dx - p[0], data.rows(a, 1) + share * dy - p[1]);
                explained = off < 1e-4f && share > -1e-4f && share < 1.0001f;
            }
        }
        EXPECT_TRUE(explained) << "row " << made;
    }
}

TEST(Smote, IsTheSameForASeedAndEveryNumberOfThreads) {
    const LabelledRows data = clusters({200, 90, 3});
    core::TaskContext task;
    SmoteParameters one{5, 11, 1}, three{5, 11, 3}, other{5, 12, 1};
    const auto a = smote(data.rows.view(), data.labels, one, task),
               b = smote(data.rows.view(), data.labels, three, task),
               c = smote(data.rows.view(), data.labels, other, task);
    ASSERT_TRUE(a && b && c);
    EXPECT_EQ(a->rows, b->rows);
    EXPECT_NE(a->rows, c->rows);
}

TEST(Smote, UsesFewerNeighboursInSmallClassesAndRepeatsALoneRow) {
    const LabelledRows data = clusters({10, 1, 2});
    core::TaskContext task;
    const auto balanced = smote(data.rows.view(), data.labels, {}, task);
    ASSERT_TRUE(balanced) << test::why(balanced);
    for (std::size_t i = 13; i < balanced->labels.size(); ++i) {
        if (balanced->labels[i] == 1) {
            EXPECT_TRUE(std::ranges::equal(balanced->rows.row(i), data.rows.row(10)));
        } else {
            EXPECT_GT(balanced->rows(i, 0), 15.0f);
        }
    }
}

TEST(Smote, RefusesLabelsThatDoNotFitAndStopsWhenAsked) {
    const LabelledRows data = clusters({10, 5});
    core::TaskContext task;
    EXPECT_FALSE(smote(data.rows.view(), std::vector<int>(3), {}, task));
    EXPECT_FALSE(smote(data.rows.view(), std::vector<int>(15, -1), {}, task));
    std::stop_source stop;
    stop.request_stop();
    core::TaskContext stopped(stop.get_token(), {});
    const auto result = smote(data.rows.view(), data.labels, {}, stopped);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), core::ErrorCode::Cancelled);
}

TEST(StratifiedFolds, SpreadEveryClassEvenly) {
    std::vector<int> labels(53, 0);
    labels.insert(labels.end(), 31, 1);
    labels.insert(labels.end(), 7, 4);
    const auto folds = stratifiedFolds(labels, 5, 9);
    ASSERT_TRUE(folds) << test::why(folds);
    for (const int label : {0, 1, 4}) {
        std::vector<int> count(5);
        for (std::size_t i = 0; i < labels.size(); ++i)
            if (labels[i] == label) ++count[static_cast<std::size_t>((*folds)[i])];
        const auto [least, most] = std::ranges::minmax(count);
        EXPECT_LE(most - least, 1) << "class " << label;
    }
    std::vector<int> size(5);
    for (const int fold : *folds)
        ++size[static_cast<std::size_t>(fold)];
    EXPECT_LE(std::ranges::max(size) - std::ranges::min(size), 1);
    EXPECT_EQ(*folds, *stratifiedFolds(labels, 5, 9));
    EXPECT_NE(*folds, *stratifiedFolds(labels, 5, 10));
}

TEST(StratifiedFolds, RefuseTooFewRowsAndOneClassOnly) {
    const auto one = stratifiedFolds(std::vector<int>(20, 1), 5, 1);
    ASSERT_FALSE(one);
    EXPECT_THAT(one.error().message(), testing::HasSubstr("one class"));
    EXPECT_FALSE(stratifiedFolds(std::vector<int>{0, 1}, 5, 1));
    EXPECT_FALSE(stratifiedFolds(std::vector<int>{0, 1, 0}, 1, 1));
    EXPECT_FALSE(stratifiedFolds(std::vector<int>{0, 1, -1}, 2, 1));
}

} // namespace
} // namespace balmer::learn
