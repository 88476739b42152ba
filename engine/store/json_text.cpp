#include "engine/store/json_text.h"

#include "engine/store/connections.h"

namespace balmer::store {

using core::Result;

namespace {

/// Length of the UTF-8 sequence at the beginning; 0 when it is none (RFC 3629: no overlong forms, no
/// surrogates).
std::size_t sequenceLength(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return i < text.size() && byte(i) >= low && byte(i) <= high;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF)
        return follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && follows(2) ? 3 : 0;
    if (first >= 0xF0 && first <= 0xF4)
        return follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && follows(2) &&
                       follows(3)
                   ? 4
                   : 0;
    return 0;
}

void appendQuoted(std::string& json, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    json += '"';
    for (const char c : cleanText(text)) {
        if (c == '"' || c == '\\') {
            json += '\\';
            json += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            json += "\\u00";
            json += digits[static_cast<unsigned char>(c) >> 4];
            json += digits[static_cast<unsigned char>(c) & 15];
        } else {
            json += c;
        }
    }
    json += '"';
}

} // namespace

std::string cleanText(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const auto length = text[0] == '\0' ? 0 : sequenceLength(text);
        if (length == 0)
            clean += "\xEF\xBF\xBD";
        else
            clean += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return clean;
}

std::string jsonOf(std::span<const std::string> texts) {
    std::string json = "[";
    for (const auto& text : texts) {
        if (json.size() > 1) json += ',';
        appendQuoted(json, text);
    }
    return json += ']';
}

std::string jsonOf(std::span<const spectrum::HeaderCard> cards) {
    std::string json = "[";
    for (const auto& card : cards) {
        json += json.size() > 1 ? ",[" : "[";
        appendQuoted(json, card.key);
        json += ',';
        appendQuoted(json, card.value);
        json += ',';
        appendQuoted(json, card.comment);
        json += ']';
    }
    return json += ']';
}

Result<std::vector<std::string>> textsFrom(Database& database, std::string_view json) {
    std::vector<std::string> texts;
    if (json.empty() || json == "[]") return texts;
    BALMER_TRY(auto statement, database.prepare("SELECT value FROM json_each(?) ORDER BY key"));
    statement.bind(json);
    while (true) {
        BALMER_TRY(const bool row, statement.step());
        if (!row) return texts;
        texts.push_back(statement.text(0));
    }
}

Result<std::vector<spectrum::HeaderCard>> cardsFrom(Database& database, std::string_view json) {
    std::vector<spectrum::HeaderCard> cards;
    BALMER_TRY(auto statement,
               database.prepare("SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?) "
                                "ORDER BY key"));
    statement.bind(json);
    while (true) {
        BALMER_TRY(const bool row, statement.step());
        if (!row) return cards;
        cards.push_back({statement.text(0), statement.text(1), statement.text(2)});
    }
}

} // namespace balmer::store
