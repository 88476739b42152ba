#include "engine/remote/protocol/handshake.h"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "engine/remote/protocol/messages.h"
#include "engine/remote/protocol/messages.pb.h"

namespace balmer::remote {

namespace {

using core::ErrorCode;
using core::fail;

using ProofBytes = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

constexpr std::uint32_t oldestMajor = 1;
constexpr std::size_t nonceSize = 32, nameLimit = 200;
constexpr std::size_t codeSize = 16; // of five bits each
// Crockford's base 32: no I, L, O, U.
constexpr std::string_view codeLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
// With their zero byte, as PROTOCOL.md says.
constexpr std::string_view clientWord{"balmer client", 14}, serverWord{"balmer server", 14};

auto broken(std::string what) {
    return fail(ErrorCode::Protocol, std::move(what));
}

std::vector<std::byte> bytesOf(std::span<const std::byte> bytes) {
    return {bytes.begin(), bytes.end()};
}

/// A name that may be shown, kept in a list, and compared.
bool isName(std::string_view name) {
    return !name.empty() && showable(name, nameLimit) == name && name.find_first_of("\t\n") == name.npos;
}

// ---- What arrives

struct Frame {
    FrameHeader header;
    std::vector<std::byte> raw; ///< with its header
    Bytes payload() const { return Bytes(raw).subspan(frameHeaderSize); }
};

/// Cuts what arrives into the preface and frames; never keeps more than one of them.
class Cutter {
  public:
    /// The next frame, taken from the beginning of `arrived`; none when more has to come.
    core::Result<std::optional<Frame>> next(Bytes& arrived) {
        if (!preface_) {
            if (!fill(prefaceSize, arrived)) return std::nullopt;
            BALMER_TRY(preface_, decodePreface(std::span<const std::byte, prefaceSize>(piece_)));
            prefaceBytes_ = std::exchange(piece_, {});
        }
        if (!header_) {
            if (!fill(frameHeaderSize, arrived)) return std::nullopt;
            BALMER_TRY(header_, decodeFrameHeader(std::span<const std::byte, frameHeaderSize>(piece_),
                                                  Stage::Handshake));
            if (header_->flags != 0) return broken("a frame of the handshake carries a flag");
        }
        if (!fill(frameHeaderSize + header_->length, arrived)) return std::nullopt;
        return Frame{*std::exchange(header_, {}), std::exchange(piece_, {})};
    }

    const std::optional<Preface>& preface() const { return preface_; }
    const std::vector<std::byte>& prefaceBytes() const { return prefaceBytes_; }

  private:
    bool fill(std::size_t size, Bytes& arrived) {
        const auto missing = std::min(size - piece_.size(), arrived.size());
        piece_.insert(piece_.end(), arrived.begin(), arrived.begin() + static_cast<std::ptrdiff_t>(missing));
        arrived = arrived.subspan(missing);
        return piece_.size() == size;
    }

    std::vector<std::byte> piece_, prefaceBytes_;
    std::optional<Preface> preface_;
    std::optional<FrameHeader> header_;
};

core::Error unexpected(const Frame& frame) {
    return {ErrorCode::Protocol, "a frame of type " +
                                     std::to_string(static_cast<std::uint16_t>(frame.header.type)) +
                                     " came where the handshake expects another"};
}

// ---- Versions

struct Versions {
    std::uint32_t oldest = oldestMajor, newest = protocolMajor, minor = protocolMinor;
    std::string software;
};

core::Result<Versions> versionsOf(const wire::Hello& hello) {
    if (hello.oldest_major() == 0 || hello.oldest_major() > hello.newest_major())
        return broken("a greeting names versions that cannot be");
    return Versions{hello.oldest_major(), hello.newest_major(), hello.minor(),
                    showable(hello.software(), nameLimit)};
}

std::string describe(const Versions& versions) {
    auto text = (versions.software.empty() ? std::string("unnamed") : versions.software) + ": ";
    if (versions.oldest == versions.newest) return text + "version " + std::to_string(versions.newest);
    return text + "versions " + std::to_string(versions.oldest) + " to " + std::to_string(versions.newest);
}

/// The newest common major with the lower minor. Errors: Unsupported, with both ranges.
core::Result<std::pair<std::uint32_t, std::uint32_t>> commonVersion(const Versions& client,
                                                                    const Versions& server) {
    const auto major = std::min(client.newest, server.newest);
    if (major < std::max(client.oldest, server.oldest))
        return fail(ErrorCode::Unsupported,
                    "client and worker have no version of the protocol in common (client " +
                        describe(client) + "; worker " + describe(server) +
                        "); install the same release of Balmer on both");
    // The side that is ahead by a major version knows every minor one of those before.
    if (client.newest == server.newest) return std::pair(major, std::min(client.minor, server.minor));
    return std::pair(major, client.newest < server.newest ? client.minor : server.minor);
}

// ---- Secrets

/// 64 digits in lower case, or "".
std::string normalisedToken(std::string_view text) {
    std::string token(text);
    for (char& c : token)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    return digestToBytes(token) ? token : std::string();
}

/// HMAC-SHA-256 over the side's word, the channel's binding and the digest of what both have sent.
core::Result<ProofBytes> proofOf(std::string_view secret, std::string_view word, const TransportTrust& trust,
                                 const ProofBytes& transcript) {
    std::vector<unsigned char> text(word.begin(), word.end());
    for (const auto byte : trust.binding)
        text.push_back(static_cast<unsigned char>(byte));
    text.insert(text.end(), transcript.begin(), transcript.end());
    ProofBytes proof{};
    unsigned size = 0;
    if (secret.empty() || HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), text.data(),
                               text.size(), proof.data(), &size) == nullptr)
        return fail(ErrorCode::Internal, "OpenSSL cannot compute a proof");
    return proof;
}

