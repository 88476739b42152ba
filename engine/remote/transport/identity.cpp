#include "engine/remote/transport/identity.h"

#include <memory>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/core/private_file.h"
#include "engine/remote/protocol/messages.h"
#include "engine/remote/transport/openssl_owned.h"

namespace balmer::remote {

namespace {

using core::ErrorCode;
using core::fail;

constexpr std::size_t fileLimit = 64u << 10;
constexpr long day = 24 * 60 * 60;

/// Nobody is asked for the password of an encrypted key.
int noPassword(char*, int, int, void*) {
    return -1;
}

std::string fingerprintOf(X509& certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(&certificate, &der);
    if (size <= 0) return {};
    auto digest = core::digestOf(std::as_bytes(std::span(der, static_cast<std::size_t>(size))));
    OPENSSL_free(der);
    return digest;
}

/// Empty pem: OpenSSL failed.
Identity makeIdentity(std::string_view name) {
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    const Certificate certificate(X509_new());
    const Bio text(BIO_new(BIO_s_mem()));
    if (!key || !certificate || !text) return {};

    X509* const made = certificate.get();
    std::uint64_t serial = 0;
    bool good = RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1;
    good = good && X509_set_version(made, X509_VERSION_3) == 1;
    good = good && ASN1_INTEGER_set_uint64(X509_get_serialNumber(made), serial >> 1 | 1) == 1;
    good = good && X509_gmtime_adj(X509_getm_notBefore(made), -day) != nullptr;
    good = good && X509_time_adj_ex(X509_getm_notAfter(made), 20 * 365 + 5, 0, nullptr) != nullptr;
    // X.520 allows 64 characters in a common name.
    auto common = showable("Balmer " + std::string(name), 64);
    auto* const subject = X509_get_subject_name(made);
    good = good && X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                              reinterpret_cast<const unsigned char*>(common.data()),
                                              static_cast<int>(common.size()), -1, 0) == 1;
    good = good && X509_set_issuer_name(made, subject) == 1 && X509_set_pubkey(made, key.get()) == 1;
    good = good && X509_sign(made, key.get(), nullptr) > 0;
    good = good &&
           PEM_write_bio_PKCS8PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
    good = good && PEM_write_bio_X509(text.get(), made) == 1;
    if (!good) return {};

    char* begin = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &begin);
    return {std::string(begin, static_cast<std::size_t>(size)), fingerprintOf(*made)};
}

core::Result<Identity> load(const std::filesystem::path& file) {
    BALMER_CHECK(core::checkPrivate(file));
    BALMER_TRY(auto pem, core::readFile(file, fileLimit));
    const auto reader = [&] { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); };
    const Key key(PEM_read_bio_PrivateKey(reader().get(), nullptr, &noPassword, nullptr));
    const Certificate certificate(PEM_read_bio_X509(reader().get(), nullptr, &noPassword, nullptr));
    const bool good = key && certificate && X509_check_private_key(certificate.get(), key.get()) == 1;
    ERR_clear_error();
    if (!good)
        return fail(ErrorCode::Format,
                    file.string() +
                        " is not a key with its certificate; remove it to get a new one, and pair again");
    return Identity{std::move(pem), fingerprintOf(*certificate)};
}

} // namespace

core::Result<Identity> identityIn(const std::filesystem::path& folder, std::string_view name) {
    BALMER_CHECK(core::preparePrivateFolder(folder));
    const auto file = folder / "identity.pem";
    BALMER_TRY(const auto lock, core::FileLock::of(file));
    std::error_code error;
    if (std::filesystem::exists(file, error) || error) return load(file);
    auto identity = makeIdentity(name);
    if (identity.fingerprint.empty()) {
        ERR_clear_error();
        return fail(ErrorCode::Internal, "OpenSSL cannot make an Ed25519 certificate");
    }
    BALMER_CHECK(core::writePrivate(file, identity.pem));
    return identity;
}

} // namespace balmer::remote
