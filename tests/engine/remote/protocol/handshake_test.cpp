// The handshake: it ends well only between two sides that share a version and a secret (or a transport that
// vouches), however the bytes are cut; everything else is refused with one sentence.
#include "engine/remote/protocol/handshake.h"

#include <memory>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/remote/protocol/messages.h"
#include "engine/remote/protocol/messages.pb.h"
#include "tests/engine/remote/protocol/handshake_talk.h"
#include "tests/support/test_support.h"

namespace balmer::remote {
namespace {

using core::ErrorCode;
using testing::HasSubstr;

// ---- It ends well

TEST(Handshake, OverATransportThatVouchesNeedsNoSecret) {
    const Talk talk(clientSettings(), overSocket());
    ASSERT_TRUE(talk.bothDone()) << said(talk.clientStep) << said(talk.serverStep);
    EXPECT_EQ(talk.server.owner(), "ann");
    EXPECT_FALSE(talk.server.paired());
    const auto& greeting = talk.client.greeting();
    EXPECT_EQ(greeting.software, "Balmer 0.1.1");
    EXPECT_EQ(greeting.name, "tower");
    EXPECT_EQ(greeting.processor, "x86-64");
    EXPECT_EQ(greeting.storeId, "store");
    EXPECT_EQ(greeting.instanceId, "instance");
    EXPECT_EQ(greeting.capabilities, (std::vector<std::string>{"kind:som", "register"}));
    EXPECT_EQ(greeting.limits, (WorkerLimits{1000, 2000, 300, 4, 3, 64}));
    EXPECT_EQ(greeting.owner, "ann");
    EXPECT_EQ(greeting.minor, protocolMinor);
}

TEST(Handshake, WithATokenFindsItsOwner) {
    for (const auto& spelling : {token, std::string(64, 'A')}) {
        const Talk talk(withToken(spelling), knowingTokens());
        ASSERT_TRUE(talk.bothDone()) << said(talk.clientStep) << said(talk.serverStep);
        EXPECT_EQ(talk.server.owner(), "ann");
        EXPECT_EQ(talk.client.greeting().owner, "ann");
        EXPECT_FALSE(talk.server.guessed());
    }
}

TEST(Handshake, WithAPairingCodeNamesTheNewClient) {
    for (const char* typed : {"K7QX-0123-ABCD-EFGH", "k7qx 0123 abcd efgh", "K7QXO123ABCDEFGH"}) {
        const Talk talk(pairing(typed), openToPairing());
        ASSERT_TRUE(talk.bothDone()) << said(talk.clientStep) << said(talk.serverStep);
        EXPECT_TRUE(talk.server.paired());
        EXPECT_EQ(talk.server.owner(), "ann's laptop");
    }
}

TEST(Handshake, EndsAlikeHoweverTheBytesAreCut) {
    const Talk whole(withToken(token), knowingTokens());
    for (const std::size_t pieces : {1, 2, 3, 7, 11, 12, 13, 24, 100}) {
        const Talk talk(withToken(token), knowingTokens(), pieces);
        ASSERT_TRUE(talk.bothDone()) << pieces;
        EXPECT_EQ(talk.fromClient, whole.fromClient);
        EXPECT_EQ(talk.fromServer, whole.fromServer);
    }
}

TEST(Handshake, NeverShowsTheSecret) {
    for (const auto& talk : {std::make_unique<Talk>(withToken(token), knowingTokens()),
                             std::make_unique<Talk>(pairing(code), openToPairing())}) {
        const Buffer everything = talk->fromClient + talk->fromServer;
        const std::string text(reinterpret_cast<const char*>(everything.data()), everything.size());
        EXPECT_EQ(text.find(token), std::string::npos);
        EXPECT_EQ(text.find(digestToBytes(token).value()), std::string::npos);
        EXPECT_EQ(text.find("K7QX"), std::string::npos);
    }
}

TEST(Handshake, KeepsWhatFollowsIt) {
    const Talk talk(clientSettings(), overSocket());
    const Buffer more(5, std::byte{'m'});
    ServerHandshake server(overSocket());
    server.begin();
    const auto serverStep = server.feed(talk.fromClient + more);
    EXPECT_TRUE(serverStep.done);
    EXPECT_EQ(Buffer(server.rest().begin(), server.rest().end()), more);

    ClientHandshake client(clientSettings());
    client.begin();
    const auto clientStep = client.feed(talk.fromServer + more);
    EXPECT_TRUE(clientStep.done);
    EXPECT_EQ(Buffer(client.rest().begin(), client.rest().end()), more);
}

TEST(Handshake, WithANewerSideSpeaksTheOldMajorVersion) {
    wire::Proof proof;
    proof.set_method(wire::METHOD_TRANSPORT);
    ServerHandshake server(overSocket());
    server.begin();
    auto hello = plainHello(1, 3);
    hello.set_minor(9);
    const auto step =
        server.feed(preface(3) + frameOf(FrameType::Hello, hello) + frameOf(FrameType::Proof, proof));
    ASSERT_TRUE(step.done) << said(step);
    const auto read = decodeMessage<wire::Welcome>(payloadOfLast(step.send));
    ASSERT_TRUE(read) << test::why(read);
    EXPECT_EQ(read->major(), 1u);
    EXPECT_EQ(read->minor(), 0u);
}

// ---- Versions that do not meet

TEST(Handshake, OfTwoMajorVersionsIsRefusedWithOneLineThatNamesBoth) {
    ServerHandshake server(overSocket());
    server.begin();
    const auto step = server.feed(preface(3) + frameOf(FrameType::Hello, plainHello(2, 3)));
    ASSERT_TRUE(step.refused);
    EXPECT_EQ(step.refused->code(), ErrorCode::Unsupported);
    EXPECT_THAT(said(step), HasSubstr("version 1"));
    EXPECT_THAT(said(step), HasSubstr("versions 2 to 3"));
    EXPECT_EQ(said(step).find('\n'), std::string::npos);

    // What the server says is what the client tells its user.
    const auto told = clientGiven(preface() + step.send);
    ASSERT_TRUE(told.refused);
    EXPECT_EQ(told.refused->code(), ErrorCode::Unsupported);
    EXPECT_EQ(said(told), said(step));
}

TEST(Handshake, WithAServerOfAnotherMajorVersionIsRefusedByTheClientToo) {
    const auto step = clientGiven(preface(2) + frameOf(FrameType::Hello, plainHello(2, 2)));
    ASSERT_TRUE(step.refused);
    EXPECT_EQ(step.refused->code(), ErrorCode::Unsupported);
    EXPECT_THAT(said(step), HasSubstr("version 1"));
    EXPECT_THAT(said(step), HasSubstr("version 2"));
}

TEST(Handshake, WithAGreetingThatOnlyANewerVersionKnowsSaysSo) {
    FrameHeader header{4, static_cast<FrameType>(99), 0, 0};
    const auto bytes = encode(header);
    const auto step = serverGiven(preface(2) + Buffer(bytes.begin(), bytes.end()));
    ASSERT_TRUE(step.refused);
    EXPECT_EQ(step.refused->code(), ErrorCode::Unsupported) << said(step);
}

TEST(Handshake, WithARangeThatCannotBeIsRefused) {
    expectBroken(serverGiven(preface() + frameOf(FrameType::Hello, plainHello(2, 1))));
    expectBroken(serverGiven(preface() + frameOf(FrameType::Hello, plainHello(0, 1))));
}

// ---- Somebody else altogether

TEST(Handshake, WithAnotherProtocolEndsWithoutAWord) {
    const std::string request = "GET / HTTP/1.1\r\nHost: tower\r\n\r\n";
    const auto bytes = std::as_bytes(std::span(request));
    const Buffer http(bytes.begin(), bytes.end());
    for (const auto& step : {serverGiven(http), clientGiven(http)}) {
        expectBroken(step);
        EXPECT_TRUE(step.send.empty());
    }
}

TEST(Handshake, WithAFrameThatIsTooLongIsRefusedAtItsHeader) {
    const auto bytes = encode(FrameHeader{handshakeFrameLimit + 1, FrameType::Hello, 0, 0});
    const Buffer header(bytes.begin(), bytes.end());
    expectBroken(serverGiven(preface() + header));
    expectBroken(clientGiven(preface() + header));
    const auto huge = encode(FrameHeader{0xFFFFFFFF, FrameType::Hello, 0, 0});
    expectBroken(serverGiven(preface() + Buffer(huge.begin(), huge.end())));
}

TEST(Handshake, WithoutANonceOf32BytesIsRefused) {
    for (const std::size_t size : {0, 1, 31, 33}) {
        auto hello = plainHello();
        hello.set_nonce(std::string(size, 'n'));
        hello.add_methods(wire::METHOD_TRANSPORT);
        expectBroken(serverGiven(preface() + frameOf(FrameType::Hello, hello)));
        expectBroken(clientGiven(preface() + frameOf(FrameType::Hello, hello)));
    }
}

TEST(Handshake, WithMessagesInWrongOrderIsRefused) {
    wire::Proof proof;
    proof.set_method(wire::METHOD_TRANSPORT);
    wire::Welcome welcome;
    welcome.set_owner("ann");
    welcome.set_major(1);
    auto hello = plainHello();
    hello.add_methods(wire::METHOD_TRANSPORT);
    const auto greeting = frameOf(FrameType::Hello, hello);
    expectBroken(serverGiven(preface() + frameOf(FrameType::Proof, proof)));
    expectBroken(serverGiven(preface() + frameOf(FrameType::Welcome, welcome)));
    expectBroken(serverGiven(preface() + greeting + greeting));
    expectBroken(clientGiven(preface() + frameOf(FrameType::Welcome, welcome)));
    expectBroken(clientGiven(preface() + greeting + greeting));
    expectBroken(clientGiven(preface() + greeting + frameOf(FrameType::Proof, proof)));
    wire::Request request;
    expectBroken(serverGiven(preface() + greeting + encodeFrame(FrameType::Request, 0, 1, request).value()));
}

TEST(Handshake, WithAMessageThatIsNoneIsRefused) {
    const Buffer rubbish(40, std::byte{0xFF});
    for (const auto type : {FrameType::Hello, FrameType::Problem})
        expectBroken(serverGiven(preface() + encodeFrame(type, 0, 0, rubbish)));
}

TEST(Handshake, StaysRefused) {
    ServerHandshake server(overSocket());
    server.begin();
    const auto first = server.feed(preface() + frameOf(FrameType::Proof, wire::Proof()));
    ASSERT_TRUE(first.refused);
    EXPECT_FALSE(first.send.empty());
    const auto second = server.feed(frameOf(FrameType::Hello, plainHello()));
    EXPECT_TRUE(second.refused);
    EXPECT_TRUE(second.send.empty());
    EXPECT_EQ(server.owner(), "");
}

} // namespace
} // namespace balmer::remote
