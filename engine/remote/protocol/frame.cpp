#include "engine/remote/protocol/frame.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace balmer::remote {

namespace {

constexpr std::string_view magic = "BALMER\r\n"; // the line's end shows a transport that translates text

template <typename Number>
void put(std::byte* to, Number value) {
    for (std::size_t i = 0; i < sizeof(Number); ++i)
        to[i] = static_cast<std::byte>(value >> (8 * i));
}

template <typename Number>
Number take(const std::byte* from) {
    Number value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i)
        value = static_cast<Number>(value | static_cast<Number>(static_cast<Number>(from[i]) << (8 * i)));
    return value;
}

auto refuse(std::string what) {
    return core::fail(core::ErrorCode::Protocol, std::move(what));
}

std::uint32_t limitOf(FrameType type, Stage stage) {
    switch (type) {
    case FrameType::Ping:
    case FrameType::Pong:
        return 8;
    case FrameType::Credit:
        return 4;
    case FrameType::Goodbye:
        return 0;
    case FrameType::Data:
        return dataFrameLimit;
    default:
        return stage == Stage::Handshake ? handshakeFrameLimit : controlFrameLimit;
    }
}

bool belongsToHandshake(FrameType type) {
    return type == FrameType::Hello || type == FrameType::Proof || type == FrameType::Welcome;
}

bool opensStream(FrameType type) {
    return type == FrameType::Request || type == FrameType::Response || type == FrameType::Event ||
           type == FrameType::Data;
}

} // namespace

std::array<std::byte, prefaceSize> encode(const Preface& preface) {
    std::array<std::byte, prefaceSize> bytes{};
    std::transform(magic.begin(), magic.end(), bytes.begin(), [](char c) { return std::byte(c); });
    put(bytes.data() + 8, preface.major);
    put(bytes.data() + 10, preface.minor);
    return bytes;
}

core::Result<Preface> decodePreface(std::span<const std::byte, prefaceSize> bytes) {
    if (!std::equal(magic.begin(), magic.end(), bytes.begin(),
                    [](char c, std::byte b) { return std::byte(c) == b; }))
        return refuse("the other side does not speak Balmer's protocol; is this the right address?");
    return Preface{take<std::uint16_t>(bytes.data() + 8), take<std::uint16_t>(bytes.data() + 10)};
}

std::array<std::byte, frameHeaderSize> encode(const FrameHeader& header) {
    std::array<std::byte, frameHeaderSize> bytes{};
    put(bytes.data(), header.length);
    put(bytes.data() + 4, static_cast<std::uint16_t>(header.type));
    put(bytes.data() + 6, header.flags);
    put(bytes.data() + 8, header.stream);
    return bytes;
}

bool isKnown(FrameType type) {
    const auto number = static_cast<std::uint16_t>(type);
    return (number >= 1 && number <= 8) || (number >= 16 && number <= 18) || number == 32;
}

core::Result<FrameHeader> decodeFrameHeader(std::span<const std::byte, frameHeaderSize> bytes, Stage stage) {
    FrameHeader header;
    header.length = take<std::uint32_t>(bytes.data());
    header.type = static_cast<FrameType>(take<std::uint16_t>(bytes.data() + 4));
    header.flags = take<std::uint16_t>(bytes.data() + 6);
    header.stream = take<std::uint32_t>(bytes.data() + 8);

    const auto name = "a frame of type " + std::to_string(static_cast<std::uint16_t>(header.type));
    if (const auto limit = limitOf(header.type, stage); header.length > limit)
        return refuse(name + " says that it has " + std::to_string(header.length) + " bytes; at most " +
                      std::to_string(limit) + " are allowed");
    if (!isKnown(header.type)) {
        if (stage == Stage::Open && (header.flags & flagOptional) != 0) return header;
        return refuse(name + " is not known to this version of the protocol");
    }
    if ((header.flags & ~(flagOptional | flagEnd)) != 0) return refuse(name + " carries an unknown flag");
    if (stage == Stage::Handshake && !belongsToHandshake(header.type) && header.type != FrameType::Problem)
        return refuse(name + " came before the handshake had ended");
    if (stage == Stage::Open && belongsToHandshake(header.type))
        return refuse(name + " came after the handshake had ended");
    if (opensStream(header.type) ? header.stream % 2 == 0
                                 : header.stream != 0 && header.type != FrameType::Problem)
        return refuse(name + " cannot belong to stream " + std::to_string(header.stream));
    if (header.type == FrameType::Ping || header.type == FrameType::Pong || header.type == FrameType::Credit)
        if (header.length != limitOf(header.type, stage)) return refuse(name + " is too short");
    return header;
}

} // namespace balmer::remote
