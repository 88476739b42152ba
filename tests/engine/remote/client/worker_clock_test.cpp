#include "engine/remote/client/worker_clock.h"

#include <gtest/gtest.h>

using namespace balmer;
using remote::WorkerClock;

namespace {

const core::TimePoint arrived =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(12);

} // namespace

TEST(WorkerClock, WrongOnesAreSetRight) {
    // Seven hours ahead, and seven years behind.
    EXPECT_EQ(WorkerClock("2026-11-22T19:00:00.000Z", arrived).ours("2026-11-22T18:58:20.500Z"),
              "2026-11-22T11:58:20.500Z");
    EXPECT_EQ(WorkerClock("2019-11-22T12:00:00.000Z", arrived).ours("2019-11-22T11:00:00.250Z"),
              "2026-11-22T11:00:00.250Z");
}

TEST(WorkerClock, RightOnesAreLeftAsTheyAre) {
    const WorkerClock clock("2026-11-22T11:59:58.900Z", arrived);
    EXPECT_EQ(clock.ours("2026-11-22T11:30:00.123Z"), "2026-11-22T11:30:00.123Z");
    EXPECT_EQ(clock.ours(""), "");
}

TEST(WorkerClock, WhatIsNoTimeIsTheTimeOfArrival) {
    for (const auto* theirs :
         {"yesterday", "2026-11-22 11:30:00.123Z", "2026-13-22T11:30:00.123Z", "2026-02-30T11:30:00.123Z",
          "9999-12-31T23:59:59.999Z", "-026-11-22T11:30:00.123Z"})
        EXPECT_EQ(WorkerClock("", arrived).ours(theirs), "2026-11-22T12:00:00.000Z") << theirs;
    EXPECT_EQ(WorkerClock("", arrived).ours("2026-11-22T11:30:00.123Z"), "2026-11-22T11:30:00.123Z");
    EXPECT_EQ(WorkerClock("now", arrived).ours("2026-11-22T11:30:00.123Z"), "2026-11-22T11:30:00.123Z");
}
