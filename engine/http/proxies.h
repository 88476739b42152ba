// What the environment says about proxies. Private to http.
#pragma once

#include <string>

namespace balmer::http {

/// Hosts that are asked without a proxy, as libcurl takes them: what the environment exempts (no_proxy), and
/// this computer itself.
std::string withoutProxy();

/// The environment names a proxy for some kind of address.
bool hasProxyInEnvironment();

} // namespace balmer::http
