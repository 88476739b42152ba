// The handshake: it ends well only between two sides that share a version and a secret (or a transport that
// vouches), however the bytes are cut; everything else is refused with one sentence.
#include "engine/remote/protocol/handshake.h"

#include <regex>
#include <set>
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/remote/protocol/messages.h"
#include "engine/remote/protocol/messages.pb.h"
#include "tests/support/test_support.h"

namespace balmer::remote {
namespace {

using core::ErrorCode;
using testing::HasSubstr;

const std::string token(64, 'a'), otherToken(64, 'b');
const std::string code = "K7QX-0123-ABCD-EFGH";

NonceSource nonceOf(char filling) {
    return [filling] {
        std::array<std::byte, 32> nonce{};
        nonce.fill(std::byte(filling));
        return nonce;
    };
}

ClientHandshake::Settings clientSettings() {
    ClientHandshake::Settings settings;
    settings.software = "Balmer 0.1.0";
    settings.user = "ann";
    settings.nonce = nonceOf('c');
    return settings;
}

ServerHandshake::Settings serverSettings() {
    ServerHandshake::Settings settings;
    settings.software = "Balmer 0.1.1";
    settings.name = "tower";
    settings.processor = "x86-64";
    settings.storeId = "store";
    settings.instanceId = "instance";
    settings.capabilities = {"kind:som", "register"};
    settings.limits = {1000, 2000, 300, 4, 3, 64};
    settings.nonce = nonceOf('s');
    return settings;
}

ClientHandshake::Settings withToken(std::string secret) {
    auto settings = clientSettings();
    settings.token = std::move(secret);
    return settings;
}

ServerHandshake::Settings knowingTokens() {
    auto settings = serverSettings();
    settings.tokens = {{"bob", otherToken}, {"ann", token}};
    return settings;
}

ClientHandshake::Settings pairing(std::string secret) {
    auto settings = clientSettings();
    settings.pairingCode = std::move(secret);
    settings.pairingName = "ann's laptop";
    return settings;
}

ServerHandshake::Settings openToPairing() {
    auto settings = serverSettings();
    settings.pairingCode = [] { return code; };
    return settings;
}

ServerHandshake::Settings overSocket() {
    auto settings = serverSettings();
    settings.trust.user = "ann";
    return settings;
}

using Buffer = std::vector<std::byte>;

Buffer operator+(Buffer left, const Buffer& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

/// A whole handshake, with all that was said.
struct Talk {
    ClientHandshake client;
    ServerHandshake server;
    HandshakeStep clientStep, serverStep;
    Buffer fromClient, fromServer;

    Talk(ClientHandshake::Settings clientSide, ServerHandshake::Settings serverSide,
         std::size_t pieces = 1u << 20)
        : client(std::move(clientSide)), server(std::move(serverSide)) {
        Buffer toServer = client.begin(), toClient = server.begin();
        fromClient = toServer;
        fromServer = toClient;
        while (!toServer.empty() || !toClient.empty()) {
            const auto answer = deliver(server, serverStep, std::exchange(toServer, {}), pieces);
            toClient = toClient + answer;
            fromServer = fromServer + answer;
            const auto more = deliver(client, clientStep, std::exchange(toClient, {}), pieces);
            toServer = toServer + more;
            fromClient = fromClient + more;
        }
    }

    template <typename Side>
    static Buffer deliver(Side& side, HandshakeStep& step, const Buffer& bytes, std::size_t pieces) {
        Buffer answer;
        for (std::size_t at = 0; at < bytes.size() && !step.refused; at += pieces) {
            step = side.feed(Bytes(bytes).subspan(at, std::min(pieces, bytes.size() - at)));
            answer = answer + step.send;
        }
        return answer;
    }

    bool bothDone() const {
        return clientStep.done && serverStep.done && !clientStep.refused && !serverStep.refused;
    }
};

std::string said(const HandshakeStep& step) {
    return step.refused ? step.refused->describe() : "not refused";
}

template <typename Message>
Buffer frameOf(FrameType type, const Message& message) {
    return encodeFrame(type, 0, 0, message).value();
}

Buffer preface(std::uint16_t major = 1) {
    const auto bytes = encode(Preface{major, 0});
    return {bytes.begin(), bytes.end()};
}

wire::Hello plainHello(std::uint32_t oldest = 1, std::uint32_t newest = 1) {
    wire::Hello hello;
    hello.set_oldest_major(oldest);
    hello.set_newest_major(newest);
    hello.set_software("Balmer 9");
    hello.set_nonce(std::string(32, 'n'));
    return hello;
}

/// The payload of the last of these frames.
Bytes payloadOfLast(Bytes frames) {
    for (;;) {
        const auto header = decodeFrameHeader(
            std::span<const std::byte, frameHeaderSize>(frames.data(), frameHeaderSize), Stage::Handshake);
        if (frames.size() == frameHeaderSize + header.value().length) return frames.subspan(frameHeaderSize);
        frames = frames.subspan(frameHeaderSize + header->length);
    }
}

/// What a server that is fed these bytes answers.
HandshakeStep serverGiven(const Buffer& bytes, ServerHandshake::Settings settings = overSocket()) {
    ServerHandshake server(std::move(settings));
    server.begin();
    return server.feed(bytes);
}

HandshakeStep clientGiven(const Buffer& bytes, ClientHandshake::Settings settings = clientSettings()) {
    ClientHandshake client(std::move(settings));
    client.begin();
    return client.feed(bytes);
}

void expectBroken(const HandshakeStep& step) {
    EXPECT_FALSE(step.done);
    ASSERT_TRUE(step.refused);
    EXPECT_EQ(step.refused->code(), ErrorCode::Protocol) << said(step);
}

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

// ---- Secrets that are wrong

TEST(Handshake, WithAWrongTokenIsRefusedAndCounted) {
    const Talk talk(withToken(std::string(64, 'c')), knowingTokens());
    ASSERT_TRUE(talk.serverStep.refused);
    EXPECT_TRUE(talk.server.guessed());
    EXPECT_EQ(talk.server.owner(), "");
    ASSERT_TRUE(talk.clientStep.refused);
    EXPECT_EQ(said(talk.clientStep), said(talk.serverStep));
    EXPECT_THAT(said(talk.clientStep), HasSubstr("token"));
}

TEST(Handshake, WithATokenThatIsNoneSendsNoProof) {
    const Talk talk(withToken("secret"), knowingTokens());
    ASSERT_TRUE(talk.clientStep.refused);
    EXPECT_EQ(talk.clientStep.refused->code(), ErrorCode::InvalidArgument);
    EXPECT_FALSE(talk.server.guessed());
}

TEST(Handshake, TakesNoTokenFromAServerWhoseListIsDamaged) {
    auto settings = serverSettings();
    settings.tokens = {{"nobody", ""}, {"somebody", "short"}};
    const Talk talk(withToken(token), settings);
    EXPECT_TRUE(talk.serverStep.refused);
}

TEST(Handshake, WithAWrongPairingCodeIsRefusedAndCounted) {
    const Talk talk(pairing("K7QX-0123-ABCD-EFGJ"), openToPairing());
    ASSERT_TRUE(talk.serverStep.refused);
    EXPECT_TRUE(talk.server.guessed());
    EXPECT_FALSE(talk.server.paired());
    ASSERT_TRUE(talk.clientStep.refused);
    EXPECT_THAT(said(talk.clientStep), HasSubstr("pairing code"));
}

TEST(Handshake, PairsWithNobodyWhileNoCodeIsOpen) {
    auto settings = serverSettings();
    settings.pairingCode = [] { return std::string(); };
    const Talk talk(pairing(code), settings);
    EXPECT_TRUE(talk.serverStep.refused);
    EXPECT_TRUE(talk.clientStep.refused);
    EXPECT_FALSE(talk.server.paired());
}

TEST(Handshake, PairsUnderNoNameThatCannotBeShown) {
    for (const char* name : {"", "two\nlines"}) {
        auto settings = pairing(code);
        settings.pairingName = name;
        const Talk talk(settings, openToPairing());
        ASSERT_TRUE(talk.serverStep.refused);
        EXPECT_EQ(talk.serverStep.refused->code(), ErrorCode::InvalidArgument);
        EXPECT_FALSE(talk.server.paired());
    }
}

TEST(Handshake, OverAnotherChannelIsRefused) {
    auto clientSide = withToken(token);
    clientSide.trust.binding.assign(32, std::byte{1});
    auto serverSide = knowingTokens();
    serverSide.trust.binding.assign(32, std::byte{2});
    EXPECT_TRUE(Talk(clientSide, serverSide).serverStep.refused);
    serverSide.trust.binding = clientSide.trust.binding;
    EXPECT_TRUE(Talk(clientSide, serverSide).bothDone());
}

TEST(Handshake, ThatIsPlayedAgainIsRefused) {
    const Talk talk(withToken(token), knowingTokens());
    ASSERT_TRUE(talk.bothDone());

    auto later = knowingTokens();
    later.nonce = nonceOf('t');
    const auto atServer = serverGiven(talk.fromClient, later);
    EXPECT_TRUE(atServer.refused) << "the client's bytes to a server with another nonce";
    EXPECT_FALSE(atServer.done);

    auto another = withToken(token);
    another.nonce = nonceOf('d');
    const auto atClient = clientGiven(talk.fromServer, another);
    EXPECT_TRUE(atClient.refused) << "the server's bytes to a client with another nonce";
    EXPECT_FALSE(atClient.done);
}

TEST(Handshake, WithMethodsThatWereNotOfferedIsRefused) {
    for (const auto method : {wire::METHOD_UNSPECIFIED, wire::METHOD_TRANSPORT, wire::METHOD_PAIRING,
                              static_cast<wire::Method>(77)}) {
        wire::Proof proof;
        proof.set_method(method);
        proof.set_proof(std::string(32, 'p'));
        proof.set_name("eve");
        expectBroken(serverGiven(preface() + frameOf(FrameType::Hello, plainHello()) +
                                     frameOf(FrameType::Proof, proof),
                                 knowingTokens()));
    }
}

TEST(Handshake, WithAProofOfAnotherSizeIsRefused) {
    for (const std::size_t size : {0, 1, 31, 33, 64}) {
        wire::Proof proof;
        proof.set_method(wire::METHOD_TOKEN);
        proof.set_proof(std::string(size, '\0'));
        ServerHandshake server(knowingTokens());
        server.begin();
        EXPECT_TRUE(
            server
                .feed(preface() + frameOf(FrameType::Hello, plainHello()) + frameOf(FrameType::Proof, proof))
                .refused);
        EXPECT_TRUE(server.guessed());
    }
}

// ---- A server that is not the worker

TEST(Handshake, WithAServerThatDoesNotKnowTheTokenIsRefusedByTheClient) {
    auto hello = plainHello();
    hello.add_methods(wire::METHOD_TOKEN);
    ClientHandshake client(withToken(token));
    client.begin();
    auto step = client.feed(preface() + frameOf(FrameType::Hello, hello));
    ASSERT_FALSE(step.refused);

    // It may send back what it has just been shown, too.
    const auto proof = decodeMessage<wire::Proof>(Bytes(step.send).subspan(frameHeaderSize));
    ASSERT_TRUE(proof) << test::why(proof);
    for (const auto& shown : {std::string(), std::string(32, '\0'), proof->proof()}) {
        ClientHandshake victim(withToken(token));
        victim.begin();
        victim.feed(preface() + frameOf(FrameType::Hello, hello));
        wire::Welcome welcome;
        welcome.set_owner("ann");
        welcome.set_major(1);
        welcome.set_proof(shown);
        const auto end = victim.feed(frameOf(FrameType::Welcome, welcome));
        expectBroken(end);
        EXPECT_EQ(victim.greeting().owner, "");
    }
}

TEST(Handshake, WithAServerThatAsksForNoSecretIsRefusedByAClientThatHasOne) {
    for (const auto& settings : {withToken(token), pairing(code)}) {
        const Talk talk(settings, overSocket());
        ASSERT_TRUE(talk.clientStep.refused);
        EXPECT_FALSE(talk.clientStep.done);
        EXPECT_EQ(talk.server.owner(), "");
    }
}

TEST(Handshake, WithoutTheSecretThatIsAskedForSaysWhatToDo) {
    const Talk atToken(clientSettings(), knowingTokens());
    ASSERT_TRUE(atToken.clientStep.refused);
    EXPECT_THAT(said(atToken.clientStep), HasSubstr("token"));
    const Talk atPairing(clientSettings(), openToPairing());
    ASSERT_TRUE(atPairing.clientStep.refused);
    EXPECT_THAT(said(atPairing.clientStep), HasSubstr("balmer-worker pair"));
}

TEST(Handshake, WithAVersionThatWasNotAgreedIsRefusedByTheClient) {
    auto hello = plainHello();
    hello.add_methods(wire::METHOD_TRANSPORT);
    wire::Welcome welcome;
    welcome.set_owner("ann");
    welcome.set_major(2);
    expectBroken(
        clientGiven(preface() + frameOf(FrameType::Hello, hello) + frameOf(FrameType::Welcome, welcome)));
    welcome.set_major(1);
    welcome.set_minor(7);
    expectBroken(
        clientGiven(preface() + frameOf(FrameType::Hello, hello) + frameOf(FrameType::Welcome, welcome)));
}

TEST(Handshake, WithAGreetingThatDoesNotFitFailsAtOnce) {
    auto settings = clientSettings();
    settings.capabilities = {std::string(5000, 'x')};
    EXPECT_TRUE(Talk(settings, overSocket()).clientStep.refused);
    auto full = overSocket();
    full.capabilities = {std::string(5000, 'x')};
    EXPECT_TRUE(Talk(clientSettings(), full).serverStep.refused);
}

TEST(Handshake, NeverTakesADamagedTalkForAGoodOne) {
    // One byte of either side's talk is changed; with a token both must notice, or end as if nothing was.
    const Talk whole(withToken(token), knowingTokens());
    for (std::size_t i = 0; i < whole.fromClient.size(); ++i) {
        auto bytes = whole.fromClient;
        bytes[i] ^= std::byte{1};
        EXPECT_FALSE(serverGiven(bytes, knowingTokens()).done) << "byte " << i << " of the client";
    }
    // The welcome's owner and version come after the proof, and are not covered by it.
    const auto covered = whole.fromServer.size() - (frameHeaderSize + 34 + 5 + 2);
    for (std::size_t i = 0; i < covered; ++i) {
        auto bytes = whole.fromServer;
        bytes[i] ^= std::byte{1};
        EXPECT_FALSE(clientGiven(bytes, withToken(token)).done) << "byte " << i << " of the server";
    }
}

// ---- Random numbers and codes

TEST(Nonce, IsNeverTheSame) {
    EXPECT_NE(randomNonce(), randomNonce());
}

TEST(PairingCode, HasFourGroupsOfFourUnmistakableCharacters) {
    std::set<std::string> codes;
    for (int i = 0; i < 200; ++i) {
        const auto made = newPairingCode();
        EXPECT_TRUE(std::regex_match(made, std::regex("([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}")))
            << made;
        EXPECT_EQ(normalisedPairingCode(made).size(), 16u);
        codes.insert(made);
    }
    EXPECT_EQ(codes.size(), 200u);
}

TEST(PairingCode, IsReadAsPeopleWriteIt) {
    EXPECT_EQ(normalisedPairingCode(" k7qx-0123 abcd-efgh "), "K7QX0123ABCDEFGH");
    EXPECT_EQ(normalisedPairingCode("oilO-0000-0000-0000"), "0110000000000000");
    for (const char* wrong : {"", "K7QX", "K7QX-0123-ABCD-EFG", "K7QX-0123-ABCD-EFGHJ", "K7QX-0123-ABCD-EFGU",
                              "K7QX_0123_ABCD_EFGH", "K7QX-0123-ABCD-EFG\xC3"})
        EXPECT_EQ(normalisedPairingCode(wrong), "") << wrong;
}

} // namespace
} // namespace balmer::remote
