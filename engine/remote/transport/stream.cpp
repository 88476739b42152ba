#include "engine/remote/transport/stream.h"

#include <array>
#include <chrono>
#include <csignal>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>
#include <unistd.h>

namespace balmer::remote {

namespace {

using boost::system::error_code;

std::array<asio::const_buffer, 2> buffersOf(Bytes first, Bytes second) {
    return {asio::buffer(first.data(), first.size()), asio::buffer(second.data(), second.size())};
}

template <typename Socket>
class SocketStream final : public Stream {
  public:
    explicit SocketStream(Socket socket) : socket_(std::move(socket)) {}

    asio::awaitable<core::Result<std::size_t>> readSome(std::span<std::byte> into) override {
        error_code error;
        const auto count = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()),
                                                            asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return core::fail(connectionError(error));
        co_return count;
    }
    asio::awaitable<core::Status> write(Bytes first, Bytes second) override {
        error_code error;
        co_await asio::async_write(socket_, buffersOf(first, second),
                                   asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return core::fail(connectionError(error));
        co_return core::Status();
    }
    void close() override {
        error_code ignored;
        socket_.close(ignored);
    }
    long peerUid() const override {
        if constexpr (std::is_same_v<Socket, asio::local::stream_protocol::socket>) {
            ucred credentials{};
            socklen_t size = sizeof credentials;
            if (::getsockopt(const_cast<Socket&>(socket_).native_handle(), SOL_SOCKET, SO_PEERCRED,
                             &credentials, &size) == 0)
                return static_cast<long>(credentials.uid);
        }
        return -1;
    }

  private:
    Socket socket_;
};

class PipeStream final : public Stream {
  public:
    PipeStream(asio::posix::stream_descriptor in, asio::posix::stream_descriptor out)
        : in_(std::move(in)), out_(std::move(out)) {}

    asio::awaitable<core::Result<std::size_t>> readSome(std::span<std::byte> into) override {
        error_code error;
        const auto count = co_await in_.async_read_some(asio::buffer(into.data(), into.size()),
                                                        asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return core::fail(connectionError(error));
        co_return count;
    }
    asio::awaitable<core::Status> write(Bytes first, Bytes second) override {
        error_code error;
        co_await asio::async_write(out_, buffersOf(first, second),
                                   asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return core::fail(connectionError(error));
        co_return core::Status();
    }
    void close() override {
        error_code ignored;
        in_.close(ignored);
        out_.close(ignored);
    }

  private:
    asio::posix::stream_descriptor in_, out_;
};

} // namespace

core::Error connectionError(const error_code& error) {
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor)
        return core::Error(core::ErrorCode::Cancelled, "the connection was given up");
    if (error == asio::error::eof || error == asio::error::connection_reset ||
        error == asio::error::broken_pipe)
        return core::Error(core::ErrorCode::Io, "the connection was closed by the other side");
    return core::Error(core::ErrorCode::Io, "the connection failed: " + error.message());
}

std::unique_ptr<Stream> streamOver(asio::local::stream_protocol::socket socket) {
    return std::make_unique<SocketStream<asio::local::stream_protocol::socket>>(std::move(socket));
}

std::unique_ptr<Stream> streamOver(asio::ip::tcp::socket socket) {
    error_code ignored;
    socket.set_option(asio::ip::tcp::no_delay(true), ignored);
    return std::make_unique<SocketStream<asio::ip::tcp::socket>>(std::move(socket));
}

core::Result<std::unique_ptr<Stream>> streamOverPipes(const asio::any_io_executor& executor, int readFrom,
                                                      int writeTo) {
    // A pipe that nobody reads any more is an error of write, not the end of the program.
    [[maybe_unused]] static const auto ignored = std::signal(SIGPIPE, SIG_IGN);
    asio::posix::stream_descriptor in(executor), out(executor);
    error_code error;
    in.assign(readFrom, error);
    if (!error) out.assign(writeTo, error);
    if (error) {
        if (!in.is_open()) ::close(readFrom);
        ::close(writeTo);
        return core::fail(core::ErrorCode::Io, "the pipes cannot be used: " + error.message());
    }
    return std::unique_ptr<Stream>(std::make_unique<PipeStream>(std::move(in), std::move(out)));
}

asio::awaitable<core::Status> readAll(Stream& stream, std::span<std::byte> into) {
    while (!into.empty()) {
        auto count = co_await stream.readSome(into);
        if (!count) co_return core::fail(std::move(count).error());
        into = into.subspan(*count);
    }
    co_return core::Status();
}

// --------------------------------------------------------------------------------------------------------
// waiting

struct Signal::Waiting {
    explicit Waiting(const asio::any_io_executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    bool notified = false;
};

Signal::Signal(asio::any_io_executor executor) : executor_(std::move(executor)) {}
Signal::~Signal() {
    notify();
}

asio::awaitable<void> Signal::wait(std::chrono::milliseconds atMost) {
    const auto waiting = std::make_shared<Waiting>(executor_);
    if (atMost.count() > 0)
        waiting->timer.expires_after(atMost);
    else
        waiting->timer.expires_at(std::chrono::steady_clock::time_point::max());
    waiting_.push_back(waiting);
    error_code ignored;
    co_await waiting->timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    // The signal may be gone when it was the one to wake us.
    if (!waiting->notified) std::erase(waiting_, waiting);
}

void Signal::notify() {
    for (const auto& waiting : std::exchange(waiting_, {})) {
        waiting->notified = true;
        waiting->timer.cancel();
    }
}

asio::awaitable<Semaphore::Permit> Semaphore::acquire() {
    const auto ticket = next_++;
    while (free_ == 0 || ticket != serving_)
        co_await changed_.wait();
    --free_;
    ++serving_;
    changed_.notify();
    co_return Permit(this);
}

Semaphore::Permit::~Permit() {
    if (owner_ == nullptr) return;
    ++owner_->free_;
    owner_->changed_.notify();
}

} // namespace balmer::remote
