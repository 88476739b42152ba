// shakeHands: drives one of the handshake's state machines over a stream. Private to remote.
#pragma once

#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <memory>

#include "engine/core/result.h"
#include "engine/remote/protocol/handshake.h"
#include "engine/remote/transport/stream.h"

namespace balmer::remote {

/// beforeRefusal: is waited for before this side says that it refuses, whatever time that takes. heard:
/// called when something came that is no reason to refuse. Errors: the refusal (of either side),
/// DeadlineExceeded, those of the stream.
template <typename Handshake>
asio::awaitable<core::Status>
shakeHands(Stream& stream, Handshake& handshake, std::chrono::milliseconds limit,
           std::function<asio::awaitable<void>()> beforeRefusal = {}, std::function<void()> heard = {}) {
    const auto over = std::make_shared<bool>(false), late = std::make_shared<bool>(false);
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    timer.async_wait([&stream, over, late](const boost::system::error_code&) {
        if (*over) return; // the stream may be gone
        *late = true;
        stream.close();
    });
    const auto end = [&](core::Status how) {
        *over = true;
        if (!how && *late)
            how = core::fail(core::ErrorCode::DeadlineExceeded,
                             "the other side did not finish its handshake in time");
        return how;
    };
    const auto hello = handshake.begin();
    auto sent = co_await stream.write(hello, {});
    if (!sent) co_return end(std::move(sent));
    std::array<std::byte, 2048> buffer{};
    while (true) {
        auto count = co_await stream.readSome(buffer);
        if (!count) co_return end(core::fail(std::move(count).error()));
        const auto step = handshake.feed(Bytes(buffer.data(), *count));
        if (!step.refused && heard) heard();
        if (step.refused && beforeRefusal) {
            *over = true;
            auto waited = beforeRefusal();
            co_await std::move(waited);
        }
        if (!step.send.empty()) {
            sent = co_await stream.write(step.send, {});
            if (!sent && !step.refused) co_return end(std::move(sent));
        }
        if (step.refused) co_return end(core::fail(*step.refused));
        if (step.done) co_return end({});
    }
}

} // namespace balmer::remote
