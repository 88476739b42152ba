// Hosts that the net does not lead to: this computer, its link, private networks. Private to http.
#pragma once

#include <string>
#include <string_view>

namespace balmer::http {

/// An address as text ("127.0.0.1", "fe80::1", with brackets or without, "0x7f.1"): loopback, link-local,
/// private (RFC 1918, 6598, 4193), unspecified, multicast or reserved; IPv6 too that has such an IPv4 address
/// in it. False for what is no address.
bool isPrivateAddress(std::string_view address);

/// As above; and "localhost", what ends so, and the names of this computer.
bool isPrivateHost(std::string_view host);

/// Follows one call from request to request: may the next be sent? Not where one before went to a public host
/// and this one goes to a private one.
class RedirectGuard {
  public:
    /// host: as the address names it; address: to which the connection goes, "" where that is a proxy's.
    bool allows(std::string_view host, std::string_view address);

  private:
    bool seenPublic_ = false;
};

} // namespace balmer::http
