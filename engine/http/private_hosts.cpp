#include "engine/http/private_hosts.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <arpa/inet.h>

#include "engine/core/text_number.h"
#include "engine/http/own_names.h"

namespace balmer::http {

namespace {

struct Network {
    std::uint32_t begin;
    int bits;
};

/// RFC 6890, and multicast.
constexpr Network privateNetworks[] = {
    {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
    {0xac100000, 12}, {0xc0000000, 24}, {0xc0a80000, 16}, {0xc6120000, 15}, {0xe0000000, 3},
};

bool isPrivateV4(std::uint32_t address) {
    return std::any_of(std::begin(privateNetworks), std::end(privateNetworks), [&](const Network& network) {
        return (address ^ network.begin) >> (32 - network.bits) == 0;
    });
}

std::uint32_t v4At(const unsigned char* bytes) {
    std::uint32_t address = 0;
    std::memcpy(&address, bytes, sizeof address);
    return ntohl(address);
}

} // namespace

bool isPrivateAddress(std::string_view text) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    const std::string address(text.substr(0, text.find('%'))); // without the zone
    in_addr four{};
    if (::inet_aton(address.c_str(), &four) != 0) return isPrivateV4(ntohl(four.s_addr));
    in6_addr six{};
    if (::inet_pton(AF_INET6, address.c_str(), &six) != 1) return false;
    const auto* const bytes = six.s6_addr;
    static constexpr unsigned char translated[12] = {0x00, 0x64, 0xff, 0x9b};
    static constexpr unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::memcmp(bytes, mapped, 12) == 0 || std::memcmp(bytes, translated, 12) == 0)
        return isPrivateV4(v4At(bytes + 12));
    if (bytes[0] == 0x20 && bytes[1] == 0x02) return isPrivateV4(v4At(bytes + 2)); // 6to4
    return (bytes[0] & 0xe0) != 0x20; // what is public lies in 2000::/3
}

bool isPrivateHost(std::string_view host) {
    const auto name = core::lowerCase(std::string(host));
    const auto& own = ownNames();
    return isPrivateAddress(name) || name == "localhost" || name.ends_with(".localhost") ||
           std::find(own.begin(), own.end(), name) != own.end();
}

bool RedirectGuard::allows(std::string_view host, std::string_view address) {
    const bool isPrivate = isPrivateHost(host) || isPrivateAddress(address);
    if (isPrivate && seenPublic_) return false;
    seenPublic_ = seenPublic_ || !isPrivate;
    return true;
}

} // namespace balmer::http
