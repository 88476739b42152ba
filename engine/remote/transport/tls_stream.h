// TLS streams over TCP. Private to remote.
#pragma once

#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>

#include "engine/core/result.h"
#include "engine/remote/transport/stream.h"
#include "engine/remote/transport/tls.h"

namespace balmer::remote {

/// A context shared by many connections. Used on the network's thread.
class TlsContext {
  public:
    static core::Result<std::shared_ptr<TlsContext>> make(TlsRole role, const Identity& identity);
    ~TlsContext();

    /// Does the TLS handshake, within the time limit; its streams tell peerFingerprint() and binding().
    asio::awaitable<core::Result<std::unique_ptr<Stream>>> over(asio::ip::tcp::socket socket,
                                                                std::chrono::milliseconds limit);

  private:
    struct State;
    explicit TlsContext(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace balmer::remote
