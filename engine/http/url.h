// Addresses (RFC 3986), as pure functions: split, resolve against a base, encode and decode.
//
// Values; no thread rule. Made for what stands in real pages and tables: white space at the ends is dropped,
// tabs and line ends within are dropped, blanks, quotes and bytes above 0x7e are percent-encoded, and a '%'
// that does not begin an escape is taken for itself, as browsers do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::http {

/// An absolute address with a host.
struct Url {
    std::string scheme;               ///< lower case
    std::string user;                 ///< decoded; "" for none
    std::string password;             ///< decoded
    std::string host;                 ///< lower case; an IPv6 address with its brackets
    std::uint16_t port = 0;           ///< the scheme's own where none is written; 0 where that is not known
    std::string path;                 ///< encoded, without dot segments; begins with '/'
    std::optional<std::string> query; ///< encoded, without the '?'. The fragment is dropped

    /// Without user and password, so that it may be shown and kept.
    std::string text() const;
    /// "http://host:port", the port always written: what must be the same for two addresses of one server.
    std::string origin() const;

    bool operator==(const Url&) const = default;
};

/// Errors: InvalidArgument, with the text, where it is not an absolute address with a host.
core::Result<Url> parseUrl(std::string_view text);

/// A reference (absolute, "//host/x", "/x", "x", "../x", "?q", "") against a base: RFC 3986, section 5.2.
/// User and password go along to the same origin only. Errors: InvalidArgument ("mailto:x" and the like).
core::Result<Url> resolve(const Url& base, std::string_view reference);

/// Everything but letters, digits and -._~ as %XX: one segment of a path, or one value of a query.
std::string percentEncode(std::string_view bytes);
/// %XX as bytes; a '%' that begins no escape stays. '+' stays.
std::string percentDecode(std::string_view text);

/// http, https, ftp or ftps: what the client fetches.
bool isFetchable(std::string_view scheme);

} // namespace balmer::http
