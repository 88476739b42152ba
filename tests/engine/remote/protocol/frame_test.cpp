// Frames: what is written is what is read, and every header that breaks a rule is refused before its payload.
#include "engine/remote/protocol/frame.h"

#include <cstring>

#include <gtest/gtest.h>

#include "tests/support/test_support.h"

namespace balmer::remote {
namespace {

core::Result<FrameHeader> decode(const FrameHeader& header, Stage stage = Stage::Open) {
    return decodeFrameHeader(encode(header), stage);
}

void expectRefused(const FrameHeader& header, Stage stage, const char* why) {
    const auto decoded = decode(header, stage);
    ASSERT_FALSE(decoded) << why;
    EXPECT_EQ(decoded.error().code(), core::ErrorCode::Protocol) << why;
}

TEST(Preface, IsTheMagicAndTheVersion) {
    const auto bytes = encode(Preface{0x0102, 0x0304});
    const unsigned char expected[] = {'B', 'A', 'L', 'M', 'E', 'R', '\r', '\n', 2, 1, 4, 3};
    EXPECT_EQ(std::memcmp(bytes.data(), expected, sizeof expected), 0);
    EXPECT_EQ(decodePreface(bytes).value(), (Preface{0x0102, 0x0304}));
}

TEST(Preface, OfAnotherMagicIsRefused) {
    const auto good = encode(Preface{});
    for (std::size_t i = 0; i < 8; ++i) {
        auto bytes = good;
        bytes[i] ^= std::byte{0x20};
        const auto decoded = decodePreface(bytes);
        ASSERT_FALSE(decoded) << i;
        EXPECT_EQ(decoded.error().code(), core::ErrorCode::Protocol);
    }
}

TEST(FrameHeader, IsLittleEndianAndReadAsWritten) {
    const FrameHeader header{0x00030201, FrameType::Data, flagEnd, 0x07060505};
    EXPECT_EQ(decode({0x00010000, FrameType::Data, flagEnd, 0x07060505}).value().stream, 0x07060505u);
    const auto bytes = encode(header);
    const unsigned char expected[] = {1, 2, 3, 0, 32, 0, 2, 0, 5, 5, 6, 7};
    EXPECT_EQ(std::memcmp(bytes.data(), expected, sizeof expected), 0);
}

TEST(FrameHeader, OfEachKindIsRead) {
    for (const FrameHeader& header :
         {FrameHeader{8, FrameType::Ping, 0, 0}, FrameHeader{8, FrameType::Pong, 0, 0},
          FrameHeader{4, FrameType::Credit, 0, 0}, FrameHeader{0, FrameType::Goodbye, 0, 0},
          FrameHeader{controlFrameLimit, FrameType::Request, 0, 1},
          FrameHeader{controlFrameLimit, FrameType::Response, 0, 3},
          FrameHeader{controlFrameLimit, FrameType::Event, 0, 0xFFFFFFFF},
          FrameHeader{dataFrameLimit, FrameType::Data, flagEnd, 5},
          FrameHeader{controlFrameLimit, FrameType::Problem, 0, 0},
          FrameHeader{0, FrameType::Problem, 0, 7}}) {
        const auto decoded = decode(header);
        ASSERT_TRUE(decoded) << test::why(decoded);
        EXPECT_EQ(*decoded, header);
    }
    for (const auto type : {FrameType::Hello, FrameType::Proof, FrameType::Welcome, FrameType::Problem})
        EXPECT_TRUE(decode({handshakeFrameLimit, type, 0, 0}, Stage::Handshake));
}

TEST(FrameHeader, ThatIsTooLongForItsKindIsRefused) {
    expectRefused({0xFFFFFFFF, FrameType::Data, 0, 1}, Stage::Open, "4 GiB");
    expectRefused({dataFrameLimit + 1, FrameType::Data, 0, 1}, Stage::Open, "data");
    expectRefused({controlFrameLimit + 1, FrameType::Request, 0, 1}, Stage::Open, "control");
    expectRefused({9, FrameType::Ping, 0, 0}, Stage::Open, "ping");
    expectRefused({7, FrameType::Ping, 0, 0}, Stage::Open, "short ping");
    expectRefused({3, FrameType::Credit, 0, 0}, Stage::Open, "short credit");
    expectRefused({1, FrameType::Goodbye, 0, 0}, Stage::Open, "goodbye");
    expectRefused({handshakeFrameLimit + 1, FrameType::Hello, 0, 0}, Stage::Handshake, "hello");
    expectRefused({handshakeFrameLimit + 1, FrameType::Problem, 0, 0}, Stage::Handshake, "problem");
}

TEST(FrameHeader, OfTheOtherStageIsRefused) {
    for (const auto type : {FrameType::Hello, FrameType::Proof, FrameType::Welcome})
        expectRefused({0, type, 0, 0}, Stage::Open, "after the handshake");
    for (const auto type : {FrameType::Request, FrameType::Response, FrameType::Event, FrameType::Data})
        expectRefused({0, type, 0, 1}, Stage::Handshake, "before its end");
    expectRefused({8, FrameType::Ping, 0, 0}, Stage::Handshake, "ping");
    expectRefused({0, FrameType::Goodbye, 0, 0}, Stage::Handshake, "goodbye");
}

TEST(FrameHeader, OnAStreamThatCannotBeIsRefused) {
    for (const auto type : {FrameType::Request, FrameType::Response, FrameType::Event, FrameType::Data}) {
        expectRefused({0, type, 0, 0}, Stage::Open, "stream 0");
        expectRefused({0, type, 0, 2}, Stage::Open, "an even stream");
    }
    expectRefused({8, FrameType::Ping, 0, 1}, Stage::Open, "ping");
    expectRefused({4, FrameType::Credit, 0, 1}, Stage::Open, "credit");
    expectRefused({0, FrameType::Hello, 0, 1}, Stage::Handshake, "hello");
}

TEST(FrameHeader, OfAnUnknownKindIsSkippedOnlyWhereItIsOptional) {
    const auto unknown = static_cast<FrameType>(4711);
    EXPECT_FALSE(isKnown(unknown));
    EXPECT_TRUE(decode({100, unknown, flagOptional, 0}));
    expectRefused({100, unknown, 0, 0}, Stage::Open, "not optional");
    expectRefused({controlFrameLimit + 1, unknown, flagOptional, 0}, Stage::Open, "too long");
    expectRefused({100, unknown, flagOptional, 0}, Stage::Handshake, "in the handshake");
}

TEST(FrameHeader, WithAnUnknownFlagIsRefused) {
    expectRefused({0, FrameType::Request, 4, 1}, Stage::Open, "flag 4");
    expectRefused({0, FrameType::Request, 0x8000, 1}, Stage::Open, "flag 0x8000");
}

} // namespace
} // namespace balmer::remote
