// JSON as text, in one way everywhere: UTF-8, and bytes that are none become U+FFFD, so that no text from a
// file or another computer can make the writing fail.
//
// Pure; any thread. The type is nlohmann::json, which this header need not know.
#pragma once

#include <string>

namespace balmer::core {

/// indent: blanks a level; -1: all in one line.
template <typename Json>
std::string jsonText(const Json& value, int indent = -1) {
    return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

} // namespace balmer::core
