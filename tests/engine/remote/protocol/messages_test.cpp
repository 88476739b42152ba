// Control messages: decoding is total, sizes are exact, and no text of the other side is shown as it came.
#include "engine/remote/protocol/messages.h"

#include <span>

#include <gtest/gtest.h>

#include "engine/remote/protocol/messages.pb.h"
#include "tests/support/test_support.h"

namespace balmer::remote {
namespace {

using core::ErrorCode;

Bytes bytesOf(const std::string& text) {
    return std::as_bytes(std::span(text));
}

TEST(Message, IsReadAsWritten) {
    wire::Request request;
    request.mutable_submit()->set_key(std::string(16, 'k'));
    request.mutable_submit()->set_spec(R"({"kind": "som"})");
    request.mutable_submit()->add_inputs()->set_name("parcel.json");
    const auto frame = encodeFrame(FrameType::Request, 0, 7, request);
    ASSERT_TRUE(frame) << test::why(frame);

    const auto header = decodeFrameHeader(
        std::span<const std::byte, frameHeaderSize>(frame->data(), frameHeaderSize), Stage::Open);
    ASSERT_TRUE(header) << test::why(header);
    EXPECT_EQ(header->stream, 7u);
    EXPECT_EQ(header->length, frame->size() - frameHeaderSize);
    const auto read = decodeMessage<wire::Request>(Bytes(*frame).subspan(frameHeaderSize));
    ASSERT_TRUE(read) << test::why(read);
    EXPECT_EQ(read->submit().spec(), R"({"kind": "som"})");
    EXPECT_EQ(read->submit().inputs(0).name(), "parcel.json");
}

TEST(Message, ThatIsCutShortIsRefused) {
    wire::Event event;
    event.set_sequence(1);
    event.set_phase("EXECUTING");
    event.set_stage("training");
    const auto text = event.SerializeAsString();
    ASSERT_TRUE(decodeMessage<wire::Event>(bytesOf(text)));
    const auto read = decodeMessage<wire::Event>(bytesOf(text).first(text.size() - 1));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code(), ErrorCode::Protocol);
}

TEST(Message, OfTheFutureIsReadWithoutWhatIsNew) {
    wire::LogLine line;
    line.set_text("hello");
    auto text = line.SerializeAsString();
    text += "\xFA\x01\x03new"; // field 31, three bytes
    const auto read = decodeMessage<wire::LogLine>(bytesOf(text));
    ASSERT_TRUE(read) << test::why(read);
    EXPECT_EQ(read->text(), "hello");
}

TEST(Message, WithTextThatIsNotUtf8IsRefused) {
    EXPECT_FALSE(decodeMessage<wire::LogLine>(bytesOf("\x12\x01\xFF")));
}

TEST(Message, ThatIsTooLongIsNeitherReadNorWritten) {
    wire::LogLine line;
    line.set_text(std::string(controlFrameLimit, 'x'));
    const auto written = encodeFrame(FrameType::Event, 0, 1, line);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code(), ErrorCode::ResourceExhausted);
    EXPECT_FALSE(decodeMessage<wire::LogLine>(bytesOf(line.SerializeAsString())));

    line.set_text(std::string(handshakeFrameLimit, 'x'));
    EXPECT_FALSE(encodeFrame(FrameType::Hello, 0, 0, line));
    EXPECT_TRUE(encodeFrame(FrameType::Event, 0, 1, line));
}

TEST(Message, ThatNestsWithoutEndIsRefused) {
    // Field 15 as a group that holds itself: unknown to every message, so it is skipped, and skipping has a
    // depth.
    EXPECT_FALSE(decodeMessage<wire::Request>(bytesOf(std::string(controlFrameLimit, '\x7B'))));
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '\x7B') + std::string(depth, '\x7C');
    };
    EXPECT_TRUE(decodeMessage<wire::Request>(bytesOf(nested(50))));
    EXPECT_FALSE(decodeMessage<wire::Request>(bytesOf(nested(200))));
}

TEST(Frame, OfRawBytesIsHeaderAndPayload) {
    const auto frame = encodeFrame(FrameType::Ping, 0, 0, bytesOf("12345678"));
    ASSERT_EQ(frame.size(), frameHeaderSize + 8);
    const auto header = decodeFrameHeader(
        std::span<const std::byte, frameHeaderSize>(frame.data(), frameHeaderSize), Stage::Open);
    ASSERT_TRUE(header) << test::why(header);
    EXPECT_EQ(header->type, FrameType::Ping);
    EXPECT_EQ(frame.back(), std::byte{'8'});
}

TEST(Problem, KeepsCodeAndText) {
    for (int i = 0; i <= static_cast<int>(ErrorCode::Internal); ++i) {
        const core::Error error(static_cast<ErrorCode>(i), "the disk of the worker is full");
        const auto back = errorFrom(problemFrom(error, true, 500));
        EXPECT_EQ(back.code(), error.code());
        EXPECT_EQ(back.message(), error.message());
    }
    EXPECT_TRUE(problemFrom({ErrorCode::Io, "x"}, true, 500).retry());
    EXPECT_EQ(problemFrom({ErrorCode::Io, "x"}, true, 500).retry_after_ms(), 500u);
}

