// The names under which this computer is asked for by itself. Private to http.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace balmer::http {

/// Its name; with each domain that resolver (resolv.conf) searches; and all names on the lines of hosts on
/// which any of these stands. Asks nobody, so that it never waits.
std::vector<std::string> ownNames(const std::string& name, const std::filesystem::path& hosts,
                                  const std::filesystem::path& resolver);

/// The same of this computer, looked up once.
const std::vector<std::string>& ownNames();

} // namespace balmer::http
