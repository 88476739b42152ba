#include "engine/remote/transport/channel.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include "engine/remote/protocol/messages.h"

namespace balmer::remote {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Status;

namespace {

constexpr std::size_t creditStep = 1u << 20;
constexpr auto closingTime = std::chrono::milliseconds(500); ///< to tell the other side why, and be heard
constexpr std::int64_t mostCredit = 64ll << 20;

std::vector<std::byte> creditFrame(std::uint32_t bytes) {
    std::array<std::byte, 4> payload{};
    for (std::size_t i = 0; i < 4; ++i)
        payload[i] = static_cast<std::byte>(bytes >> (8 * i));
    return encodeFrame(FrameType::Credit, 0, 0, Bytes(payload));
}

std::uint32_t numberIn(Bytes payload) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value |= static_cast<std::uint32_t>(payload[i]) << (8 * i);
    return value;
}

} // namespace

Channel::Channel(asio::any_io_executor executor, std::unique_ptr<Stream> stream, ChannelTiming timing)
    : executor_(executor), stream_(std::move(stream)), timing_(timing), writing_(executor, 1),
      creditArrived_(executor), over_(executor), lastReceived_(std::chrono::steady_clock::now()) {}

Channel::~Channel() {
    stream_->close();
}

void Channel::close(Error why) {
    if (ended_) return;
    ended_.emplace(std::move(why));
    stream_->close();
    creditArrived_.notify();
    over_.notify();
}

// --------------------------------------------------------------------------------------------------------
// reading

asio::awaitable<Error> Channel::run(std::vector<std::byte> early, Handler handler) {
    const auto self = shared_from_this();
    early_ = std::move(early);
    asio::co_spawn(
        executor_, [self]() -> asio::awaitable<void> { co_await self->watch(); }, asio::detached);
    const auto done = co_await readFrames(std::move(handler));
    const bool broken = !done && !ended_ && done.error().code() == ErrorCode::Protocol;
    if (broken) co_await sendReason(done.error());
    if (!done) close(done.error());
    over_.notify();
    if (broken) co_return done.error();
    co_return ended_.value_or(Error(ErrorCode::Io, "the connection has ended"));
}

asio::awaitable<void> Channel::sendReason(const Error& why) {
    asio::steady_timer timer(executor_, closingTime);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& stopped) {
        if (!stopped) self->stream_->close();
    });
    const auto problem = encodeProblem(0, why);
    auto sent = co_await write(problem, {});
    // What still comes is read away: closed with bytes unread, the connection would be reset and the reason
    // lost.
    std::vector<std::byte> rest(16u << 10);
    while (sent) {
        auto count = co_await stream_->readSome(rest);
        if (!count) break;
    }
    timer.cancel();
}

asio::awaitable<Status> Channel::read(std::span<std::byte> into) {
    const auto kept = std::min(into.size(), early_.size() - earlyTaken_);
    std::copy_n(early_.begin() + static_cast<std::ptrdiff_t>(earlyTaken_), kept, into.begin());
    earlyTaken_ += kept;
    received_ += into.size();
    into = into.subspan(kept);
    reading_ = true;
    while (!into.empty()) {
        auto count = co_await stream_->readSome(into);
        if (!count) {
            reading_ = false;
            co_return fail(ended_ ? *ended_ : std::move(count).error());
        }
        lastReceived_ = std::chrono::steady_clock::now();
        into = into.subspan(*count);
    }
    reading_ = false;
    co_return Status();
}

asio::awaitable<Status> Channel::readFrames(Handler handler) {
    while (true) {
        std::array<std::byte, frameHeaderSize> head{};
        auto got = co_await read(head);
        if (!got) co_return got;
        auto header = decodeFrameHeader(head, Stage::Open);
        if (!header) co_return fail(std::move(header).error());
        Frame frame{*header, std::vector<std::byte>(header->length)};
        payloadBegan_ = std::chrono::steady_clock::now();
        got = co_await read(frame.payload);
        payloadBegan_.reset();
        if (!got) co_return got;
        if (!isKnown(header->type)) continue;
        if (header->type == FrameType::Goodbye) co_return fail(ErrorCode::Io, "the other side said goodbye");
        if (header->type == FrameType::Ping || header->type == FrameType::Pong ||
            header->type == FrameType::Credit) {
            got = co_await ownFrame(frame);
        } else {
            if (header->type == FrameType::Data) {
                window_ -= static_cast<std::int64_t>(header->length);
                if (window_ < 0)
                    co_return fail(ErrorCode::Protocol,
                                   "the other side sent more data than it had credit for");
            }
            got = co_await handler(std::move(frame));
        }
        if (!got) co_return got;
        if (ended_) co_return fail(*ended_);
    }
}

