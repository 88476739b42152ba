#include "engine/remote/server/worker_secrets.h"

#include <algorithm>
#include <chrono>
#include <span>

#include <nlohmann/json.hpp>

#include <unistd.h>

#include "engine/core/clock.h"
#include "engine/core/files.h"
#include "engine/core/json_text.h"
#include "engine/core/log.h"
#include "engine/core/private_file.h"
#include "engine/remote/protocol/handshake.h"
#include "engine/remote/server/worker_server.h"
#include "engine/remote/transport/identity.h"
#include "engine/remote/transport/tls.h"

namespace balmer::remote {

using core::Result;
using nlohmann::json;

namespace {

constexpr std::int64_t pairingSeconds = 600;

std::string hexOf(std::span<const std::byte> bytes) {
    std::string text;
    for (const auto byte : bytes)
        for (const unsigned digit :
             {std::to_integer<unsigned>(byte) >> 4, std::to_integer<unsigned>(byte) & 15u})
            text += "0123456789abcdef"[digit];
    return text;
}

std::int64_t nowSeconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(core::systemClock().now().time_since_epoch())
        .count();
}

json readObject(const std::filesystem::path& file) {
    const auto text = core::readFile(file, 1u << 20);
    if (!text) return json::object();
    auto object = core::parseJson<json>(*text);
    return object && object->is_object() ? *std::move(object) : json::object();
}

/// Nothing where the file cannot be looked at.
std::optional<core::FileStamp> stampOf(const std::filesystem::path& path) {
    const auto file = core::File::open(path, core::File::Use::Read);
    if (!file) return std::nullopt;
    const auto stamp = file->stamp();
    return stamp ? std::optional(*stamp) : std::nullopt;
}

} // namespace

std::string randomHex(std::size_t bytes) {
    const auto nonce = randomNonce();
    return hexOf(Bytes(nonce).first(bytes));
}

std::string hostName() {
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "worker";
}

std::string openCode(const std::filesystem::path& folder) {
    const auto object = readObject(folder / "pairing.json");
    const auto code = object.find("code"), until = object.find("until");
    if (code == object.end() || !code->is_string() || until == object.end() || !until->is_number_integer())
        return {};
    const auto left = until->get<std::int64_t>() - nowSeconds();
    return left > 0 && left <= pairingSeconds ? code->get<std::string>() : std::string();
}

void voidCode(const std::filesystem::path& folder) {
    if (auto removed = core::removeFile(folder / "pairing.json"); !removed)
        core::log::warning("a code of pairing stays valid until its time is over: " +
                           removed.error().describe());
}

// --------------------------------------------------------------------------------------------------------
// whom a worker knows

const WorkerSecrets::Tokens& WorkerSecrets::tokens() {
    const auto file = folder_ / "tokens.json";
    const auto stamp = stampOf(file);
    if (stamp && stamp == tokensAt_) return tokens_;
    tokensAt_ = stamp;
    tokens_.clear();
    const auto all = readObject(file);
    for (const auto& [user, token] : all.items())
        if (token.is_string()) tokens_.emplace_back(user, token.get<std::string>());
    return tokens_;
}

void WorkerSecrets::readPins(const std::string& worker) {
    const auto stamp = stampOf(pins_.path());
    if (stamp && stamp == pinsAt_) return;
    pinsAt_ = stamp;
    known_ = pins_.all().value_or(std::vector<Pin>());
    knocks_.clear();
    for (const auto& pin : known_)
        knocks_.insert(knockOf(pin.fingerprint, worker));
}

std::optional<std::string> WorkerSecrets::nameOf(const std::string& fingerprint, const std::string& worker) {
    readPins(worker);
    const auto found = std::find_if(known_.begin(), known_.end(),
                                    [&](const Pin& pin) { return pin.fingerprint == fingerprint; });
    return found == known_.end() ? std::nullopt : std::optional(found->name);
}

bool WorkerSecrets::isKnock(const std::string& knock, const std::string& worker) {
    readPins(worker);
    return knocks_.contains(knock);
}

Result<std::string> workerToken(const std::filesystem::path& folder, const std::string& user) {
    BALMER_CHECK(core::preparePrivateFolder(folder));
    const auto file = folder / "tokens.json";
    BALMER_TRY(const auto lock, core::FileLock::of(file));
    auto tokens = readObject(file);
    if (const auto kept = tokens.find(user); kept != tokens.end() && kept->is_string())
        return kept->get<std::string>();
    const auto token = randomHex(32);
    tokens[user] = token;
    BALMER_CHECK(core::writePrivate(file, core::jsonText(tokens, 4)));
    return token;
}

Result<std::string> openPairing(const std::filesystem::path& folder) {
    BALMER_CHECK(core::preparePrivateFolder(folder));
    const auto code = newPairingCode();
    BALMER_CHECK(core::writePrivate(folder / "pairing.json",
                                    core::jsonText(json{{"code", normalisedPairingCode(code)},
                                                        {"until", nowSeconds() + pairingSeconds}})));
    return code;
}

Result<std::string> workerFingerprint(const std::filesystem::path& folder) {
    BALMER_CHECK(core::preparePrivateFolder(folder));
    BALMER_TRY(const auto identity, identityIn(folder / "identity", "balmer-worker on " + hostName()));
    return identity.fingerprint;
}

} // namespace balmer::remote
