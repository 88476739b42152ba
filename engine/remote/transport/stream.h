// Stream: two directions of bytes, whatever carries them. Private to remote.
//
// Made for one io_context and used on its one thread. close() may be called at any time; what waits then ends
// with Cancelled. Errors: Io "the connection was closed by the other side" at the end of the stream; Io with
// the system's words; those of TLS as Protocol.
#pragma once

#include <utility> // Boost 1.74's awaitable.hpp needs it

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/result.h"
#include "engine/remote/protocol/frame.h"

namespace balmer::remote {

namespace asio = boost::asio;

/// What a failed read or write says: Cancelled when it was given up here, else Io.
core::Error connectionError(const boost::system::error_code& error);

class Stream {
  public:
    virtual ~Stream() = default;
    /// At least one byte.
    virtual asio::awaitable<core::Result<std::size_t>> readSome(std::span<std::byte> into) = 0;
    /// Both pieces, whole, in one write where the system can.
    virtual asio::awaitable<core::Status> write(Bytes first, Bytes second) = 0;
    virtual void close() = 0;
    /// The name of the peer's user where the system tells it (Unix sockets), as a uid; −1 otherwise.
    virtual long peerUid() const { return -1; }
    /// What the two ends of a TLS connection share, and the other side's certificate; empty elsewhere.
    virtual std::vector<std::byte> binding() const { return {}; }
    virtual std::string peerFingerprint() const { return {}; }
};

std::unique_ptr<Stream> streamOver(asio::local::stream_protocol::socket socket);
/// Sets TCP_NODELAY.
std::unique_ptr<Stream> streamOver(asio::ip::tcp::socket socket);
/// Reads from one descriptor and writes to another (pipes to a child, standard input and output); owns both.
/// From the first such stream on, the process ignores SIGPIPE.
core::Result<std::unique_ptr<Stream>> streamOverPipes(const asio::any_io_executor& executor, int readFrom,
                                                      int writeTo);

/// Fills all of `into`.
asio::awaitable<core::Status> readAll(Stream& stream, std::span<std::byte> into);

/// Something that others wait for. On one thread.
class Signal {
  public:
    explicit Signal(asio::any_io_executor executor);
    ~Signal();
    Signal(const Signal&) = delete;
    Signal& operator=(const Signal&) = delete;
    /// Until the next notify() or, where it is not zero, so many milliseconds. Never throws.
    asio::awaitable<void> wait(std::chrono::milliseconds atMost = {});
    void notify(); ///< everybody who waits now

  private:
    struct Waiting;
    asio::any_io_executor executor_;
    std::vector<std::shared_ptr<Waiting>> waiting_;
};

/// Lets only so many coroutines pass at once, in the order in which they came.
class Semaphore {
  public:
    Semaphore(asio::any_io_executor executor, std::size_t places) : free_(places), changed_(executor) {}
    class [[nodiscard]] Permit {
      public:
        explicit Permit(Semaphore* owner = nullptr) : owner_(owner) {}
        Permit(Permit&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        Permit& operator=(Permit&&) = delete;
        ~Permit();

      private:
        Semaphore* owner_;
    };
    asio::awaitable<Permit> acquire();

  private:
    std::size_t free_;
    std::uint64_t next_ = 0, serving_ = 0;
    Signal changed_;
};

} // namespace balmer::remote
