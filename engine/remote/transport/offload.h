// offload: work that reads, writes or hashes, on a pool of threads, awaited by a coroutine of the network's
// thread. Private to remote.
#pragma once

#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <type_traits>

#include <pthread.h>

namespace balmer::remote {

/// A pool whose threads have a name.
class NamedPool : public boost::asio::thread_pool {
  public:
    NamedPool(std::size_t threads, const char* name) : NamedPool(threads, Renamed(name)) {}

  private:
    /// Threads begin with the name of the thread that makes them.
    struct Renamed {
        explicit Renamed(const char* name) {
            ::pthread_getname_np(::pthread_self(), before, sizeof before);
            ::pthread_setname_np(::pthread_self(), name);
        }
        ~Renamed() { ::pthread_setname_np(::pthread_self(), before); }
        char before[16] = {};
    };
    NamedPool(std::size_t threads, const Renamed&) : boost::asio::thread_pool(threads) {}
};

/// work() returns a Result or Status and throws nothing. What it captures must live until it has returned,
/// even when the awaiting coroutine is no longer wanted.
///
/// To be awaited in a statement of its own, since g++ 12 destroys a closure that is made inside a co_await
/// expression twice:
///     auto soon = offload(pool, [held] { … });
///     auto done = co_await std::move(soon);
template <typename Work>
boost::asio::awaitable<std::invoke_result_t<Work&>> offload(boost::asio::thread_pool& pool, Work work) {
    using Outcome = std::invoke_result_t<Work&>;
    const auto start = [](auto handler, boost::asio::thread_pool* where, Work what) {
        // Keeps the awaiting loop running meanwhile.
        auto home = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
        boost::asio::post(
            *where, [handler = std::move(handler), what = std::move(what), home = std::move(home)]() mutable {
                auto outcome = what();
                boost::asio::post(home.get_executor(),
                                  [handler = std::move(handler), outcome = std::move(outcome)]() mutable {
                                      std::move(handler)(std::move(outcome));
                                  });
            });
    };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Outcome)>(
        start, boost::asio::use_awaitable, &pool, std::move(work));
}

} // namespace balmer::remote
