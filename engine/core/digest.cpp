#include "engine/core/digest.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>

#include "engine/core/files.h"

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
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned int length = 0;
    EVP_DigestFinal_ex(state_->context, bytes.data(), &length);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned int i = 0; i < length; ++i) {
        text += digits[bytes[i] >> 4];
        text += digits[bytes[i] & 15];
    }
    return text;
}

std::string digestOf(std::span<const std::byte> bytes) {
    return Hasher().update(bytes).finish();
}
std::string digestOf(std::string_view text) {
    return Hasher().update(text).finish();
}

Result<std::string> digestOfFile(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(cannotOpen(file));
    Hasher hasher;
    std::vector<char> piece(1 << 18);
    while (in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        hasher.update(std::string_view(piece.data(), static_cast<std::size_t>(in.gcount())));
    }
    if (in.bad()) return fail(ErrorCode::Io, "cannot read " + file.string() + "; is the disk well?");
    return hasher.finish();
}

} // namespace balmer::core
