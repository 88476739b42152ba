#include "engine/remote/transport/tls_stream.h"

#include <array>
#include <chrono>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "engine/remote/transport/openssl_owned.h"

namespace balmer::remote {

using boost::system::error_code;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t shakenAtOnce = 4u << 10; ///< while nobody knows who it is
constexpr std::size_t readAtOnce = 128u << 10; ///< several records; boost::asio::ssl takes one at a time

/// OpenSSL reads from one buffer in memory and writes into another; these are filled and emptied by the
/// socket, many records at a time.
class TlsStream final : public Stream {
  public:
    TlsStream(asio::ip::tcp::socket socket, SSL_CTX* context, TlsRole role, TlsContext::Order order)
        : socket_(std::move(socket)), tls_(SSL_new(context)), order_(std::move(order)),
          arriving_(shakenAtOnce) {
        if (!tls_) return;
        SSL_set_app_data(tls_.get(), this);
        in_ = BIO_new(BIO_s_mem());
        out_ = BIO_new(BIO_s_mem());
        SSL_set_bio(tls_.get(), in_, out_); // takes them over
        if (role == TlsRole::Client)
            SSL_set_connect_state(tls_.get());
        else
            SSL_set_accept_state(tls_.get());
    }

    /// "" for none.
    void setKnock(const std::string& knock) {
        if (tls_ && !knock.empty()) SSL_set_tlsext_host_name(tls_.get(), knock.c_str());
    }

    /// OpenSSL has read the client's first message and has computed nothing yet.
    static int arrived(SSL* connection, int*, void*) {
        auto* const self = static_cast<TlsStream*>(SSL_get_app_data(connection));
        if (self == nullptr || !self->order_.isKnown || std::exchange(self->greeted_, true))
            return SSL_CLIENT_HELLO_SUCCESS;
        const unsigned char* name = nullptr;
        std::size_t size = 0;
        std::string knock; // RFC 6066: length of the list (2), type 0, length (2), name
        if (SSL_client_hello_get0_ext(connection, TLSEXT_TYPE_server_name, &name, &size) == 1 && size > 5 &&
            size <= 64)
            knock.assign(reinterpret_cast<const char*>(name) + 5, size - 5);
        self->known_ = self->order_.isKnown(knock);
        return SSL_CLIENT_HELLO_RETRY;
    }

    asio::awaitable<Status> shakeHands() {
        if (!tls_ || in_ == nullptr || out_ == nullptr)
            co_return fail(ErrorCode::Internal, "OpenSSL has no memory for a connection");
        while (true) {
            if (greeted_ && !known_) {
                auto soon = order_.turn();
                if (!co_await std::move(soon))
                    co_return fail(ErrorCode::Io, "the connection had to give way to others");
            }
            ERR_clear_error();
            const int done = SSL_do_handshake(tls_.get());
            const int how = SSL_get_error(tls_.get(), done);
            const auto code = ERR_get_error();
            // What is said to the other side when it failed, too.
            auto sent = co_await flush();
            if (done == 1) {
                if (!sent) co_return sent;
                break;
            }
            if (how == SSL_ERROR_WANT_CLIENT_HELLO_CB) continue;
            if (how == SSL_ERROR_SSL) co_return fail(tlsError(code));
            if (how != SSL_ERROR_WANT_READ)
                co_return fail(ErrorCode::Io, "the connection was closed by the other side");
            if (!sent) co_return sent;
            auto more = co_await receive();
            if (!more) co_return more;
        }
        auto peer = peerOf(tls_.get());
        if (!peer) co_return fail(std::move(peer).error());
        peer_ = std::move(*peer);
        arriving_.resize(readAtOnce);
        co_return Status();
    }

    asio::awaitable<Result<std::size_t>> readSome(std::span<std::byte> into) override {
        while (true) {
            std::size_t count = 0;
            int how = SSL_ERROR_NONE;
            ERR_clear_error();
            while (count < into.size()) {
                std::size_t some = 0;
                const int done = SSL_read_ex(tls_.get(), into.data() + count, into.size() - count, &some);
                if (done != 1) {
                    how = SSL_get_error(tls_.get(), done);
                    if (how == SSL_ERROR_SSL && failure_ == 0) failure_ = ERR_get_error();
                    break;
                }
                count += some;
            }
            // What ended it after some bytes comes again with the next call.
            if (count > 0) co_return count;
            if (how == SSL_ERROR_SSL) co_return fail(tlsError(failure_));
            if (how != SSL_ERROR_WANT_READ)
                co_return fail(ErrorCode::Io, "the connection was closed by the other side");
            auto more = co_await receive();
            if (!more) co_return fail(std::move(more).error());
        }
    }

