// offload: work that reads, writes or hashes, on a pool of threads, awaited by a coroutine of the network's
// thread. Private to remote.
#pragma once

#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/core/start_thread.h"

namespace balmer::remote {

/// A few threads of one name, as many as the system gives; where it gives none, what is posted is done by who
/// posts. Work is posted by one thread.
class NamedPool {
  public:
    NamedPool(std::size_t threads, std::string name);
    /// What has not begun is dropped.
    ~NamedPool();
    NamedPool(const NamedPool&) = delete;
    NamedPool& operator=(const NamedPool&) = delete;

    /// home: does it where there is no thread.
    template <typename Work>
    void post(Work work, const boost::asio::any_io_executor& home) {
        if (begun())
            boost::asio::post(io_, std::move(work));
        else
            boost::asio::post(home, std::move(work));
    }
    /// Until all that was posted is done; the last call.
    void join();

  private:
    bool begun();

    const std::size_t wanted_;
    const std::string name_;
    boost::asio::io_context io_;
    std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
    std::vector<core::Thread> threads_;
};

/// work() returns a Result or Status and throws nothing. What it captures must live until it has returned,
/// even when the awaiting coroutine is no longer wanted.
///
/// To be awaited in a statement of its own, since g++ 12 destroys a closure that is made inside a co_await
/// expression twice:
///     auto soon = offload(pool, [held] { … });
///     auto done = co_await std::move(soon);
template <typename Work>
boost::asio::awaitable<std::invoke_result_t<Work&>> offload(NamedPool& pool, Work work) {
    using Outcome = std::invoke_result_t<Work&>;
    const auto start = [](auto handler, NamedPool* where, Work what) {
        // Keeps the awaiting loop running meanwhile.
        auto home = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
        const boost::asio::any_io_executor here = home.get_executor();
        where->post(
            [handler = std::move(handler), what = std::move(what), home = std::move(home)]() mutable {
                auto outcome = what();
                boost::asio::post(home.get_executor(),
                                  [handler = std::move(handler), outcome = std::move(outcome)]() mutable {
                                      std::move(handler)(std::move(outcome));
                                  });
            },
            here);
    };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Outcome)>(
        start, boost::asio::use_awaitable, &pool, std::move(work));
}

} // namespace balmer::remote
