#include "engine/core/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <vector>

#include "engine/core/file.h"

namespace balmer::core {

struct Hasher::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~State() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher() : state_(std::make_unique<State>()) {
    EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr);
}
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

Hasher& Hasher::update(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
    return *this;
}

Hasher& Hasher::update(std::string_view text) {
    return update(std::as_bytes(std::span(text.data(), text.size())));
}

std::string Hasher::finish() {
    return hexOf(finishBytes());
}

Digest32 Hasher::finishBytes() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    EVP_DigestFinal_ex(state_->context, bytes.data(), nullptr);
    Digest32 digest;
    std::transform(bytes.begin(), bytes.begin() + digest.size(), digest.begin(),
                   [](unsigned char byte) { return std::byte{byte}; });
    return digest;
}

std::string hexOf(const Digest32& digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * digest.size());
    for (const auto byte : digest) {
        text += digits[std::to_integer<unsigned>(byte >> 4)];
        text += digits[std::to_integer<unsigned>(byte & std::byte{15})];
    }
    return text;
}

std::string digestOf(std::span<const std::byte> bytes) {
    return Hasher().update(bytes).finish();
}
std::string digestOf(std::string_view text) {
    return Hasher().update(text).finish();
}

Digest32 digestBytesOf(std::span<const std::byte> bytes) {
    return Hasher().update(bytes).finishBytes();
}

Result<std::string> digestOfFile(const std::filesystem::path& path, const std::stop_token& stop) {
    BALMER_TRY(const auto file, File::openNamed(path));
    Hasher hasher;
    std::vector<std::byte> piece(std::size_t{1} << 18);
    while (true) {
        BALMER_TRY(const auto got, file.read(piece));
        if (got == 0) return hasher.finish();
        hasher.update(std::span(piece).first(got));
        if (got == piece.size() && stop.stop_requested())
            return fail(ErrorCode::Cancelled, "stopped while reading " + path.string());
    }
}

} // namespace balmer::core
