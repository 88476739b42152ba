// What the tests of the handshake share: both sides' settings, a whole talk between them, and sides that are
// given bytes made by hand.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/remote/protocol/handshake.h"
#include "engine/remote/protocol/messages.h"
#include "engine/remote/protocol/messages.pb.h"

namespace balmer::remote {

inline const std::string token(64, 'a'), otherToken(64, 'b');
inline const std::string code = "K7QX-0123-ABCD-EFGH";

inline NonceSource nonceOf(char filling) {
    return [filling] {
        std::array<std::byte, 32> nonce{};
        nonce.fill(std::byte(filling));
        return nonce;
    };
}

inline ClientHandshake::Settings clientSettings() {
    ClientHandshake::Settings settings;
    settings.software = "Balmer 0.1.0";
    settings.user = "ann";
    settings.nonce = nonceOf('c');
    return settings;
}

inline ServerHandshake::Settings serverSettings() {
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

inline ClientHandshake::Settings withToken(std::string secret) {
    auto settings = clientSettings();
    settings.token = std::move(secret);
    return settings;
}

inline ServerHandshake::Settings knowingTokens() {
    auto settings = serverSettings();
    settings.tokens = {{"bob", otherToken}, {"ann", token}};
    return settings;
}

inline ClientHandshake::Settings pairing(std::string secret) {
    auto settings = clientSettings();
    settings.pairingCode = std::move(secret);
    settings.pairingName = "ann's laptop";
    return settings;
}

inline ServerHandshake::Settings openToPairing() {
    auto settings = serverSettings();
    settings.pairingCode = [] { return code; };
    return settings;
}

inline ServerHandshake::Settings overSocket() {
    auto settings = serverSettings();
    settings.trust.user = "ann";
    return settings;
}

using Buffer = std::vector<std::byte>;

inline Buffer operator+(Buffer left, const Buffer& right) {
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

inline std::string said(const HandshakeStep& step) {
    return step.refused ? step.refused->describe() : "not refused";
}

template <typename Message>
Buffer frameOf(FrameType type, const Message& message) {
    return encodeFrame(type, 0, 0, message).value();
}

inline Buffer preface(std::uint16_t major = 1) {
    const auto bytes = encode(Preface{major, 0});
    return {bytes.begin(), bytes.end()};
}

inline wire::Hello plainHello(std::uint32_t oldest = 1, std::uint32_t newest = 1) {
    wire::Hello hello;
    hello.set_oldest_major(oldest);
    hello.set_newest_major(newest);
    hello.set_software("Balmer 9");
    hello.set_nonce(std::string(32, 'n'));
    return hello;
}

/// The payload of the last of these frames.
inline Bytes payloadOfLast(Bytes frames) {
    for (;;) {
        const auto header = decodeFrameHeader(
            std::span<const std::byte, frameHeaderSize>(frames.data(), frameHeaderSize), Stage::Handshake);
        if (frames.size() == frameHeaderSize + header.value().length) return frames.subspan(frameHeaderSize);
        frames = frames.subspan(frameHeaderSize + header->length);
    }
}

/// What a server that is fed these bytes answers.
inline HandshakeStep serverGiven(const Buffer& bytes, ServerHandshake::Settings settings = overSocket()) {
    ServerHandshake server(std::move(settings));
    server.begin();
    return server.feed(bytes);
}

inline HandshakeStep clientGiven(const Buffer& bytes, ClientHandshake::Settings settings = clientSettings()) {
    ClientHandshake client(std::move(settings));
    client.begin();
    return client.feed(bytes);
}

inline void expectBroken(const HandshakeStep& step) {
    EXPECT_FALSE(step.done);
    ASSERT_TRUE(step.refused);
    EXPECT_EQ(step.refused->code(), core::ErrorCode::Protocol) << said(step);
}

} // namespace balmer::remote