asio::awaitable<Status> Channel::ownFrame(const Frame& frame) {
    if (frame.header.type == FrameType::Ping) {
        // Who asks and does not take the answers has stopped reading: nothing is kept for it.
        auto answer = encodeFrame(FrameType::Pong, 0, 0, Bytes(frame.payload));
        co_return co_await send(std::move(answer));
    }
    if (frame.header.type == FrameType::Credit) {
        credit_ += numberIn(frame.payload);
        if (credit_ > mostCredit) co_return fail(ErrorCode::Protocol, "the other side gave too much credit");
        creditArrived_.notify();
    }
    co_return Status();
}

// --------------------------------------------------------------------------------------------------------
// writing

asio::awaitable<Status> Channel::write(Bytes first, Bytes second) {
    const auto self = shared_from_this();
    const auto permit = co_await writing_.acquire();
    if (ended_) co_return fail(*ended_);
    writeBegan_ = std::chrono::steady_clock::now();
    auto written = co_await stream_->write(first, second);
    writeBegan_.reset();
    if (!written) {
        close(std::move(written).error());
        co_return fail(*ended_);
    }
    sent_ += first.size() + second.size();
    co_return Status();
}

asio::awaitable<Status> Channel::send(std::vector<std::byte> frame) {
    const auto self = shared_from_this();
    co_return co_await write(frame, {});
}

void Channel::sendLater(std::vector<std::byte> frame) {
    const auto self = shared_from_this();
    const auto kept = std::make_shared<std::vector<std::byte>>(std::move(frame));
    asio::co_spawn(
        executor_, [self, kept]() -> asio::awaitable<void> { (void)co_await self->write(*kept, {}); },
        asio::detached);
}

asio::awaitable<Status> Channel::sendData(std::uint32_t stream, Bytes bytes) {
    const auto self = shared_from_this();
    do {
        const auto piece = bytes.first(std::min<std::size_t>(bytes.size(), dataFrameSize));
        bytes = bytes.subspan(piece.size());
        while (!ended_ && credit_ < static_cast<std::int64_t>(piece.size()))
            co_await creditArrived_.wait();
        if (ended_) co_return fail(*ended_);
        credit_ -= static_cast<std::int64_t>(piece.size());
        FrameHeader header;
        header.length = static_cast<std::uint32_t>(piece.size());
        header.type = FrameType::Data;
        header.flags = bytes.empty() ? flagEnd : 0;
        header.stream = stream;
        const auto head = encode(header);
        auto written = co_await write(head, piece);
        if (!written) co_return written;
    } while (!bytes.empty());
    co_return Status();
}

void Channel::consumed(std::size_t bytes) {
    consumed_ += bytes;
    if (consumed_ < creditStep || ended_) return;
    window_ += static_cast<std::int64_t>(consumed_);
    sendLater(creditFrame(static_cast<std::uint32_t>(std::exchange(consumed_, 0))));
}

// --------------------------------------------------------------------------------------------------------
// silence

asio::awaitable<void> Channel::watch() {
    const auto self = shared_from_this();
    const auto step = std::min(timing_.ping, timing_.payload) / 3;
    auto asked = std::chrono::steady_clock::now();
    while (!ended_) {
        co_await over_.wait(std::max(step, std::chrono::milliseconds(1)));
        if (ended_) co_return;
        const auto now = std::chrono::steady_clock::now();
        if (payloadBegan_ && reading_ && now - *payloadBegan_ > timing_.payload) {
            close(Error(ErrorCode::DeadlineExceeded, "the other side began a frame and did not end it"));
            co_return;
        }
        if (writeBegan_ && now - *writeBegan_ > timing_.ping * timing_.missed) {
            close(Error(ErrorCode::DeadlineExceeded, "the other side does not read any more"));
            co_return;
        }
        if (!reading_) {
            lastReceived_ = now; // we do not listen, so silence says nothing
            continue;
        }
        if (now - lastReceived_ > timing_.ping * timing_.missed) {
            close(Error(ErrorCode::DeadlineExceeded, "the other side does not answer any more"));
            co_return;
        }
        if (now - lastReceived_ >= timing_.ping && now - asked >= timing_.ping) {
            asked = now;
            const std::array<std::byte, 8> payload{};
            sendLater(encodeFrame(FrameType::Ping, 0, 0, Bytes(payload)));
        }
    }
}

} // namespace balmer::remote
