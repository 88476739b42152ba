#include "engine/vo/samp/samp_value.h"

namespace balmer::vo {
namespace {

void describeText(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else {
            out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        }
    }
    out += '"';
}

void describeInto(std::string& out, const SampValue& value) {
    const char* separator = "";
    if (const auto* text = value.text()) {
        describeText(out, *text);
    } else if (const auto* list = value.list()) {
        out += '[';
        for (const auto& item : *list) {
            out += separator;
            describeInto(out, item);
            separator = ", ";
        }
        out += ']';
    } else if (const auto* map = value.map()) {
        out += '{';
        for (const auto& [name, item] : *map) {
            out += separator;
            describeText(out, name);
            out += ": ";
            describeInto(out, item);
            separator = ", ";
        }
        out += '}';
    }
}

} // namespace

bool SampValue::operator==(const SampValue& other) const {
    return value == other.value;
}

const std::string* textIn(const SampMap& map, std::string_view name) {
    const auto found = map.find(name);
    return found == map.end() ? nullptr : found->second.text();
}

const SampMap* mapIn(const SampMap& map, std::string_view name) {
    const auto found = map.find(name);
    return found == map.end() ? nullptr : found->second.map();
}

std::string textOr(const SampMap& map, std::string_view name) {
    const auto* text = textIn(map, name);
    return text ? *text : std::string();
}

std::string describe(const SampValue& value) {
    std::string out;
    describeInto(out, value);
    return out;
}

} // namespace balmer::vo
