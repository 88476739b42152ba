#include "engine/remote/transport/tls_stream.h"

#include <array>
#include <chrono>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace balmer::remote {

using boost::system::error_code;
using core::ErrorCode;
using core::fail;

namespace {

core::Error errorFrom(const error_code& error) {
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor)
        return core::Error(ErrorCode::Cancelled, "the connection was given up");
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated ||
        error == asio::error::connection_reset || error == asio::error::broken_pipe)
        return core::Error(ErrorCode::Io, "the connection was closed by the other side");
    if (error.category() == asio::error::get_ssl_category())
        return tlsError(static_cast<unsigned long>(error.value()));
    return core::Error(ErrorCode::Io, "the connection failed: " + error.message());
}

using Socket = asio::ssl::stream<asio::ip::tcp::socket>;

class TlsStream final : public Stream {
  public:
    TlsStream(std::unique_ptr<Socket> socket, TlsPeer peer) : socket_(std::move(socket)), peer_(std::move(peer)) {}

    asio::awaitable<core::Result<std::size_t>> readSome(std::span<std::byte> into) override {
        error_code error;
        const auto count = co_await socket_->async_read_some(asio::buffer(into.data(), into.size()),
                                                             asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return fail(errorFrom(error));
        co_return count;
    }
    asio::awaitable<core::Status> write(Bytes first, Bytes second) override {
        // One record each costs nothing in bytes worth counting, but a small one alone costs a segment: join.
        joined_.assign(first.begin(), first.end());
        joined_.insert(joined_.end(), second.begin(), second.end());
        error_code error;
        co_await asio::async_write(*socket_, asio::buffer(joined_),
                                   asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return fail(errorFrom(error));
        co_return core::Status();
    }
    void close() override {
        error_code ignored;
        socket_->lowest_layer().close(ignored);
    }
    std::vector<std::byte> binding() const override { return peer_.binding; }
    std::string peerFingerprint() const override { return peer_.fingerprint; }

  private:
    std::unique_ptr<Socket> socket_;
    TlsPeer peer_;
    std::vector<std::byte> joined_;
};

} // namespace

struct TlsContext::State {
    State(ssl_ctx_st* handle, TlsRole given) : context(handle), role(given) {}
    asio::ssl::context context;
    TlsRole role;
};

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsContext::~TlsContext() = default;

core::Result<std::shared_ptr<TlsContext>> TlsContext::make(TlsRole role, const Identity& identity) {
    BALMER_TRY(auto* const handle, newTlsContext(role, identity));
    return std::shared_ptr<TlsContext>(new TlsContext(std::make_unique<State>(handle, role)));
}

asio::awaitable<core::Result<std::unique_ptr<Stream>>> TlsContext::over(asio::ip::tcp::socket socket,
                                                                        std::chrono::milliseconds limit) {
    error_code error;
    socket.set_option(asio::ip::tcp::no_delay(true), error);
    auto made = std::make_unique<Socket>(std::move(socket), state_->context);
    // Closed from outside when it takes too long; the pointer is void once the handshake has ended.
    const auto open = std::make_shared<Socket*>(made.get());
    asio::steady_timer timer(made->get_executor(), limit);
    timer.async_wait([open](const error_code& stopped) {
        error_code ignored;
        if (!stopped && *open != nullptr) (*open)->lowest_layer().close(ignored);
    });
    co_await made->async_handshake(state_->role == TlsRole::Client ? asio::ssl::stream_base::client
                                                                   : asio::ssl::stream_base::server,
                                   asio::redirect_error(asio::use_awaitable, error));
    *open = nullptr;
    timer.cancel();
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor)
        co_return fail(ErrorCode::DeadlineExceeded, "the other side did not finish the TLS handshake in time");
    if (error) co_return fail(errorFrom(error));
    auto peer = peerOf(made->native_handle());
    if (!peer) co_return fail(std::move(peer).error());
    co_return std::unique_ptr<Stream>(std::make_unique<TlsStream>(std::move(made), std::move(*peer)));
}

} // namespace balmer::remote
