#include "engine/http/header_fields.h"

#include <algorithm>

namespace balmer::http {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

std::string_view valueOf(const HeaderFields& fields, std::string_view name) {
    for (const auto& [key, value] : fields)
        if (std::ranges::equal(key, name, {}, lower, lower)) return value;
    return {};
}

} // namespace balmer::http
