// The strategies that compare several models: committee and bald.
#include <gmock/gmock.h>

#include "tests/engine/active/pool_of_rows.h"

namespace balmer::active {
namespace {

using test::picked;
using test::rowsOf;
using testing::ElementsAre;

const std::vector<std::string> twoNames{"A", "B"};

TEST(Committee, RanksByVotesAndThenByTheMeanProbabilities) {
    const std::vector members{rowsOf({{0.9f, 0.1f, 0}, {0.9f, 0.1f, 0}, {1, 0, 0}, {0.6f, 0.4f, 0}}),
                              rowsOf({{0.8f, 0.2f, 0}, {0.9f, 0.1f, 0}, {0, 1, 0}, {0.6f, 0.4f, 0}}),
                              rowsOf({{0.7f, 0.3f, 0}, {0.4f, 0.6f, 0}, {0, 0, 1}, {0.1f, 0.9f, 0}})};
    StrategyInput input{.classes = test::threeClasses};
    for (const auto& member : members)
        input.committee.push_back(member.view());
    const auto picks = picked("committee", input, 4);
    EXPECT_THAT(test::rowsIn(picks), ElementsAre(2, 3, 1, 0));
    // ln 3; −(2/3 ln 2/3 + 1/3 ln 1/3)
    EXPECT_EQ(picks.at(0).reason,
              "1 of 3 models say other, 1 says single peak, 1 says double peak (vote entropy 1.10)");
    EXPECT_EQ(picks.at(2).reason, "2 of 3 models say other, 1 says single peak (vote entropy 0.64)");
    EXPECT_EQ(picks.at(3).reason, "3 of 3 models say other (vote entropy 0.00)");
}

TEST(Bald, AsksWhereSureModelsContradictAndNotWhereAllHesitate) {
    const std::vector members{rowsOf({{0.5f, 0.5f}, {0.9f, 0.1f}, {1, 0}}),
                              rowsOf({{0.5f, 0.5f}, {0.5f, 0.5f}, {0, 1}})};
    StrategyInput input{.committee = {members[0].view(), members[1].view()}, .classes = twoNames};
    const auto picks = picked("bald", input, 3);
    EXPECT_THAT(test::rowsIn(picks), ElementsAre(2, 1, 0));
    // ln 2; H(0.7) − (H(0.9) + H(0.5))/2 = 0.611 − 0.509; 0
    EXPECT_THAT(picks.at(0).reason, testing::HasSubstr("differ by 0.69 nats"));
    EXPECT_THAT(picks.at(1).reason, testing::HasSubstr("differ by 0.10 nats"));
    EXPECT_THAT(picks.at(2).reason, testing::HasSubstr("differ by 0.00 nats"));
}

TEST(Committee, OfOneModelIsNone) {
    const auto member = rowsOf({{0.5f, 0.5f}});
    core::TaskContext task;
    EXPECT_THAT((*strategyNamed("committee"))
                    ->rank({.committee = {member.view()}, .classes = twoNames}, 1, task)
                    .error()
                    .message(),
                testing::HasSubstr("two models or more"));
}

} // namespace
} // namespace balmer::active