    asio::awaitable<Status> write(Bytes first, Bytes second) override {
        for (const auto piece : {first, second}) {
            std::size_t some = 0;
            ERR_clear_error();
            if (!piece.empty() && SSL_write_ex(tls_.get(), piece.data(), piece.size(), &some) != 1)
                co_return fail(tlsError(ERR_get_error()));
        }
        co_return co_await flush();
    }

    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }
    std::vector<std::byte> binding() const override { return peer_.binding; }
    std::string peerFingerprint() const override { return peer_.fingerprint; }

  private:
    asio::awaitable<Status> receive() {
        error_code error;
        const auto count = co_await socket_.async_read_some(asio::buffer(arriving_),
                                                            asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return fail(connectionError(error));
        BIO_write(in_, arriving_.data(), static_cast<int>(count));
        co_return Status();
    }
    /// Reading may have OpenSSL say something meanwhile, so what is on its way has a place of its own.
    asio::awaitable<Status> flush() {
        leaving_.resize(BIO_ctrl_pending(out_));
        if (leaving_.empty()) co_return Status();
        BIO_read(out_, leaving_.data(), static_cast<int>(leaving_.size()));
        error_code error;
        co_await asio::async_write(socket_, asio::buffer(leaving_),
                                   asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return fail(connectionError(error));
        co_return Status();
    }

    asio::ip::tcp::socket socket_;
    std::unique_ptr<SSL, Freed<&SSL_free>> tls_;
    BIO *in_ = nullptr, *out_ = nullptr; ///< tls_ owns them
    TlsContext::Order order_;
    bool greeted_ = false, known_ = false; ///< its order was asked for; it goes first
    TlsPeer peer_;
    unsigned long failure_ = 0; ///< the first reason that OpenSSL gave
    std::vector<std::byte> arriving_, leaving_;
};

} // namespace

struct TlsContext::State {
    std::unique_ptr<SSL_CTX, Freed<&SSL_CTX_free>> context;
    TlsRole role;
};

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsContext::~TlsContext() = default;

core::Result<std::shared_ptr<TlsContext>> TlsContext::make(TlsRole role, const Identity& identity) {
    BALMER_TRY(auto* const handle, newTlsContext(role, identity));
    auto state = std::make_unique<State>();
    state->context.reset(handle);
    state->role = role;
    if (role == TlsRole::Server) SSL_CTX_set_client_hello_cb(handle, &TlsStream::arrived, nullptr);
    return std::shared_ptr<TlsContext>(new TlsContext(std::move(state)));
}

TlsContext::Met TlsContext::connect(asio::ip::tcp::socket socket, std::chrono::milliseconds limit,
                                    std::string knock) {
    return meet(std::move(socket), limit, std::move(knock), {});
}

TlsContext::Met TlsContext::accept(asio::ip::tcp::socket socket, std::chrono::milliseconds limit,
                                   Order order) {
    return meet(std::move(socket), limit, {}, std::move(order));
}

TlsContext::Met TlsContext::meet(asio::ip::tcp::socket socket, std::chrono::milliseconds limit,
                                 std::string knock, Order order) {
    error_code error;
    socket.set_option(asio::ip::tcp::no_delay(true), error);
    asio::steady_timer timer(socket.get_executor(), limit);
    auto made =
        std::make_unique<TlsStream>(std::move(socket), state_->context.get(), state_->role, std::move(order));
    made->setKnock(knock);
    // Closed from outside when it takes too long; the pointer is void once the handshake has ended.
    const auto open = std::make_shared<TlsStream*>(made.get());
    timer.async_wait([open](const error_code& stopped) {
        if (!stopped && *open != nullptr) (*open)->close();
    });
    auto met = co_await made->shakeHands();
    *open = nullptr;
    timer.cancel();
    if (!met && met.error().code() == ErrorCode::Cancelled)
        co_return fail(ErrorCode::DeadlineExceeded,
                       "the other side did not finish the TLS handshake in time");
    if (!met) co_return fail(std::move(met).error());
    co_return std::unique_ptr<Stream>(std::move(made));
}

} // namespace balmer::remote
