// What every strategy of the table promises.
#include <gmock/gmock.h>

#include <limits>
#include <set>

#include "engine/core/random_stream.h"
#include "tests/engine/active/pool_of_rows.h"

namespace balmer::active {
namespace {

/// A pool in which every strategy finds what it needs; row 3 is excluded, rows 5 and 8 are labelled, and
/// row 7 has neither prediction nor place.
struct FullPool {
    static constexpr std::size_t rows = 200, features = 4, members = 3;
    core::FloatMatrix probabilities{rows, 3}, embedding{rows, features};
    std::vector<core::FloatMatrix> committee;
    std::vector<unsigned char> excluded = std::vector<unsigned char>(rows, 0);
    std::vector<std::size_t> labelled{5, 8};
    std::vector<int> targets{1, 2};
    std::size_t threads = 1;

    FullPool() {
        core::RandomStream random(3);
        committee.assign(members, core::FloatMatrix(rows, 3));
        for (auto* matrix : {&probabilities, &committee[0], &committee[1], &committee[2]})
            for (std::size_t r = 0; r < rows; ++r) {
                const double a = random.uniform(), b = random.uniform(0, 1 - a);
                (*matrix)(r, 0) = static_cast<float>(a);
                (*matrix)(r, 1) = static_cast<float>(b);
                (*matrix)(r, 2) = static_cast<float>(1 - a - b);
            }
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t f = 0; f < features; ++f)
                embedding(r, f) = static_cast<float>(random.normal());
        const float nan = std::numeric_limits<float>::quiet_NaN();
        for (auto* matrix : {&probabilities, &embedding, &committee[0], &committee[1], &committee[2]})
            matrix->row(7)[1] = nan;
        excluded[3] = 1;
    }
    StrategyInput input() const {
        StrategyInput made{.probabilities = probabilities.view(),
                           .embedding = embedding.view(),
                           .excluded = excluded,
                           .labelled = labelled,
                           .classes = test::threeClasses,
                           .targets = targets,
                           .seed = 5,
                           .threads = threads};
        for (const auto& member : committee)
            made.committee.push_back(member.view());
        return made;
    }
};

TEST(EveryStrategy, PicksEachRowOnceThatItMayAndSaysWhy) {
    const FullPool pool;
    for (const auto& strategy : strategies()) {
        for (const std::size_t count : {std::size_t{1}, std::size_t{12}, 2 * FullPool::rows}) {
            const auto picks = test::picked(strategy.name, pool.input(), count);
            std::set<std::size_t> rows;
            for (const auto& pick : picks) {
                rows.insert(pick.row);
                EXPECT_FALSE(pick.reason.empty()) << strategy.name;
            }
            EXPECT_EQ(rows.size(), picks.size()) << strategy.name << " picks a row twice";
            const bool needsNothing =
                !strategy.needsProbabilities && !strategy.needsCommittee && !strategy.needsEmbedding;
            const std::size_t possible = FullPool::rows - 3 - (needsNothing ? 0 : 1);
            EXPECT_EQ(picks.size(), std::min(count, possible)) << strategy.name;
            for (const std::size_t forbidden : {3u, 5u, 8u})
                EXPECT_FALSE(rows.contains(forbidden)) << strategy.name << " picks row " << forbidden;
            EXPECT_EQ(rows.contains(7) && !needsNothing, false) << strategy.name;
        }
    }
}

TEST(EveryStrategy, GivesTheSameForAnyNumberOfThreads) {
    FullPool pool;
    for (const auto& strategy : strategies()) {
        pool.threads = 1;
        const auto alone = test::picked(strategy.name, pool.input(), 20);
        pool.threads = 3;
        EXPECT_EQ(alone, test::picked(strategy.name, pool.input(), 20)) << strategy.name;
    }
}

TEST(EveryStrategy, RefusesAPoolWithoutWhatItNeeds) {
    const FullPool pool;
    core::TaskContext task;
    for (const auto& strategy : strategies()) {
        auto bare = pool.input();
        bare.probabilities = {};
        bare.committee.clear();
        bare.embedding = {};
        const auto picks = strategy.rank(bare, 3, task);
        const bool needs = strategy.needsProbabilities || strategy.needsCommittee || strategy.needsEmbedding;
        ASSERT_EQ(picks.has_value(), !needs) << strategy.name;
        if (needs) {
            EXPECT_THAT(picks.error().message(), testing::HasSubstr(std::string(strategy.name) + " needs "));
        }
        auto wrong = pool.input();
        wrong.embedding = wrong.embedding.block(0, 10);
        EXPECT_FALSE(strategy.rank(wrong, 3, task)) << strategy.name;
        const auto none = strategy.rank({.classes = test::threeClasses, .targets = pool.targets}, 3, task);
        ASSERT_TRUE(none) << strategy.name << ": " << test::why(none);
        EXPECT_TRUE(none->empty()) << strategy.name;
    }
}

TEST(StrategyNamed, FindsEachAndNamesAllWhereThereIsNone) {
    for (const auto& strategy : strategies())
        EXPECT_EQ(strategyNamed(strategy.name).value(), &strategy);
    const auto none = strategyNamed("magic");
    ASSERT_FALSE(none);
    for (const auto& strategy : strategies())
        EXPECT_THAT(none.error().message(), testing::HasSubstr(std::string(strategy.name)));
}

} // namespace
} // namespace balmer::active
