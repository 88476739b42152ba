// A coroutine for a caller who waits. Private to the module.
#pragma once

#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "engine/core/result.h"

namespace balmer::remote {

/// Runs the coroutine on a loop of its own and waits for it.
template <typename T, typename Make>
core::Result<T> waitFor(Make make) {
    boost::asio::io_context io(1);
    std::optional<core::Result<T>> outcome;
    boost::asio::co_spawn(
        io, [&]() -> boost::asio::awaitable<void> { outcome.emplace(co_await make(io.get_executor())); },
        boost::asio::detached);
    io.run();
    if (!outcome)
        return core::fail(core::ErrorCode::Internal, "the question to the worker ended without an answer");
    return std::move(*outcome);
}

} // namespace balmer::remote
