#include "engine/store/kept_text.h"

#include "engine/core/utf8.h"
#include "engine/store/json_text.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

enum class Breaks { Stay, Go };

bool isMark(std::string_view letter, Breaks breaks) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(letter[i]); };
    if (letter.size() == 1)
        return byte(0) == 0x7f ||
               (byte(0) < 0x20 && (breaks == Breaks::Go || (letter[0] != '\n' && letter[0] != '\t')));
    if (letter.size() == 2) // U+0080–9F, U+061C
        return (byte(0) == 0xc2 && byte(1) < 0xa0) || letter == "\xd8\x9c";
    if (letter.size() != 3 || byte(0) != 0xe2) return false;
    return (byte(1) == 0x80 &&
            (byte(2) == 0x8e || byte(2) == 0x8f || (byte(2) >= 0xaa && byte(2) <= 0xae))) ||
           (byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9);
}

/// text: UTF-8.
std::string withoutMarks(std::string_view text, Breaks breaks) {
    std::string kept;
    while (!text.empty()) {
        const auto letter = text.substr(0, core::letterBytes(text));
        if (!isMark(letter, breaks)) kept += letter;
        text.remove_prefix(letter.size());
    }
    return kept;
}

core::Error tooLong(std::string_view what, std::string_view text, std::size_t most) {
    return {ErrorCode::InvalidArgument, std::string(what) + " \"" + keptOfFile(core::clipped(text, 40)) +
                                            "…\" has " + std::to_string(text.size()) +
                                            " bytes, and at most " + std::to_string(most) +
                                            " are kept; shorten it"};
}

} // namespace

Status checkName(std::string_view what, std::string_view name) {
    if (name.size() > mostNameBytes) return fail(tooLong(what, name, mostNameBytes));
    if (!core::isUtf8(name) || withoutMarks(name, Breaks::Go).size() != name.size())
        return fail(
            ErrorCode::InvalidArgument,
            std::string(what) + " \"" + keptOfFile(name) +
                "\" holds control characters, marks of writing direction, or bytes that are not UTF-8; "
                "leave them out");
    return {};
}

Result<std::string> keptRemark(std::string_view what, std::string_view text) {
    if (text.size() > mostRemarkBytes) return fail(tooLong(what, text, mostRemarkBytes));
    return keptWhole(text);
}

std::string keptSaid(std::string_view text) {
    return std::string(core::clipped(keptWhole(text), mostRemarkBytes));
}

std::string keptWhole(std::string_view text) {
    return withoutMarks(cleanText(text), Breaks::Stay);
}

std::string keptOfFile(std::string_view text) {
    return std::string(core::clipped(withoutMarks(cleanText(text), Breaks::Go), mostNameBytes));
}

} // namespace balmer::store