bool isEqual(const ProofBytes& proof, std::string_view shown) {
    return shown.size() == proof.size() && CRYPTO_memcmp(proof.data(), shown.data(), proof.size()) == 0;
}

std::string textOf(const ProofBytes& proof) {
    return {reinterpret_cast<const char*>(proof.data()), proof.size()};
}

core::Result<ProofBytes> transcriptOf(std::vector<std::byte> client, const std::vector<std::byte>& server) {
    client.insert(client.end(), server.begin(), server.end());
    ProofBytes digest{};
    if (EVP_Digest(client.data(), client.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        return fail(ErrorCode::Internal, "OpenSSL cannot compute a digest");
    return digest;
}

void append(std::vector<std::byte>& to, std::span<const std::byte> bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

/// What both sides' machines have in common: bytes in, frames one by one to `take`, an end.
struct Machine {
    Cutter cutter;
    std::vector<std::byte> sent, received; ///< before the proof
    std::optional<ProofBytes> transcript;
    bool done = false;
    std::optional<core::Error> refused;
    std::vector<std::byte> rest;

    /// `take(frame, send)` answers one frame, and sets `done`.
    template <typename Take>
    HandshakeStep feed(Bytes arrived, Take take) {
        HandshakeStep step;
        while (!done && !refused) {
            auto frame = cutter.next(arrived);
            if (frame && !*frame) break;
            auto outcome = frame ? judge(**frame, step.send, take) : core::Status(fail(frame.error()));
            if (!outcome) refuse(std::move(outcome).error(), step.send);
        }
        if (done) append(rest, arrived);
        step.done = done;
        step.refused = refused;
        return step;
    }

  private:
    template <typename Take>
    core::Status judge(const Frame& frame, std::vector<std::byte>& send, Take take) {
        if (frame.header.type == FrameType::Problem) {
            BALMER_TRY(const auto problem, decodeMessage<wire::Problem>(frame.payload()));
            notified = true;
            return fail(errorFrom(problem));
        }
        return take(frame, send);
    }

    void refuse(core::Error error, std::vector<std::byte>& send) {
        // A side of another major version may write its greeting in a way that is not known here.
        if (const auto& preface = cutter.preface(); preface && !transcript && !notified &&
                                                    error.code() == ErrorCode::Protocol &&
                                                    preface->major != protocolMajor)
            error = {ErrorCode::Unsupported,
                     "the other side speaks version " + std::to_string(preface->major) +
                         " of the protocol, this one version " + std::to_string(protocolMajor) +
                         "; install the same release of Balmer on both"};
        // Who speaks another protocol altogether is left without a word, and so is who has just refused us.
        if (cutter.preface() && !notified) append(send, encodeProblem(0, error));
        refused = std::move(error);
    }

    bool notified = false;
};

/// "nothing" where the handshake has not ended.
template <typename T>
const T& emptyOf() {
    static const T empty{};
    return empty;
}

} // namespace

std::array<std::byte, 32> randomNonce() {
    std::array<std::byte, 32> nonce{};
    // Without random numbers nothing that follows would be safe.
    if (RAND_bytes(reinterpret_cast<unsigned char*>(nonce.data()), static_cast<int>(nonce.size())) != 1)
        std::abort();
    return nonce;
}

// ---- Client

struct ClientHandshake::State {
    Settings settings;
    Machine machine;
    wire::Method method = wire::METHOD_UNSPECIFIED;
    std::string secret;
    Versions server;
    WorkerGreeting greeting;

    Versions own() const { return {oldestMajor, protocolMajor, protocolMinor, settings.software}; }

    core::Status choose(const wire::Hello& hello) {
        const auto offers = [&](wire::Method wanted) {
            return std::ranges::find(hello.methods(), wanted) != hello.methods().end();
        };
        if (!settings.pairingCode.empty()) {
            method = wire::METHOD_PAIRING;
            secret = normalisedPairingCode(settings.pairingCode);
            if (secret.empty())
                return fail(ErrorCode::InvalidArgument,
                            "this is not a pairing code; it has four groups of four letters and digits");
            if (!offers(method))
                return fail(ErrorCode::Unsupported,
                            "this way to the worker needs no pairing; only tls:// addresses are paired");
        } else if (!settings.token.empty()) {
            // A server that does not ask for the token may be anybody.
            method = wire::METHOD_TOKEN;
            secret = normalisedToken(settings.token);
            if (secret.empty())
                return fail(ErrorCode::InvalidArgument,
                            "the token is not 64 hexadecimal digits; copy it again");
            if (!offers(method))
                return fail(ErrorCode::Protocol,
                            "the other side does not know the worker's token; is this the "
                            "right worker?");
        } else {
            method = wire::METHOD_TRANSPORT;
            if (offers(method)) return {};
            if (offers(wire::METHOD_TOKEN))
                return fail(ErrorCode::InvalidArgument,
                            "this worker asks for a token; give the one from its folder");
            return fail(ErrorCode::InvalidArgument,
                        "this worker does not know this computer; run `balmer-worker pair` there and then "
                        "`balmer worker pair` here");
        }
        return {};
    }

    core::Status takeHello(const Frame& frame, std::vector<std::byte>& send) {
        if (frame.header.type != FrameType::Hello) return fail(unexpected(frame));
        BALMER_TRY(const auto hello, decodeMessage<wire::Hello>(frame.payload()));
        BALMER_TRY(server, versionsOf(hello));
        BALMER_CHECK(commonVersion(own(), server));
        if (hello.nonce().size() != nonceSize)
            return broken("the worker's greeting has no nonce of 32 bytes");
        BALMER_CHECK(choose(hello));

        greeting.software = server.software;
        greeting.name = showable(hello.name(), nameLimit);
        greeting.processor = showable(hello.processor(), nameLimit);
        greeting.storeId = showable(hello.store_id(), nameLimit);
        greeting.instanceId = showable(hello.instance_id(), nameLimit);
        for (const auto& capability : hello.capabilities())
            greeting.capabilities.push_back(showable(capability, nameLimit));
        const auto& limits = hello.limits();
        greeting.limits = {limits.object(), limits.store_quota(), limits.store_used(),
                           limits.slots(),  limits.free_slots(),  limits.streams()};

        append(machine.received, machine.cutter.prefaceBytes());
        append(machine.received, frame.raw);
        BALMER_TRY(machine.transcript, transcriptOf(machine.sent, machine.received));
        wire::Proof proof;
        proof.set_method(method);
        if (method != wire::METHOD_TRANSPORT) {
            BALMER_TRY(const auto bytes, proofOf(secret, clientWord, settings.trust, *machine.transcript));
            proof.set_proof(textOf(bytes));
        }
        if (method == wire::METHOD_PAIRING) proof.set_name(showable(settings.pairingName, nameLimit));
        BALMER_TRY(const auto encoded, encodeFrame(FrameType::Proof, 0, 0, proof));
        append(send, encoded);
        return {};
    }

    core::Status takeWelcome(const Frame& frame) {
        if (frame.header.type != FrameType::Welcome) return fail(unexpected(frame));
        BALMER_TRY(const auto welcome, decodeMessage<wire::Welcome>(frame.payload()));
        if (method != wire::METHOD_TRANSPORT) {
            BALMER_TRY(const auto right, proofOf(secret, serverWord, settings.trust, *machine.transcript));
            if (!isEqual(right, welcome.proof()))
                return broken("the other side cannot prove that it knows the " +
                              std::string(method == wire::METHOD_TOKEN ? "token" : "pairing code") +
                              "; it is not the worker that was asked for");
        }
        BALMER_TRY(const auto version, commonVersion(own(), server));
        if (std::pair(welcome.major(), welcome.minor()) != version)
            return broken("the worker wants to speak a version that was not agreed");
        if (!isName(welcome.owner())) return broken("the worker names no owner for the jobs");
        greeting.owner = welcome.owner();
        greeting.minor = welcome.minor();
        machine.done = true;
        return {};
    }
};

ClientHandshake::ClientHandshake(Settings settings) : state_(std::make_unique<State>()) {
    state_->settings = std::move(settings);
}

ClientHandshake::~ClientHandshake() = default;

std::vector<std::byte> ClientHandshake::begin() {
    const auto& settings = state_->settings;
    auto& sent = state_->machine.sent;
    sent = bytesOf(encode(Preface{}));
    wire::Hello hello;
    hello.set_oldest_major(oldestMajor);
    hello.set_newest_major(protocolMajor);
    hello.set_minor(protocolMinor);
    hello.set_software(settings.software);
    hello.set_name(showable(settings.user, nameLimit));
    for (const auto& capability : settings.capabilities)
        hello.add_capabilities(capability);
    const auto nonce = settings.nonce();
    hello.set_nonce(nonce.data(), nonce.size());
    if (const auto frame = encodeFrame(FrameType::Hello, 0, 0, hello))
        append(sent, *frame);
    else
        state_->machine.refused = frame.error();
    return sent;
}

HandshakeStep ClientHandshake::feed(Bytes arrived) {
    return state_->machine.feed(arrived, [this](const Frame& frame, std::vector<std::byte>& send) {
        return state_->machine.transcript ? state_->takeWelcome(frame) : state_->takeHello(frame, send);
    });
}

const WorkerGreeting& ClientHandshake::greeting() const {
    return state_->machine.done ? state_->greeting : emptyOf<WorkerGreeting>();
}

Bytes ClientHandshake::rest() const {
    return state_->machine.rest;
}

// ---- Server

struct ServerHandshake::State {
    Settings settings;
    Machine machine;
    std::pair<std::uint32_t, std::uint32_t> version;
    std::string owner;
    bool paired = false, guessed = false;

    core::Status takeHello(const Frame& frame, std::vector<std::byte>& send) {
        if (frame.header.type != FrameType::Hello) return fail(unexpected(frame));
        BALMER_TRY(const auto theirs, decodeMessage<wire::Hello>(frame.payload()));
        BALMER_TRY(const auto client, versionsOf(theirs));
        BALMER_TRY(version,
                   commonVersion(client, {oldestMajor, protocolMajor, protocolMinor, settings.software}));
        if (theirs.nonce().size() != nonceSize)
            return broken("the client's greeting has no nonce of 32 bytes");

        wire::Hello hello;
        hello.set_oldest_major(oldestMajor);
        hello.set_newest_major(protocolMajor);
        hello.set_minor(protocolMinor);
        hello.set_software(settings.software);
        hello.set_name(showable(settings.name, nameLimit));
        hello.set_processor(settings.processor);
        hello.set_store_id(settings.storeId);
        hello.set_instance_id(settings.instanceId);
        for (const auto& capability : settings.capabilities)
            hello.add_capabilities(capability);
        auto& limits = *hello.mutable_limits();
        limits.set_control_frame(controlFrameLimit);
        limits.set_data_frame(dataFrameLimit);
        limits.set_streams(settings.limits.streams);
        limits.set_object(settings.limits.objectBytes);
        limits.set_store_quota(settings.limits.quotaBytes);
        limits.set_store_used(settings.limits.usedBytes);
        limits.set_slots(settings.limits.slots);
        limits.set_free_slots(settings.limits.freeSlots);
        if (settings.trust.user) hello.add_methods(wire::METHOD_TRANSPORT);
        if (!settings.tokens.empty()) hello.add_methods(wire::METHOD_TOKEN);
        if (settings.pairingCode) hello.add_methods(wire::METHOD_PAIRING);
        const auto nonce = settings.nonce();
        hello.set_nonce(nonce.data(), nonce.size());
        BALMER_TRY(const auto encoded, encodeFrame(FrameType::Hello, 0, 0, hello));
        append(send, encoded);

        append(machine.sent, encoded);
        append(machine.received, machine.cutter.prefaceBytes());
        append(machine.received, frame.raw);
        BALMER_TRY(machine.transcript, transcriptOf(machine.received, machine.sent));
        return {};
    }

    /// The secret that the client has shown that it knows, after which `owner` is known.
    core::Result<std::string> secretBehind(const wire::Proof& proof) {
        const auto knows = [&](std::string_view secret) -> core::Result<bool> {
            BALMER_TRY(const auto right, proofOf(secret, clientWord, settings.trust, *machine.transcript));
            return isEqual(right, proof.proof());
        };
        if (proof.method() == wire::METHOD_TOKEN && !settings.tokens.empty()) {
            std::string found;
            for (const auto& [name, text] : settings.tokens) { // all of them, whichever is right
                const auto token = normalisedToken(text);
                if (token.empty()) continue;
                BALMER_TRY(const bool right, knows(token));
                if (!right) continue;
                found = token;
                owner = name;
            }
            if (!found.empty()) return found;
            guessed = true;
            return fail(ErrorCode::InvalidArgument,
                        "the token is not one of this worker's; copy it again from the worker's folder");
        }
        if (proof.method() == wire::METHOD_PAIRING && settings.pairingCode) {
            const auto code = normalisedPairingCode(settings.pairingCode());
            bool right = false;
            if (!code.empty()) {
                BALMER_TRY(right, knows(code));
            }
            guessed = !right;
            if (!right)
                return fail(ErrorCode::InvalidArgument, "the pairing code is wrong or no longer valid; "
                                                        "`balmer-worker pair` makes a new one");
            if (!isName(proof.name()))
                return fail(ErrorCode::InvalidArgument,
                            "a computer is paired under a name of one line, 1 to " +
                                std::to_string(nameLimit) + " bytes");
            owner = proof.name();
            paired = true;
            return code;
        }
        return broken("the client shows who it is by a method that was not offered");
    }

    core::Status takeProof(const Frame& frame, std::vector<std::byte>& send) {
        if (frame.header.type != FrameType::Proof) return fail(unexpected(frame));
        BALMER_TRY(const auto proof, decodeMessage<wire::Proof>(frame.payload()));
        wire::Welcome welcome;
        if (proof.method() == wire::METHOD_TRANSPORT && settings.trust.user) {
            owner = *settings.trust.user;
        } else {
            BALMER_TRY(const auto secret, secretBehind(proof));
            BALMER_TRY(const auto own, proofOf(secret, serverWord, settings.trust, *machine.transcript));
            welcome.set_proof(textOf(own));
        }
        welcome.set_owner(owner);
        welcome.set_major(version.first);
        welcome.set_minor(version.second);
        BALMER_TRY(const auto encoded, encodeFrame(FrameType::Welcome, 0, 0, welcome));
        append(send, encoded);
        machine.done = true;
        return {};
    }
};

ServerHandshake::ServerHandshake(Settings settings) : state_(std::make_unique<State>()) {
    state_->settings = std::move(settings);
}

ServerHandshake::~ServerHandshake() = default;

std::vector<std::byte> ServerHandshake::begin() {
    return state_->machine.sent = bytesOf(encode(Preface{}));
}

HandshakeStep ServerHandshake::feed(Bytes arrived) {
    return state_->machine.feed(arrived, [this](const Frame& frame, std::vector<std::byte>& send) {
        return state_->machine.transcript ? state_->takeProof(frame, send) : state_->takeHello(frame, send);
    });
}

const std::string& ServerHandshake::owner() const {
    return state_->machine.done ? state_->owner : emptyOf<std::string>();
}

bool ServerHandshake::paired() const {
    return state_->machine.done && state_->paired;
}

bool ServerHandshake::guessed() const {
    return state_->guessed;
}

Bytes ServerHandshake::rest() const {
    return state_->machine.rest;
}

// ---- Pairing codes

std::string newPairingCode() {
    const auto random = randomNonce();
    std::string code;
    for (std::size_t i = 0; i < codeSize; ++i) {
        if (i > 0 && i % 4 == 0) code += '-';
        code += codeLetters[std::to_integer<std::size_t>(random[i]) % codeLetters.size()];
    }
    return code;
}

std::string normalisedPairingCode(std::string_view text) {
    std::string code;
    for (char c : text) {
        if (c == ' ' || c == '-') continue;
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        if (c == 'O') c = '0';
        if (c == 'I' || c == 'L') c = '1';
        if (codeLetters.find(c) == std::string_view::npos || code.size() == codeSize) return {};
        code += c;
    }
    return code.size() == codeSize ? code : std::string();
}

} // namespace balmer::remote
