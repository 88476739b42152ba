// JSON from text and as text: the one place that reads and writes it. tests/architecture looks for a second.
//
// The type is nlohmann::json or nlohmann::ordered_json, which this header need not know: both are compiled in
// json_text.cpp, once, since they are slow to compile. Pure; any thread; no exceptions.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::core {

/// Lists and objects within each other that parseJson() takes: a deeper one would use up the stack of those
/// who walk through it.
constexpr int deepestJson = 64;

/// Bytes that are not UTF-8 become U+FFFD. indent: blanks a level; -1: all in one line.
template <typename Json>
std::string jsonText(const Json& value, int indent = -1);

/// The same for texts that must not change on the way. Errors: Unsupported for bytes that are not UTF-8.
template <typename Json>
Result<std::string> exactJsonText(const Json& value);

/// Errors: Format, "is not JSON" or "is nested too deeply", without the name of what was read.
template <typename Json>
Result<Json> parseJson(std::string_view text);

} // namespace balmer::core
