#include "engine/core/json_text.h"

#include <nlohmann/json.hpp>

namespace balmer::core {

namespace {

/// Counts brackets outside strings. A callback of the parser could count, too, but with one the parser looks
/// through the whole list again after each object in it.
bool isTooDeep(std::string_view text) {
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '[' || c == '{') {
            if (++depth > deepestJson) return true;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return false;
}

} // namespace

template <typename Json>
std::string jsonText(const Json& value, int indent) {
    return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

template <typename Json>
Result<std::string> exactJsonText(const Json& value) {
    try {
        return value.dump();
    } catch (const typename Json::exception&) {
        return fail(ErrorCode::Unsupported, "has bytes that are not UTF-8");
    }
}

template <typename Json>
Result<Json> parseJson(std::string_view text) {
    if (isTooDeep(text)) return fail(ErrorCode::Format, "is nested too deeply");
    auto value = Json::parse(text, nullptr, false);
    if (value.is_discarded()) return fail(ErrorCode::Format, "is not JSON");
    return value;
}

template std::string jsonText(const nlohmann::json&, int);
template std::string jsonText(const nlohmann::ordered_json&, int);
template Result<std::string> exactJsonText(const nlohmann::json&);
template Result<nlohmann::json> parseJson(std::string_view);
template Result<nlohmann::ordered_json> parseJson(std::string_view);

} // namespace balmer::core
