// Turnstile: lets those who wait pass one by one, in the order in which they came, one in each round of the
// network's loop, so that whatever else is ready in it comes between two of them. Who has to leave the gate
// meanwhile leaves here, too, and costs no turn. Private to remote.
//
// On the loop's one thread; it must live until the loop has ended.
#pragma once

#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <deque>
#include <memory>

#include "engine/remote/server/gate.h"
#include "engine/remote/transport/stream.h"

namespace balmer::remote {

class Turnstile {
  public:
    explicit Turnstile(asio::any_io_executor executor) : executor_(std::move(executor)) {}
    /// False: its place in the gate is gone.
    asio::awaitable<bool> pass(Gate::Place& place);

  private:
    struct Ticket {
        explicit Ticket(asio::any_io_executor executor) : turn(std::move(executor)) {}
        Signal turn;
        bool over = false;
    };
    asio::awaitable<void> turn();

    asio::any_io_executor executor_;
    std::deque<std::shared_ptr<Ticket>> waiting_;
    bool turning_ = false;
};

} // namespace balmer::remote
