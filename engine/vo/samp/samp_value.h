// SampValue: what SAMP programs send each other (IVOA SAMP 1.3 §3.3): a text, a list or a map of such values.
//
// Numbers are texts: integers and floats in the C locale, true is "1", false is "0". A value; no thread rule.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace balmer::vo {

struct SampValue;
using SampList = std::vector<SampValue>;
using SampMap = std::map<std::string, SampValue, std::less<>>;

struct SampValue {
    std::variant<std::string, SampList, SampMap> value;

    SampValue() = default; ///< an empty text
    SampValue(std::string text) : value(std::move(text)) {}
    SampValue(const char* text) : value(std::string(text)) {}
    SampValue(SampList list) : value(std::move(list)) {}
    SampValue(SampMap map) : value(std::move(map)) {}

    /// Null where the value is of another kind.
    const std::string* text() const { return std::get_if<std::string>(&value); }
    const SampList* list() const { return std::get_if<SampList>(&value); }
    const SampMap* map() const { return std::get_if<SampMap>(&value); }

    bool operator==(const SampValue& other) const;
};

/// The member of this name; null where it is missing or of another kind.
const std::string* textIn(const SampMap& map, std::string_view name);
const SampMap* mapIn(const SampMap& map, std::string_view name);
/// The same, "" where it is missing.
std::string textOr(const SampMap& map, std::string_view name);

/// One line for logs and terminals, like JSON: {"row": "2"}.
std::string describe(const SampValue& value);

} // namespace balmer::vo
