// Handshake: who speaks which version, and who is who, as two state machines without sockets (PROTOCOL.md,
// "Handshake").
//
// Each side feeds what has arrived, in pieces of any size, and sends what it is given back. One thread. The
// secrets are compared in constant time. No more than a handshake's frames are ever kept in memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/remote/protocol/frame.h"

namespace balmer::remote {

/// What the transport itself has shown about the other side.
struct TransportTrust {
    /// Server's side: the client's name, where the transport knows it (the peer's uid, a pinned certificate).
    std::optional<std::string> user;
    /// Bytes that only the two ends of this connection share (TLS 1.3 exporter, RFC 8446 §7.5); empty where
    /// there are none.
    std::vector<std::byte> binding;
};

struct WorkerLimits {
    std::uint64_t objectBytes = 0, quotaBytes = 0, usedBytes = 0; ///< quota 0: none
    unsigned slots = 0, freeSlots = 0;
    unsigned streams = 64;
    bool operator==(const WorkerLimits&) const = default;
};

/// What the client knows of a worker after the handshake.
struct WorkerGreeting {
    std::string software, name, processor;
    std::string storeId;    ///< of the worker's store: for ever the same
    std::string instanceId; ///< of this start of the worker
    std::vector<std::string> capabilities;
    WorkerLimits limits;
    std::string owner; ///< the name under which this client's jobs are kept
    unsigned minor = 0;
};

/// What a feed() led to.
struct HandshakeStep {
    std::vector<std::byte> send;        ///< to be sent in any case
    bool done = false;                  ///< rest() holds what came after the handshake
    std::optional<core::Error> refused; ///< the connection must be closed, after sending
};

/// 32 random bytes; replaced in tests.
using NonceSource = std::function<std::array<std::byte, 32>()>;
std::array<std::byte, 32> randomNonce();

class ClientHandshake {
  public:
    struct Settings {
        std::string software, user;
        std::vector<std::string> capabilities;
        std::string token;       ///< for a worker that asks for one; "" otherwise
        std::string pairingCode; ///< to pair now; "" otherwise
        std::string pairingName; ///< what this client shall be called there
        TransportTrust trust;
        NonceSource nonce = &randomNonce;
    };
    explicit ClientHandshake(Settings settings);
    ~ClientHandshake();

    /// The preface and the hello: sent first.
    std::vector<std::byte> begin();
    HandshakeStep feed(Bytes arrived);
    const WorkerGreeting& greeting() const; ///< after done
    Bytes rest() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

class ServerHandshake {
  public:
    struct Settings {
        std::string software, name, processor, storeId, instanceId;
        std::vector<std::string> capabilities;
        WorkerLimits limits;
        TransportTrust trust;
        /// The owners and their tokens, 64 hexadecimal digits each; empty: no token is accepted.
        std::vector<std::pair<std::string, std::string>> tokens;
        /// The code that is open for pairing now; "" for none. Asked when a client wants to pair.
        std::function<std::string()> pairingCode;
        NonceSource nonce = &randomNonce;
    };
    explicit ServerHandshake(Settings settings);
    ~ServerHandshake();

    std::vector<std::byte> begin(); ///< the preface
    HandshakeStep feed(Bytes arrived);
    const std::string& owner() const; ///< after done
    bool paired() const;              ///< after done: this client has just shown the pairing code
    /// Somebody tried a secret and it was wrong.
    bool guessed() const;
    Bytes rest() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A new pairing code: 80 random bits as four groups of four, "K7QX-…"; valid once. Letters and digits that
/// cannot be taken for each other.
std::string newPairingCode();
/// Upper case, without blanks and dashes; "" for what cannot be a code.
std::string normalisedPairingCode(std::string_view text);

} // namespace balmer::remote
