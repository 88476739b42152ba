#include "engine/store/json_text.h"

#include "engine/core/utf8.h"
#include "engine/store/connections.h"

namespace balmer::store {

using core::Result;

namespace {

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
        const auto length = text[0] == '\0' ? 0 : core::letterBytes(text);
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
