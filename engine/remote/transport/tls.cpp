#include "engine/remote/transport/tls.h"

#include <array>
#include <memory>
#include <string_view>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "engine/core/digest.h"
#include "engine/remote/protocol/messages.h"
#include "engine/remote/transport/openssl_owned.h"

namespace balmer::remote {

namespace {

using core::ErrorCode;
using core::fail;

using Context = std::unique_ptr<SSL_CTX, Freed<&SSL_CTX_free>>;

constexpr long certificateLimit = 8 << 10; // bytes of what the other side shows as its certificate
constexpr std::string_view bindingLabel = "EXPORTER-balmer-worker";

std::string lastReason() {
    const auto code = ERR_get_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "no reason given";
}

/// Any certificate will do here: no chain is built, no name and no date is read. The handshake itself proves
/// that the other side holds the key.
int takeAnyCertificate(X509_STORE_CTX*, void*) {
    return 1;
}

} // namespace

core::Result<ssl_ctx_st*> newTlsContext(TlsRole role, const Identity& identity) {
    ERR_clear_error();
    Context context(SSL_CTX_new(role == TlsRole::Client ? TLS_client_method() : TLS_server_method()));
    const auto reader = [&] {
        return Bio(BIO_new_mem_buf(identity.pem.data(), static_cast<int>(identity.pem.size())));
    };
    const Key key(PEM_read_bio_PrivateKey(reader().get(), nullptr, nullptr, const_cast<char*>("")));
    const Certificate certificate(PEM_read_bio_X509(reader().get(), nullptr, nullptr, const_cast<char*>("")));
    SSL_CTX* const made = context.get();
    const bool good = made != nullptr && key && certificate &&
                      SSL_CTX_set_min_proto_version(made, TLS1_3_VERSION) == 1 &&
                      SSL_CTX_set_max_proto_version(made, TLS1_3_VERSION) == 1 &&
                      SSL_CTX_set1_sigalgs_list(made, "ed25519") == 1 &&
                      SSL_CTX_use_certificate(made, certificate.get()) == 1 &&
                      SSL_CTX_use_PrivateKey(made, key.get()) == 1 && SSL_CTX_set_num_tickets(made, 0) == 1 &&
                      SSL_CTX_set_max_early_data(made, 0) == 1;
    if (!good) return fail(ErrorCode::Internal, "OpenSSL cannot prepare TLS 1.3: " + lastReason());
    SSL_CTX_set_options(made, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(made, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(made, certificateLimit);
    SSL_CTX_set_verify(made, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    SSL_CTX_set_cert_verify_callback(made, &takeAnyCertificate, nullptr);
    return context.release();
}

core::Result<TlsPeer> peerOf(ssl_st* connection) {
    if (SSL_is_init_finished(connection) != 1 || SSL_version(connection) != TLS1_3_VERSION)
        return fail(ErrorCode::Protocol, "the TLS 1.3 handshake has not ended");
    const Certificate certificate(SSL_get1_peer_certificate(connection));
    if (!certificate) return fail(ErrorCode::Protocol, "the other side has shown no certificate");
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    TlsPeer peer;
    peer.binding.resize(32);
    if (X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1 || size != digest.size() ||
        SSL_export_keying_material(connection, reinterpret_cast<unsigned char*>(peer.binding.data()),
                                   peer.binding.size(), bindingLabel.data(), bindingLabel.size(), nullptr, 0,
                                   0) != 1)
        return fail(ErrorCode::Protocol, "OpenSSL cannot tell who the other side is: " + lastReason());
    BALMER_TRY(peer.fingerprint,
               digestFromBytes({reinterpret_cast<const char*>(digest.data()), digest.size()}));
    return peer;
}

std::string knockOf(std::string_view client, std::string_view server) {
    return core::digestOf("balmer knock " + std::string(client) + " " + std::string(server)).substr(0, 32);
}

core::Error tlsError(unsigned long code) {
    switch (ERR_GET_REASON(code)) {
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_BAD_RECORD_TYPE:
        return {ErrorCode::Protocol,
                "the other side does not speak TLS; are the address and the port right?"};
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return {ErrorCode::Protocol, "the other side does not speak TLS 1.3; only that is accepted"};
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return {ErrorCode::Protocol,
                "the other side has shown no certificate; pair it with this worker first"};
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
        return {ErrorCode::Protocol, "the other side wants a certificate and was shown none"};
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_WRONG_SIGNATURE_TYPE:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
        return {
            ErrorCode::Protocol,
            "the other side has no Ed25519 certificate, so it is not a worker or desktop of Balmer; is the "
            "address right?"};
    default:
        break;
    }
    const char* reason = ERR_reason_error_string(code);
    return {ErrorCode::Protocol,
            std::string("TLS ended: ") + (reason != nullptr ? reason : "no reason given")};
}

} // namespace balmer::remote
