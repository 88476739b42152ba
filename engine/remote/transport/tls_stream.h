// TLS streams over TCP. Private to remote.
#pragma once

#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "engine/core/result.h"
#include "engine/remote/transport/stream.h"
#include "engine/remote/transport/tls.h"

namespace balmer::remote {

/// A context shared by many connections. Used on the network's thread.
class TlsContext {
  public:
    static core::Result<std::shared_ptr<TlsContext>> make(TlsRole role, const Identity& identity);
    ~TlsContext();

    using Met = asio::awaitable<core::Result<std::unique_ptr<Stream>>>;
    /// Does the TLS handshake, within the time limit; its streams tell peerFingerprint() and binding().
    /// knock: of knockOf(); "" for none.
    Met connect(asio::ip::tcp::socket socket, std::chrono::milliseconds limit, std::string knock);

    /// What a server asks before it computes anything: a handshake takes it as long as hundreds of packets.
    struct Order {
        /// Who greets with this goes first.
        std::function<bool(const std::string& knock)> isKnown;
        /// Waited for before each step of anybody else. False: it is not to be served.
        std::function<asio::awaitable<bool>()> turn;
    };
    Met accept(asio::ip::tcp::socket socket, std::chrono::milliseconds limit, Order order);

  private:
    Met meet(asio::ip::tcp::socket socket, std::chrono::milliseconds limit, std::string knock, Order order);
    struct State;
    explicit TlsContext(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace balmer::remote
