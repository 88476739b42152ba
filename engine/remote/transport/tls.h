// TLS as Balmer uses it: version 1.3 alone, certificates on both sides, no resumption, no early data.
//
// The TLS handshake takes any certificate; it proves that the other side holds its key. Whether that is the
// right one, the caller decides afterwards by its fingerprint (PinBook), before the first byte of the
// protocol is sent. The connections themselves are made with the handles given here (boost::asio::ssl takes
// them). Contexts belong to one thread; the functions on a connection are called on the thread that uses it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/remote/transport/identity.h"

struct ssl_ctx_st; ///< OpenSSL's SSL_CTX
struct ssl_st;     ///< OpenSSL's SSL

namespace balmer::remote {

enum class TlsRole { Client, Server };

/// A new SSL_CTX. The caller owns it: `boost::asio::ssl::context(*handle)` takes it over, SSL_CTX_free() ends
/// it. Errors: Internal, with OpenSSL's reason.
core::Result<ssl_ctx_st*> newTlsContext(TlsRole role, const Identity& identity);

/// What a finished TLS handshake has shown about the other side.
struct TlsPeer {
    std::string fingerprint;        ///< SHA-256 of its certificate's DER form, 64 hexadecimal digits
    std::vector<std::byte> binding; ///< 32 bytes of the exporter "EXPORTER-balmer-worker" (RFC 8446 §7.5)
};
/// Errors: Protocol (the handshake has not ended, is not TLS 1.3, or there is no certificate).
core::Result<TlsPeer> peerOf(ssl_st* connection);

/// With what a paired client names itself as TLS begins, in the place of the server's name (SNI): who hears
/// it may say it again, so that it proves nothing, but it is nothing that a stranger guesses. 32 hexadecimal
/// digits.
std::string knockOf(std::string_view client, std::string_view server); // their fingerprints

/// The reason of a failed TLS operation as a sentence with a remedy. `code` is OpenSSL's (the value of an
/// error_code of the category boost::asio::error::get_ssl_category()).
core::Error tlsError(unsigned long code);

} // namespace balmer::remote
