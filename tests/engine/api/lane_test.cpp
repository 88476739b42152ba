#include "engine/api/lane.h"

#include <atomic>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/support/samp_hub.h"

namespace balmer::api {
namespace {

using test::eventually;

TEST(Lane, WithoutAThreadNothingIsDoneAndTheNextTimeTriesAgain) {
    std::atomic<int> done = 0;
    Lane lane("test");
    {
        const core::FewThreads none(0);
        const auto posted = lane.post([&](auto&) { ++done; });
        ASSERT_FALSE(posted);
        EXPECT_EQ(posted.error().code(), core::ErrorCode::ResourceExhausted);
    }
    ASSERT_TRUE(lane.post([&](auto&) { done += 10; }));
    ASSERT_TRUE(eventually([&] { return done == 10; }));
}

TEST(Lane, AnExceptionEndsTheWorkAloneAndIsTold) {
    std::atomic<int> done = 0;
    std::atomic<core::ErrorCode> told = core::ErrorCode::NotFound, memory = core::ErrorCode::NotFound;
    Lane lane("test");
    lane.post([](auto&) { throw std::runtime_error("it broke"); },
              [&](const core::Error& error) { told = error.code(); });
    lane.post([](auto&) { throw std::bad_alloc(); },
              [&](const core::Error& error) { memory = error.code(); });
    lane.post([](auto&) { throw std::runtime_error("nobody is told"); });
    lane.post([](auto&) { throw std::runtime_error("first"); },
              [](const core::Error&) { throw std::runtime_error("second"); });
    lane.post([&](auto&) { ++done; });
    ASSERT_TRUE(eventually([&] { return done == 1; }));
    EXPECT_EQ(told, core::ErrorCode::Internal);
    EXPECT_EQ(memory, core::ErrorCode::ResourceExhausted);
}

TEST(Lane, WhatIsDroppedStopsAndTheLaneGoesOn) {
    std::atomic<bool> begun = false, stopped = false, waited = false, after = false;
    Lane lane("test");
    lane.post([&](core::TaskContext& task) {
        begun = true;
        stopped = eventually([&] { return task.stopRequested(); });
    });
    lane.post([&](auto&) { waited = true; });
    ASSERT_TRUE(eventually([&] { return begun.load(); }));
    EXPECT_EQ(lane.load(), 2u);
    lane.drop();
    lane.post([&](core::TaskContext& task) { after = !task.stopRequested(); });
    ASSERT_TRUE(eventually([&] { return after.load(); }));
    EXPECT_TRUE(stopped);
    EXPECT_FALSE(waited);
    ASSERT_TRUE(eventually([&] { return lane.load() == 0; }));
}

TEST(Lane, TheEndStopsWhatRuns) {
    std::atomic<bool> begun = false, stopped = false;
    Lane lane("test");
    lane.post([&](core::TaskContext& task) {
        begun = true;
        stopped = eventually([&] { return task.stopRequested(); });
    });
    ASSERT_TRUE(eventually([&] { return begun.load(); }));
    lane.end();
    EXPECT_TRUE(stopped);
}

} // namespace
} // namespace balmer::api
