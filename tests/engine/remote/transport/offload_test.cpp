#include "engine/remote/transport/offload.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <thread>

#include <gtest/gtest.h>

namespace balmer::remote {
namespace {

/// Where the work was done that a coroutine handed to the pool.
std::thread::id doneBy(NamedPool& pool) {
    boost::asio::io_context io;
    std::thread::id who;
    boost::asio::co_spawn(
        io,
        [&]() -> boost::asio::awaitable<void> {
            auto soon = offload(pool, [] { return std::this_thread::get_id(); });
            who = co_await std::move(soon);
        },
        boost::asio::detached);
    io.run();
    return who;
}

TEST(NamedPool, WithoutAThreadTheWorkIsDoneByWhoAsksForIt) {
    const auto own = std::this_thread::get_id();
    {
        const core::FewThreads none(0);
        NamedPool pool(2, "test");
        EXPECT_EQ(doneBy(pool), own);
        pool.join();
    }
    NamedPool pool(2, "test");
    EXPECT_NE(doneBy(pool), own);
    {
        const core::FewThreads one(1);
        NamedPool small(2, "test");
        EXPECT_NE(doneBy(small), own) << "one thread is enough";
    }
}

} // namespace
} // namespace balmer::remote
