// Control messages: bytes ⇄ the values of messages.proto, and checks of what those values may hold.
//
// Pure functions; any thread. What comes from the other side is hostile until it has passed here: decoding
// is total, sizes are exact, text can be shown. A .cpp file that uses the messages themselves includes
// "engine/remote/protocol/messages.pb.h", which the build makes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/remote/protocol/frame.h"

namespace google::protobuf {
class MessageLite;
}
namespace balmer::remote::wire {
class Problem;
}

namespace balmer::remote {

/// Errors: Protocol (longer than a control frame may be, cut short, nested deeper than 100, text that is not
/// UTF-8).
core::Status decodeInto(google::protobuf::MessageLite& message, Bytes bytes);

/// decodeMessage<wire::Hello>(payload)
template <typename Message>
core::Result<Message> decodeMessage(Bytes bytes) {
    Message message;
    BALMER_CHECK(decodeInto(message, bytes));
    return message;
}

/// Header and payload in one buffer, to be written at once. Errors: ResourceExhausted for a message that is
/// longer than a frame of its type may be.
core::Result<std::vector<std::byte>> encodeFrame(FrameType type, std::uint16_t flags, std::uint32_t stream,
                                                 const google::protobuf::MessageLite& message);
/// The same of raw bytes, for the frames that carry no message.
std::vector<std::byte> encodeFrame(FrameType type, std::uint16_t flags, std::uint32_t stream, Bytes payload);

/// The frame PROBLEM of this failure; always fits, in the handshake too.
std::vector<std::byte> encodeProblem(std::uint32_t stream, const core::Error& error, bool retry = false,
                                     std::uint32_t retryAfterMs = 0);

/// The message's text is describe()d, cut to `problemTextLimit` bytes.
wire::Problem problemFrom(const core::Error& error, bool retry = false, std::uint32_t retryAfterMs = 0);
/// What the other side says went wrong, with its code (Remote for a code that is not known here), its text
/// shown only as showable() lets it.
core::Error errorFrom(const wire::Problem& problem);
constexpr std::size_t problemTextLimit = 2000;

/// Valid UTF-8 of at most `limit` bytes: what is not UTF-8, and control characters but tab and line feed,
/// become U+FFFD; cut between characters. For text of the other side before it is shown or kept, and for own
/// text (names of files, messages of libraries) before it is sent: protobuf takes no other.
std::string showable(std::string_view text, std::size_t limit);

/// The fields of a message and of its own messages, counted without taking memory: two bytes of a hostile
/// message can become forty. What is not a message counts as far as it could be one.
std::size_t partsIn(Bytes bytes);

/// A field of bytes as a list of bits, eight a byte from the lowest on; what lies beyond its end is not set.
bool bitIn(const std::string& bits, std::size_t index);
void setBit(std::string& bits, std::size_t index);

// ---- Names: hexadecimal digits (lower case) here, raw bytes in messages

/// A job's key: 16 bytes ⇄ 32 digits. Errors: Protocol for another number of bytes.
core::Result<std::string> keyFromBytes(std::string_view bytes);
/// Errors: InvalidArgument unless these are 32 digits 0-9a-f.
core::Result<std::string> keyToBytes(std::string_view digits);

/// An object's id, a digest: 32 bytes ⇄ 64 digits. Errors as above.
core::Result<std::string> digestFromBytes(std::string_view bytes);
core::Result<std::string> digestToBytes(std::string_view digits);

/// [a-z0-9][a-z0-9._-]{0,99}: what a file of a parcel may be called.
bool isParcelName(std::string_view name);

} // namespace balmer::remote
