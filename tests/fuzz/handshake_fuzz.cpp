// Bytes as the other side of a handshake. The first byte chooses the side and what it knows, the second how
// the rest is cut into pieces.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/remote/protocol/handshake.h"
#include "tests/fuzz/require.h"

namespace balmer::remote {
namespace {

using test::require;

std::array<std::byte, 32> knownNonce() {
    std::array<std::byte, 32> nonce{};
    nonce.fill(std::byte{'n'});
    return nonce;
}

const std::string token(64, 'a'), code = "K7QX-0123-ABCD-EFGH";

ClientHandshake clientOf(unsigned knows) {
    ClientHandshake::Settings settings;
    settings.software = "Balmer";
    settings.nonce = &knownNonce;
    if ((knows & 1) != 0) settings.token = token;
    if ((knows & 2) != 0) settings.pairingCode = code;
    settings.pairingName = "desktop";
    return ClientHandshake(std::move(settings));
}

ServerHandshake serverOf(unsigned knows) {
    ServerHandshake::Settings settings;
    settings.software = "Balmer";
    settings.nonce = &knownNonce;
    if ((knows & 1) != 0) settings.tokens = {{"ann", token}};
    if ((knows & 2) != 0) settings.pairingCode = [] { return code; };
    if ((knows & 4) != 0) settings.trust.user = "ann";
    return ServerHandshake(std::move(settings));
}

struct Outcome {
    std::vector<std::byte> sent;
    bool done = false;
    std::string refused;
    std::vector<std::byte> rest;
    bool operator==(const Outcome&) const = default;
};

template <typename Side>
Outcome talk(Side side, Bytes bytes, std::size_t pieces) {
    Outcome outcome;
    outcome.sent = side.begin();
    require(outcome.sent.size() <= prefaceSize + frameHeaderSize + handshakeFrameLimit,
            "a greeting is short");
    while (!bytes.empty()) {
        const auto piece = bytes.first(std::min(pieces, bytes.size()));
        bytes = bytes.subspan(piece.size());
        const auto step = side.feed(piece);
        outcome.sent.insert(outcome.sent.end(), step.send.begin(), step.send.end());
        outcome.done = step.done;
        require(!(step.done && step.refused), "a handshake ends well or not");
        if (step.refused) outcome.refused = step.refused->describe();
        if (step.refused)
            require(!outcome.refused.empty() && side.feed(piece).send.empty(),
                    "a refusal says why, and is the end");
        if (step.done || step.refused) break;
    }
    if (outcome.done) {
        outcome.rest.assign(side.rest().begin(), side.rest().end());
        outcome.rest.insert(outcome.rest.end(), bytes.begin(), bytes.end());
        if constexpr (requires { side.owner(); })
            require(!side.owner().empty(), "a client that was let in has a name");
        else
            require(!side.greeting().owner.empty(), "a worker that was accepted names the owner");
    }
    return outcome;
}

} // namespace
} // namespace balmer::remote

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace balmer::remote;
    if (size < 2) return 0;
    const unsigned knows = data[0] >> 1;
    const std::size_t pieces = 1 + data[1] % 64;
    const Bytes bytes = std::as_bytes(std::span(data + 2, size - 2));
    const auto both = [&](auto make) {
        return talk(make(knows), bytes, bytes.size()) == talk(make(knows), bytes, pieces);
    };
    balmer::test::require((data[0] & 1) != 0 ? both(&clientOf) : both(&serverOf),
                          "a handshake ends alike however its bytes are cut");
    return 0;
}
