// Header fields of HTTP, in the order in which they stand. Values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace balmer::http {

using HeaderFields = std::vector<std::pair<std::string, std::string>>;

/// The first value under this name, or "". Names are compared without regard to case.
std::string_view valueOf(const HeaderFields& fields, std::string_view name);

} // namespace balmer::http
