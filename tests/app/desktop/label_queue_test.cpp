#include "app/desktop/label/label_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace balmer::test {

using active::RoundList;
using desktop::LabelPace;
using desktop::LabelQueue;
using desktop::Verdict;
using desktop::Verdicts;
using testing::ElementsAre;

namespace {

api::RoundEntry entry(RoundList list, const std::string& id) {
    api::RoundEntry made;
    made.list = list;
    made.id = id;
    return made;
}

const Verdict single{active::LabelKind::Class, "single peak"};
const Verdict bad{active::LabelKind::Bad, {}};

/// a b (oracle), b c (estimate), d (candidates), given in another order.
LabelQueue queue(Verdicts verdicts = {}) {
    return {desktop::entriesOf({entry(RoundList::Candidates, "d"), entry(RoundList::Oracle, "a"),
                                entry(RoundList::Oracle, "b"), entry(RoundList::PerformanceEstimate, "b"),
                                entry(RoundList::PerformanceEstimate, "c")}),
            std::move(verdicts)};
}

std::string ids(const LabelQueue& queue) {
    std::string all;
    for (const auto& one : queue.entries())
        all += one.id;
    return all;
}

} // namespace

TEST(LabelQueueTest, AsksListByListAndKeepsTheOrderWithinEach) {
    EXPECT_EQ(ids(queue()), "abbcd");
    EXPECT_EQ(queue().indexOf("b"), 1);
    EXPECT_EQ(queue().indexOf("x"), -1);
}

TEST(LabelQueueTest, CountsASpectrumOnEachListOnWhichItStands) {
    LabelQueue asked = queue({{"c", bad}});
    EXPECT_EQ(asked.count(RoundList::Oracle).total, 2);
    EXPECT_EQ(asked.count(RoundList::PerformanceEstimate).done, 1);
    asked.setVerdict("b", single);
    asked.setVerdict("b", bad); // changed on the way back: counted once
    EXPECT_EQ(asked.count(RoundList::Oracle).done, 1);
    EXPECT_EQ(asked.count(RoundList::PerformanceEstimate).done, 2);
    EXPECT_EQ(asked.verdict("b"), bad);
    asked.setVerdict("b", std::nullopt);
    EXPECT_EQ(asked.count(RoundList::Oracle).done, 0);
    EXPECT_EQ(asked.verdict("b"), std::nullopt);
    asked.setVerdict("elsewhere", single);
    EXPECT_EQ(asked.count(RoundList::Oracle).done, 0);
    EXPECT_TRUE(asked.anyDone());
}

TEST(LabelQueueTest, GoesOnToTheNextWithoutAnAnswerAndRoundTheEnd) {
    LabelQueue asked = queue({{"b", single}});
    asked.setCurrent(0);
    EXPECT_EQ(asked.afterCurrent(), 3); // "c": "b" has its answer on both lists
    asked.setCurrent(4);
    asked.setVerdict("d", bad);
    EXPECT_EQ(asked.afterCurrent(), 0);
    asked.setVerdict("a", single);
    asked.setVerdict("c", single);
    EXPECT_EQ(asked.afterCurrent(), -1);
    EXPECT_EQ(asked.nextOpen(0), -1);
}

TEST(LabelQueueTest, AListOfWhatHasItsAnswersIsLookedThroughInItsOrder) {
    LabelQueue audit(desktop::entriesOf({"a", "b", "c"}, {"why a", "why b", "why c"}),
                     {{"a", single}, {"b", bad}, {"c", single}});
    EXPECT_EQ(audit.at(1).reason, "why b");
    audit.setCurrent(audit.start(""));
    EXPECT_EQ(audit.current(), 0);
    EXPECT_EQ(audit.afterCurrent(), 1);
    audit.setCurrent(2);
    EXPECT_EQ(audit.afterCurrent(), -1);
    LabelQueue mixed(desktop::entriesOf({"a", "b", "c"}), {{"a", single}, {"b", bad}});
    mixed.setCurrent(0);
    EXPECT_EQ(mixed.afterCurrent(), 2) << "what has none comes first";
}

TEST(LabelQueueTest, ASkippedSpectrumThatIsTheLastOneLeftIsTheEnd) {
    LabelQueue asked = queue({{"a", single}, {"b", single}, {"c", single}});
    asked.setCurrent(4);
    EXPECT_EQ(asked.afterCurrent(), -1);
}

TEST(LabelQueueTest, BeginsWhereTheObserverWasElseAtTheFirstOpenOne) {
    EXPECT_EQ(queue().start("c"), 3);
    EXPECT_EQ(queue({{"a", single}}).start("gone"), 1);
    EXPECT_EQ(queue({{"a", single}, {"b", bad}, {"c", bad}, {"d", bad}}).start(""), 0);
    EXPECT_EQ(LabelQueue().start(""), -1);
}

TEST(LabelQueueTest, AnyListNeedsNoRound) {
    LabelQueue asked(desktop::entriesOf(std::vector<std::string>{"c", "a", "b"}), {{"a", bad}});
    EXPECT_EQ(ids(asked), "cab") << "in its own order";
    EXPECT_EQ(asked.at(0).list(), std::nullopt);
    EXPECT_EQ(asked.count(std::nullopt).total, 3);
    EXPECT_EQ(asked.count(std::nullopt).done, 1);
    EXPECT_EQ(asked.count(RoundList::Oracle).total, 0);
    asked.setCurrent(0);
    asked.setVerdict("c", single);
    EXPECT_EQ(asked.afterCurrent(), 2);
    EXPECT_EQ(asked.firstOf(RoundList::Oracle), -1);
}

TEST(LabelQueueTest, AListIsEnteredAtItsFirstOpenOne) {
    const LabelQueue asked = queue({{"b", single}, {"d", single}});
    EXPECT_EQ(asked.firstOf(RoundList::PerformanceEstimate), 3);
    EXPECT_EQ(asked.firstOf(RoundList::Candidates), 4);
    EXPECT_EQ(LabelQueue().firstOf(RoundList::Oracle), -1);
}

TEST(LabelQueueTest, PreparesWhatComesNextFirst) {
    EXPECT_THAT(queue().around(1, 2, 2), ElementsAre(1, 2, 3, 0));
    // Also where the next without an answer lies beyond.
    EXPECT_THAT(queue({{"b", single}, {"c", single}}).around(0, 1, 1), ElementsAre(0, 1, 4));
    LabelQueue asked = queue();
    asked.setCurrent(7);
    EXPECT_EQ(asked.current(), -1);
}

TEST(LabelPaceTest, IsTheMedianAndLeavesPausesOut) {
    LabelPace pace;
    EXPECT_EQ(pace.seconds(), 0);
    for (const double seconds : {9.0, 3.0, 5.0})
        pace.add(seconds);
    pace.add(LabelPace::longestPauseSeconds);
    EXPECT_EQ(pace.seconds(), 5);
}

} // namespace balmer::test
