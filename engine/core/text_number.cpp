#include "engine/core/text_number.h"

#include <array>
#include <charconv>

namespace balmer::core {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n\f\v";
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

namespace {

template <typename T>
std::optional<T> parse(std::string_view text) {
    text = trimmed(text);
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

template <typename... Format>
std::string format(Format... arguments) {
    std::array<char, 512> buffer;
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), arguments...);
    return error == std::errc{} ? std::string(buffer.data(), end) : std::string("nan");
}

} // namespace

std::optional<double> parseDouble(std::string_view text) {
    return parse<double>(text);
}
std::optional<std::int64_t> parseInteger(std::string_view text) {
    return parse<std::int64_t>(text);
}
std::string formatDouble(double value) {
    return format(value);
}
std::string formatFloat(float value) {
    return format(value);
}
std::string formatFixed(double value, int digits) {
    return format(value, std::chars_format::fixed, digits);
}

std::vector<std::string> splitList(std::string_view text, char separator) {
    std::vector<std::string> pieces;
    if (text.empty()) return pieces;
    for (;;) {
        const auto at = text.find(separator);
        pieces.emplace_back(trimmed(text.substr(0, at)));
        if (at == std::string_view::npos) return pieces;
        text.remove_prefix(at + 1);
    }
}

std::optional<std::vector<std::string>> splitQuoted(std::string_view text) {
    std::vector<std::string> pieces;
    if (text.empty()) return pieces;
    for (;;) {
        const auto first = text.find_first_not_of(" \t");
        if (first == std::string_view::npos || text[first] != '"') {
            const auto at = text.find(',');
            pieces.emplace_back(trimmed(text.substr(0, at)));
            if (at == std::string_view::npos) return pieces;
            text.remove_prefix(at + 1);
            continue;
        }
        std::string piece;
        auto at = first + 1;
        for (;; ++at) {
            if (at >= text.size()) return std::nullopt;
            if (text[at] == '"') {
                if (at + 1 >= text.size() || text[at + 1] != '"') break;
                ++at;
            }
            piece += text[at];
        }
        pieces.push_back(std::move(piece));
        const auto next = text.find_first_not_of(" \t", at + 1);
        if (next == std::string_view::npos) return pieces;
        if (text[next] != ',') return std::nullopt;
        text.remove_prefix(next + 1);
    }
}

std::string joinQuoted(const std::vector<std::string>& pieces) {
    std::string joined;
    for (const auto& piece : pieces) {
        if (&piece != &pieces.front()) joined += ',';
        if (piece.find_first_of(",\"") == std::string::npos && trimmed(piece) == piece && !piece.empty()) {
            joined += piece;
            continue;
        }
        joined += '"';
        for (const char c : piece)
            joined += c == '"' ? std::string("\"\"") : std::string(1, c);
        joined += '"';
    }
    return joined;
}

std::string lowerCase(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

} // namespace balmer::core
