// Channel: frames over a stream, after the handshake: one frame is written at a time, data wait for credit,
// silence is noticed. Private to remote.
//
// Kept by shared_ptr by whoever uses it and by its own coroutines; used on the one thread of its executor.
// Memory: the payload of one incoming frame, and what the callers of send() hold while they wait their turn.
#pragma once

#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/core/result.h"
#include "engine/remote/protocol/frame.h"
#include "engine/remote/transport/stream.h"

namespace balmer::remote {

struct ChannelTiming {
    std::chrono::milliseconds ping{15000};    ///< after so much silence the other side is asked
    unsigned missed = 3;                      ///< so many pings without an answer end the connection
    std::chrono::milliseconds payload{30000}; ///< from a frame's header to its end
};

struct Frame {
    FrameHeader header;
    std::vector<std::byte> payload;
};

class Channel : public std::enable_shared_from_this<Channel> {
  public:
    /// Called for every frame that is not the channel's own business; the next frame is read when it has
    /// returned. An error ends the connection.
    using Handler = std::function<asio::awaitable<core::Status>(Frame)>;

    Channel(asio::any_io_executor executor, std::unique_ptr<Stream> stream, ChannelTiming timing = {});
    ~Channel();

    /// Reads until the connection ends, and says why it did; where this side ended it for a broken rule, the
    /// other side is told. early: bytes that came with the handshake.
    asio::awaitable<core::Error> run(std::vector<std::byte> early, Handler handler);

    /// A whole frame, header included. Waits for its turn. Errors: why the connection has ended.
    asio::awaitable<core::Status> send(std::vector<std::byte> frame);
    /// Bytes as data frames; waits for credit. They must stay until it returns.
    asio::awaitable<core::Status> sendData(std::uint32_t stream, Bytes bytes);
    /// So much data has been dealt with: the other side may send as much again.
    void consumed(std::size_t bytes);

    void close(core::Error why);
    bool closed() const { return ended_.has_value(); }
    asio::any_io_executor executor() const { return executor_; }

    std::uint64_t bytesSent() const { return sent_; }
    std::uint64_t bytesReceived() const { return received_; }

  private:
    asio::awaitable<core::Status> read(std::span<std::byte> into);
    asio::awaitable<core::Status> readFrames(Handler handler);
    asio::awaitable<void> sendReason(const core::Error& why);
    asio::awaitable<core::Status> ownFrame(const Frame& frame);
    asio::awaitable<core::Status> write(Bytes first, Bytes second);
    asio::awaitable<void> watch();
    void sendLater(std::vector<std::byte> frame);

    asio::any_io_executor executor_;
    std::unique_ptr<Stream> stream_;
    ChannelTiming timing_;
    Semaphore writing_;
    Signal creditArrived_;
    Signal over_;
    std::optional<core::Error> ended_;
    std::vector<std::byte> early_;
    std::size_t earlyTaken_ = 0;
    std::int64_t credit_ = firstCredit; ///< what we may send
    std::int64_t window_ = firstCredit; ///< what the other side may send
    std::size_t consumed_ = 0;          ///< not yet given back as credit
    std::uint64_t sent_ = 0, received_ = 0;
    std::chrono::steady_clock::time_point lastReceived_;
    std::optional<std::chrono::steady_clock::time_point> payloadBegan_;
    std::optional<std::chrono::steady_clock::time_point> writeBegan_;
    bool reading_ = false; ///< waiting for bytes, rather than for the handler
};

} // namespace balmer::remote
