// offload: work that reads, writes or hashes, on a pool of threads, awaited by a coroutine of the network's
// thread. Private to remote.
#pragma once

#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <type_traits>

namespace balmer::remote {

/// work() returns a Result or Status and throws nothing. What it captures must live until it has returned,
/// even when the awaiting coroutine is no longer wanted.
///
/// To be awaited in a statement of its own: g++ 12 destroys a closure that is made inside a co_await expression
/// twice (and so does it with any aggregate).
///     auto kept = offload(pool, [held] { … });
///     auto done = co_await std::move(kept);
template <typename Work>
boost::asio::awaitable<std::invoke_result_t<Work&>> offload(boost::asio::thread_pool& pool, Work work) {
    using Outcome = std::invoke_result_t<Work&>;
    auto body = [work = std::move(work)]() mutable -> boost::asio::awaitable<Outcome> { co_return work(); };
    co_return co_await boost::asio::co_spawn(pool.get_executor(), std::move(body), boost::asio::use_awaitable);
}

} // namespace balmer::remote
