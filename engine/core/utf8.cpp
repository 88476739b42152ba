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

utf8proc_int32_t codeOf(std::string_view letter) {
    utf8proc_int32_t code = 0;
    utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(letter.data()),
                     static_cast<utf8proc_ssize_t>(letter.size()), &code);
    return code;
}

/// Letters that are seen, or that join those beside them (in Persian, in Hindi, in a word that may be
/// parted).
bool isSeen(utf8proc_int32_t code) {
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return false;
    case UTF8PROC_CATEGORY_CF:
        return code == 0x00AD || code == 0x200C || code == 0x200D;
    default:
        return true;
    }
}

std::string hexadecimal(unsigned number, int digits) {
    std::string text;
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        text += "0123456789abcdef"[(number >> shift) & 15];
    return text;
}

/// As JSON spells it, but for the bytes that JSON text cannot have.
std::string escaped(utf8proc_int32_t code) {
    const auto number = static_cast<unsigned>(code);
    if (number == '\n') return "\\n";
    if (number == '\r') return "\\r";
    if (number == '\t') return "\\t";
    if (number < 0x20) return "\\x" + hexadecimal(number, 2);
    if (number < 0x10000) return "\\u" + hexadecimal(number, 4);
    return "\\u" + hexadecimal(0xD7C0 + (number >> 10), 4) + "\\u" +
           hexadecimal(0xDC00 + (number & 0x3FF), 4);
}

enum class Part { Letter, Blank, Invisible };

Part partOf(std::string_view letter) {
    const auto code = codeOf(letter);
    if (code == 0xFEFF || code == 0x200B) return Part::Invisible;
    if (code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
        (code >= 0x2066 && code <= 0x2069))
        return Part::Invisible; // turns the direction of what stands about it
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

std::string visible(std::string_view text, Lines lines) {
    std::string seen;
    seen.reserve(text.size());
    while (!text.empty()) {
        const auto bytes = letterBytes(text);
        const auto letter = text.substr(0, std::max<std::size_t>(bytes, 1));
        text.remove_prefix(letter.size());
        if (bytes == 0)
            seen += "\\x" + hexadecimal(static_cast<unsigned char>(letter[0]), 2);
        else if (const auto code = codeOf(letter); isSeen(code) || (code == '\n' && lines == Lines::Many))
            seen += letter;
        else
            seen += escaped(code);
    }
    return seen;
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
        return fail(ErrorCode::InvalidArgument,
                    "the name \"" + visible(clipped(text, 60)) +
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
