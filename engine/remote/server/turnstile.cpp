#include "engine/remote/server/turnstile.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace balmer::remote {

asio::awaitable<bool> Turnstile::pass(Gate::Place& place) {
    if (!place.isIn()) co_return false;
    const auto mine = std::make_shared<Ticket>(executor_);
    waiting_.push_back(mine);
    place.whenGone([mine] {
        mine->over = true;
        mine->turn.notify();
    });
    if (!std::exchange(turning_, true)) asio::co_spawn(executor_, turn(), asio::detached);
    co_await mine->turn.wait();
    place.whenGone({});
    co_return place.isIn();
}

asio::awaitable<void> Turnstile::turn() {
    while (!waiting_.empty()) {
        const auto next = std::move(waiting_.front());
        waiting_.pop_front();
        if (next->over) continue;
        co_await asio::post(executor_, asio::use_awaitable);
        next->turn.notify();
    }
    turning_ = false;
}

} // namespace balmer::remote
