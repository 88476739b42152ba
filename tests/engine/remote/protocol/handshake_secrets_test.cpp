// The secrets of the handshake: wrong ones, ones that are played again, and a server that is not the worker
// are refused; nonces and pairing codes.
#include "engine/remote/protocol/handshake.h"

#include <regex>
#include <set>

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
