// Frames: how bytes on a connection are cut into messages (PROTOCOL.md, "Frames").
//
// Pure functions on bytes, without sockets and without memory of their own; any thread. Numbers are
// little-endian. Errors, everywhere: Protocol, with a sentence that says which rule was broken.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::remote {

using Bytes = std::span<const std::byte>;

constexpr std::uint16_t protocolMajor = 1;
constexpr std::uint16_t protocolMinor = 0;

/// What both sides send first: eight bytes of magic, then the version that they speak.
constexpr std::size_t prefaceSize = 12;
struct Preface {
    std::uint16_t major = protocolMajor, minor = protocolMinor;
    bool operator==(const Preface&) const = default;
};
std::array<std::byte, prefaceSize> encode(const Preface& preface);
/// Errors: Protocol for another magic. The version is the caller's to judge.
core::Result<Preface> decodePreface(std::span<const std::byte, prefaceSize> bytes);

/// The kinds of frame. Control frames carry one message of messages.proto, data frames raw bytes.
enum class FrameType : std::uint16_t {
    Hello = 1,     ///< control; both sides, first
    Proof = 2,     ///< control; the client shows who it is
    Welcome = 3,   ///< control; the server's answer, the handshake's end
    Problem = 4,   ///< control; ends the stream, on stream 0 the connection
    Ping = 5,      ///< eight bytes that the Pong brings back
    Pong = 6,      ///<
    Credit = 7,    ///< four bytes: so many more data bytes may be sent on this connection
    Goodbye = 8,   ///< empty: no more requests from this side
    Request = 16,  ///< control; opens a stream, client only
    Response = 17, ///< control; the answer, server only
    Event = 18,    ///< control; one thing that happened to a watched job, server only
    Data = 32      ///< a piece of a chunk
};

constexpr std::uint16_t flagOptional = 1; ///< a receiver that does not know the type skips the frame
constexpr std::uint16_t flagEnd = 2;      ///< the last data frame of its chunk

constexpr std::size_t frameHeaderSize = 12;
struct FrameHeader {
    std::uint32_t length = 0; ///< of the payload
    FrameType type = FrameType::Hello;
    std::uint16_t flags = 0;
    std::uint32_t stream = 0; ///< 0: the connection itself; odd: opened by the client
    bool operator==(const FrameHeader&) const = default;
};
std::array<std::byte, frameHeaderSize> encode(const FrameHeader& header);

constexpr std::uint32_t handshakeFrameLimit = 4u << 10;
constexpr std::uint32_t controlFrameLimit = 1u << 20;
constexpr std::uint32_t dataFrameLimit = 1u << 20;
constexpr std::uint32_t dataFrameSize = 256u << 10; ///< what a sender uses

/// Before the handshake's end only its own frames are known, and they are short.
enum class Stage { Handshake, Open };

/// Decodes and judges a header before any memory is taken for its payload. A type that is not known is an
/// error unless it is flagged optional. Errors: Protocol (length over the limit of its kind, type not known
/// or not allowed in this stage, a flag that is not known, a stream number that cannot be).
core::Result<FrameHeader> decodeFrameHeader(std::span<const std::byte, frameHeaderSize> bytes, Stage stage);

/// False: to be skipped.
bool isKnown(FrameType type);

/// A result too long for a message travels as the output of this name.
constexpr std::string_view longResultName = "result.json";

/// Bytes of data that may be sent on a fresh connection before the first Credit.
constexpr std::uint32_t firstCredit = 8u << 20;

} // namespace balmer::remote