TEST(Problem, OfAHostileSideIsShownHarmlessly) {
    wire::Problem problem;
    problem.set_code("made-up");
    problem.set_text("\x1B[2J" + std::string(100000, 'x'));
    const auto error = errorFrom(problem);
    EXPECT_EQ(error.code(), ErrorCode::Remote);
    EXPECT_EQ(error.message().find('\x1B'), std::string::npos);
    EXPECT_LE(error.message().size(), problemTextLimit);
    EXPECT_FALSE(errorFrom(wire::Problem()).message().empty());
}

TEST(Problem, FitsIntoTheHandshakeWhateverItSays) {
    const auto frame = encodeProblem(0, {ErrorCode::Io, std::string(100000, '\xFF')});
    EXPECT_TRUE(decodeFrameHeader(std::span<const std::byte, frameHeaderSize>(frame.data(), frameHeaderSize),
                                  Stage::Handshake));
    EXPECT_TRUE(decodeMessage<wire::Problem>(Bytes(frame).subspan(frameHeaderSize)));
}

TEST(Showable, LeavesGoodTextAlone) {
    const std::string text = "H\xCE\xB1 6562.8 \xC3\x85, \xE2\x86\x92 \xF0\x9F\x94\xAD\ttab\nline";
    EXPECT_EQ(showable(text, 1000), text);
    EXPECT_EQ(showable("", 10), "");
}

TEST(Showable, ReplacesWhatIsNotText) {
    const std::string mark = "\xEF\xBF\xBD";
    EXPECT_EQ(showable("a\xFFz", 100), "a" + mark + "z");
    EXPECT_EQ(showable(std::string("a\0z", 3), 100), "a" + mark + "z");
    EXPECT_EQ(showable("\x1B[1m\r\x7F", 100), mark + "[1m" + mark + mark);
    EXPECT_EQ(showable("\xC2\x9B", 100), mark);                   // a control character of two bytes
    EXPECT_EQ(showable("\xC0\xAF", 100), mark + mark);            // longer than it need be
    EXPECT_EQ(showable("\xED\xA0\x80", 100), mark + mark + mark); // half a pair of UTF-16
    EXPECT_EQ(showable("\xF4\x90\x80\x80", 100), mark + mark + mark + mark); // beyond U+10FFFF
    EXPECT_EQ(showable("\xE2\x86", 100), mark + mark);                       // cut short
}

TEST(Showable, CutsBetweenCharacters) {
    EXPECT_EQ(showable("\xCE\xB1\xCE\xB2", 3), "\xCE\xB1");
    EXPECT_EQ(showable("\xFF", 2), "");
    EXPECT_EQ(showable("abc", 2), "ab");
}

TEST(Names, OfKeysAndDigestsHaveTheirExactSize) {
    const std::string digits = "00112233445566778899aabbccddeeff";
    const auto bytes = keyToBytes(digits);
    ASSERT_TRUE(bytes) << test::why(bytes);
    EXPECT_EQ(bytes->size(), 16u);
    EXPECT_EQ(keyFromBytes(*bytes).value(), digits);
    EXPECT_EQ(digestFromBytes(digestToBytes(digits + digits).value()).value(), digits + digits);

    for (const std::string& wrong : {std::string(), digits.substr(1), digits + "0", std::string(32, 'A'),
                                     std::string(32, 'g'), digits.substr(1) + " ", digits + digits})
        EXPECT_EQ(keyToBytes(wrong).error().code(), ErrorCode::InvalidArgument) << wrong;
    EXPECT_FALSE(digestToBytes(digits));
    for (const std::size_t size : {0, 15, 17, 32})
        EXPECT_EQ(keyFromBytes(std::string(size, 'x')).error().code(), ErrorCode::Protocol) << size;
    for (const std::size_t size : {0, 16, 31, 33, 64})
        EXPECT_EQ(digestFromBytes(std::string(size, 'x')).error().code(), ErrorCode::Protocol) << size;
}

TEST(Names, OfAParcelsFilesCannotLeaveItsFolder) {
    for (const char* good : {"parcel.json", "0", "a-b_c.d", "dataset-1.h5"})
        EXPECT_TRUE(isParcelName(good)) << good;
    EXPECT_TRUE(isParcelName(std::string(100, 'a')));
    for (const char* bad :
         {"", ".", "..", ".hidden", "-x", "_x", "a/b", "../a", "/etc", "A", "a b", "a\\b", "\xC3\xA4", "a\n"})
        EXPECT_FALSE(isParcelName(bad)) << bad;
    EXPECT_FALSE(isParcelName(std::string(101, 'a')));
    EXPECT_FALSE(isParcelName(std::string("a\0b", 3)));
}

} // namespace
} // namespace balmer::remote
