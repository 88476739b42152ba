#include "engine/remote/protocol/messages.h"

#include <algorithm>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/wire_format_lite.h>

#include "engine/remote/protocol/messages.pb.h"

namespace balmer::remote {

namespace {

using core::ErrorCode;
using core::fail;

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

bool isDigit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

unsigned valueOf(char digit) {
    return static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

core::Result<std::string> fromBytes(std::string_view bytes, std::size_t size, std::string_view what) {
    if (bytes.size() != size)
        return fail(ErrorCode::Protocol, std::string(what) + " has " + std::to_string(bytes.size()) +
                                             " bytes instead of " + std::to_string(size));
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * size);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

core::Result<std::string> toBytes(std::string_view digits, std::size_t size, std::string_view what) {
    if (digits.size() != 2 * size || !std::all_of(digits.begin(), digits.end(), isDigit))
        return fail(ErrorCode::InvalidArgument,
                    std::string(what) + " is not " + std::to_string(2 * size) + " hexadecimal digits");
    std::string bytes;
    bytes.reserve(size);
    for (std::size_t i = 0; i < digits.size(); i += 2)
        bytes += static_cast<char>(valueOf(digits[i]) << 4 | valueOf(digits[i + 1]));
    return bytes;
}

/// Bytes of the well-formed character at the beginning (Unicode 15, table 3-7); 0 where there is none.
std::size_t characterAt(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto continues = [&](std::size_t i, unsigned from = 0x80, unsigned to = 0xBF) {
        return i < text.size() && byte(i) >= from && byte(i) <= to;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return continues(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF)
        return continues(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && continues(2) ? 3 : 0;
    if (first >= 0xF0 && first <= 0xF4)
        return continues(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && continues(2) &&
                       continues(3)
                   ? 4
                   : 0;
    return 0;
}

bool isControl(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) return (first < 0x20 && first != '\t' && first != '\n') || first == 0x7F;
    return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0; // U+0080 … U+009F
}

std::uint32_t limitOf(FrameType type) {
    const bool ofHandshake =
        type == FrameType::Hello || type == FrameType::Proof || type == FrameType::Welcome;
    return ofHandshake ? handshakeFrameLimit : controlFrameLimit;
}

std::vector<std::byte> frameWithRoom(FrameType type, std::uint16_t flags, std::uint32_t stream,
                                     std::size_t length) {
    const auto header = encode(FrameHeader{static_cast<std::uint32_t>(length), type, flags, stream});
    std::vector<std::byte> frame(frameHeaderSize + length);
    std::copy(header.begin(), header.end(), frame.begin());
    return frame;
}

std::size_t countParts(Bytes bytes, int levels) {
    using google::protobuf::internal::WireFormatLite;
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                              static_cast<int>(bytes.size()));
    std::size_t count = 0;
    while (const auto tag = in.ReadTag()) {
        ++count;
        std::uint32_t length = 0;
        const bool nested = WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
        if (!nested) {
            if (!WireFormatLite::SkipField(&in, tag)) break;
            continue;
        }
        if (!in.ReadVarint32(&length)) break;
        const auto at = static_cast<std::size_t>(in.CurrentPosition());
        if (length > bytes.size() - at) break;
        if (levels > 1) count += countParts(bytes.subspan(at, length), levels - 1);
        if (!in.Skip(static_cast<int>(length))) break;
    }
    return count;
}

} // namespace

std::size_t partsIn(Bytes bytes) {
    return bytes.size() > controlFrameLimit ? bytes.size() : countParts(bytes, 2);
}

core::Status decodeInto(google::protobuf::MessageLite& message, Bytes bytes) {
    if (bytes.size() > controlFrameLimit)
        return fail(ErrorCode::Protocol, "a message of " + std::to_string(bytes.size()) +
                                             " bytes is longer than a control frame may be");
    // What is wrong with a message is the error's to say; nobody out there shall fill our log.
    [[maybe_unused]] static auto* const formerHandler = google::protobuf::SetLogHandler(nullptr);
    // Total for any bytes; protobuf's own limit of nesting is 100.
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return fail(ErrorCode::Protocol, "a message cannot be decoded as " + message.GetTypeName());
    return {};
}

core::Result<std::vector<std::byte>> encodeFrame(FrameType type, std::uint16_t flags, std::uint32_t stream,
                                                 const google::protobuf::MessageLite& message) {
    const std::size_t length = message.ByteSizeLong();
    if (length > limitOf(type))
        return fail(ErrorCode::ResourceExhausted, "a message of " + std::to_string(length) +
                                                      " bytes is longer than a frame of its type may be (" +
                                                      std::to_string(limitOf(type)) + ")");
    auto frame = frameWithRoom(type, flags, stream, length);
    message.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(frame.data() + frameHeaderSize));
    return frame;
}

std::vector<std::byte> encodeFrame(FrameType type, std::uint16_t flags, std::uint32_t stream, Bytes payload) {
    auto frame = frameWithRoom(type, flags, stream, payload.size());
    std::copy(payload.begin(), payload.end(), frame.begin() + frameHeaderSize);
    return frame;
}

std::vector<std::byte> encodeProblem(std::uint32_t stream, const core::Error& error, bool retry,
                                     std::uint32_t retryAfterMs) {
    const auto text = problemFrom(error, retry, retryAfterMs).SerializeAsString();
    return encodeFrame(FrameType::Problem, 0, stream, std::as_bytes(std::span(text)));
}

wire::Problem problemFrom(const core::Error& error, bool retry, std::uint32_t retryAfterMs) {
    wire::Problem problem;
    problem.set_code(std::string(core::toString(error.code())));
    problem.set_text(showable(error.describe(), problemTextLimit));
    problem.set_retry(retry);
    problem.set_retry_after_ms(retryAfterMs);
    return problem;
}

core::Error errorFrom(const wire::Problem& problem) {
    auto code = core::errorCodeFrom(problem.code());
    if (core::toString(code) != problem.code()) code = ErrorCode::Remote;
    auto text = showable(problem.text(), problemTextLimit);
    if (text.empty()) text = "the other side refused without saying why";
    return {code, std::move(text)};
}

bool bitIn(const std::string& bits, std::size_t index) {
    return index / 8 < bits.size() && (static_cast<unsigned char>(bits[index / 8]) >> (index % 8) & 1u) != 0;
}

void setBit(std::string& bits, std::size_t index) {
    if (bits.size() <= index / 8) bits.resize(index / 8 + 1);
    bits[index / 8] = static_cast<char>(static_cast<unsigned char>(bits[index / 8]) | (1u << (index % 8)));
}

std::string showable(std::string_view text, std::size_t limit) {
    std::string shown;
    while (!text.empty()) {
        const std::size_t size = characterAt(text);
        const bool good = size > 0 && !isControl(text.substr(0, size));
        const auto character = good ? text.substr(0, size) : replacement;
        if (shown.size() + character.size() > limit) break;
        shown += character;
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return shown;
}

core::Result<std::string> keyFromBytes(std::string_view bytes) {
    return fromBytes(bytes, 16, "a job's key");
}

core::Result<std::string> keyToBytes(std::string_view digits) {
    return toBytes(digits, 16, "a job's key");
}

core::Result<std::string> digestFromBytes(std::string_view bytes) {
    return fromBytes(bytes, 32, "a digest");
}

core::Result<std::string> digestToBytes(std::string_view digits) {
    return toBytes(digits, 32, "a digest");
}

bool isParcelName(std::string_view name) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    return !name.empty() && name.size() <= 100 && plain(name[0]) &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

} // namespace balmer::remote
