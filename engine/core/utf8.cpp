#include "engine/core/utf8.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <utf8proc.h>

namespace balmer::core {
namespace {

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

enum class Part { Letter, Blank, Invisible };

Part partOf(std::string_view letter) {
    utf8proc_int32_t code = 0;
    utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(letter.data()),
                     static_cast<utf8proc_ssize_t>(letter.size()), &code);
    if (code == 0xFEFF || code == 0x200B) return Part::Invisible;
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
        return Part::Blank;
    default:
        return Part::Letter;
    }
}

} // namespace

std::size_t letterBytes(std::string_view text) {
    if (text.empty()) return 0;
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return i < text.size() && static_cast<unsigned char>(text[i]) >= low &&
               static_cast<unsigned char>(text[i]) <= high;
    };
    const unsigned first = static_cast<unsigned char>(text[0]);
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

bool isUtf8(std::string_view text) {
    while (!text.empty()) {
        const auto bytes = letterBytes(text);
        if (bytes == 0) return false;
        text.remove_prefix(bytes);
    }
    return true;
}

std::string_view clipped(std::string_view text, std::size_t mostBytes) {
    if (text.size() <= mostBytes) return text;
    while (mostBytes > 0 && (static_cast<unsigned char>(text[mostBytes]) & 0xc0) == 0x80)
        --mostBytes;
    return text.substr(0, mostBytes);
}

std::string composed(std::string_view text) {
    if (isAscii(text) || !isUtf8(text)) return std::string(text);
    utf8proc_uint8_t* mapped = nullptr;
    const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
    if (length < 0) return std::string(text);
    return std::string(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
}

Result<std::string> tidyName(std::string_view text) {
    if (!isUtf8(text)) {
        std::string shown;
        for (const char c : clipped(text, 60))
            shown += c >= 0x20 && c < 0x7f ? c : '?';
        return fail(ErrorCode::InvalidArgument,
                    "the name \"" + shown +
                        "\" is not UTF-8; save the text in this encoding (iconv -f LATIN1 -t UTF-8)");
    }
    const auto whole = composed(text);
    std::string tidy;
    bool blank = false;
    for (std::string_view rest = whole; !rest.empty();) {
        const auto letter = rest.substr(0, letterBytes(rest));
        rest.remove_prefix(letter.size());
        const auto part = partOf(letter);
        if (part == Part::Invisible) continue;
        if (part == Part::Letter) {
            if (blank && !tidy.empty()) tidy += ' ';
            tidy += letter;
        }
        blank = part == Part::Blank;
    }
    return tidy;
}

Result<std::vector<std::string>> tidyNames(const std::vector<std::string>& texts) {
    std::vector<std::string> names;
    for (const auto& text : texts) {
        BALMER_TRY(auto name, tidyName(text));
        names.push_back(std::move(name));
    }
    return names;
}

} // namespace balmer::core
