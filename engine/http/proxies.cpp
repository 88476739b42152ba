#include "engine/http/proxies.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "engine/http/own_names.h"

namespace balmer::http {

std::string withoutProxy() {
    const char* listed = std::getenv("no_proxy");
    if (!listed) listed = std::getenv("NO_PROXY");
    std::string own = "127.0.0.1,localhost,::1";
    for (const auto& name : ownNames())
        own += "," + name;
    if (!listed || !*listed) return own;
    return std::string_view(listed) == "*" ? std::string("*") : listed + ("," + own);
}

bool hasProxyInEnvironment() {
    static constexpr const char* variables[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "ftp_proxy",
                                                "FTP_PROXY",  "all_proxy",   "ALL_PROXY"};
    return std::any_of(std::begin(variables), std::end(variables),
                       [](const char* name) { return std::getenv(name) != nullptr; });
}

} // namespace balmer::http
