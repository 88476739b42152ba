// The strategies that look at the probabilities of one model: entropy, margin, least-confidence, most-likely;
// and random.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "engine/active/entropy.h"
#include "engine/core/random_stream.h"
#include "tests/engine/active/pool_of_rows.h"

namespace balmer::active {
namespace {

using test::picked;
using test::rowsIn;
using test::rowsOf;
using testing::ElementsAre;
using testing::HasSubstr;

StrategyInput poolOf(const core::FloatMatrix& probabilities) {
    return {.probabilities = probabilities.view(), .classes = test::threeClasses};
}

TEST(Doubt, IsRankedByEachFormula) {
    const auto p = rowsOf({{0.50f, 0.48f, 0.02f}, {0.46f, 0.30f, 0.24f}, {0.45f, 0.39f, 0.16f}});
    EXPECT_THAT(rowsIn(picked("entropy", poolOf(p), 3)), ElementsAre(1, 2, 0));
    EXPECT_THAT(rowsIn(picked("margin", poolOf(p), 3)), ElementsAre(0, 2, 1));
    EXPECT_THAT(rowsIn(picked("least-confidence", poolOf(p), 3)), ElementsAre(2, 1, 0));
}

TEST(Doubt, IsThatOfEveryRowWithTiesToTheLower) {
    core::RandomStream random(11);
    core::FloatMatrix p(600, 3);
    for (std::size_t r = 0; r < p.rows(); ++r) {
        // Every other row stands on a coarse grid, so that many are equal.
        double a = random.uniform(), b = random.uniform(0, 1 - a);
        if (r % 2 == 0) {
            a = std::floor(a * 4) / 4;
            b = std::floor(b * 4) / 4;
        }
        p(r, 0) = static_cast<float>(a);
        p(r, 1) = static_cast<float>(b);
        p(r, 2) = static_cast<float>(1 - a - b);
        if (r % 50 == 0) p(r, 2) = std::numeric_limits<float>::quiet_NaN();
    }
    const auto sorted = [](std::span<const float> row) {
        std::vector<double> values(row.begin(), row.end());
        std::ranges::sort(values, std::greater<>());
        return values;
    };
    const std::vector<std::pair<std::string, std::function<double(std::span<const float>)>>> formulas{
        {"entropy", [](auto row) { return entropy(row); }},
        {"margin", [&](auto row) { return 1 - (sorted(row)[0] - sorted(row)[1]); }},
        {"least-confidence", [&](auto row) { return 1 - sorted(row)[0]; }}};
    for (const auto& [name, formula] : formulas) {
        std::vector<std::size_t> expected;
        for (std::size_t r = 0; r < p.rows(); ++r)
            if (r % 50 != 0) expected.push_back(r);
        std::ranges::stable_sort(expected, std::greater<>(),
                                 [&](std::size_t r) { return formula(p.row(r)); });
        EXPECT_EQ(rowsIn(picked(name, poolOf(p), 1000)), expected) << name;
    }
}

TEST(Doubt, SaysWhatTheModelHesitatesBetween) {
    const auto p =
        rowsOf({{0.5f, 0.48f, 0.02f}, {0.36f, 0.33f, 0.31f}, {0.1f, 0.7f, 0.2f}, {0.97f, 0.02f, 0.01f}});
    const auto picks = picked("entropy", poolOf(p), 4);
    ASSERT_THAT(rowsIn(picks), ElementsAre(1, 2, 0, 3));
    EXPECT_EQ(picks[0].reason, "no class stands out; other leads with 36 % (entropy 1.00)");
    EXPECT_EQ(picks[1].reason, "single peak 70 % or double peak 20 % (entropy 0.73)");
    EXPECT_EQ(picks[2].reason, "other and single peak are about equally likely (entropy 0.71)");
    EXPECT_EQ(picks[3].reason, "other is likely, 97 % (entropy 0.14)");
}

TEST(MostLikely, AddsTheTargetsUp) {
    const auto p = rowsOf({{0.5f, 0.5f, 0}, {0.2f, 0.4f, 0.4f}, {0.4f, 0.6f, 0}});
    auto input = poolOf(p);
    const std::vector<int> both{1, 2}, first{1};
    input.targets = both;
    const auto picks = picked("most-likely", input, 2);
    EXPECT_THAT(rowsIn(picks), ElementsAre(1, 2));
    EXPECT_THAT(picks.at(0).reason, HasSubstr("0.800"));
    input.targets = first;
    EXPECT_THAT(rowsIn(picked("most-likely", input, 2)), ElementsAre(2, 0));
    input.targets = {};
    core::TaskContext task;
    EXPECT_THAT((*strategyNamed("most-likely"))->rank(input, 2, task).error().message(),
                HasSubstr("name a target"));
}

TEST(Random, DrawsEachRowWithTheSameChance) {
    const std::vector<unsigned char> excluded{0, 1, 0, 0, 0, 0};
    std::vector<int> first(excluded.size(), 0);
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        const auto picks = picked("random", {.excluded = excluded, .seed = seed}, 2);
        ASSERT_EQ(picks.size(), 2u);
        ++first[picks[0].row];
        EXPECT_THAT(picks[0].reason, HasSubstr("from the 5 without a label"));
    }
    EXPECT_EQ(first[1], 0);
    // 200 are expected, with a deviation of 12.6.
    for (const std::size_t row : {0u, 2u, 3u, 4u, 5u})
        EXPECT_NEAR(first[row], 200, 60) << row;
}

} // namespace
} // namespace balmer::active
