#include "engine/io/votable_coding.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/core/text_number.h"

namespace balmer::io {
namespace {

using Type = VotableType;

} // namespace

std::optional<std::int64_t> wholeNumber(std::string_view text, Type type) {
    const auto [least, greatest] = rangeOf(type);
    if (text.starts_with("0x") || text.starts_with("0X")) {
        std::uint64_t bits = 0;
        const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), bits, 16);
        if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
        if (bits <= static_cast<std::uint64_t>(greatest)) return static_cast<std::int64_t>(bits);
        if (least == 0) return std::nullopt;
        const auto value = static_cast<std::int64_t>(bits);
        if (type == Type::Long) return value;
        const std::int64_t modulus = 2 * (greatest + 1);
        if (value < 0 || value >= modulus) return std::nullopt;
        return value - modulus;
    }
    const auto value = core::parseInteger(text);
    if (value) return *value >= least && *value <= greatest ? value : std::nullopt;
    const auto real = core::parseDouble(text); // "1.0", "1e3"
    if (!real || *real != std::floor(*real) || std::abs(*real) > 9e15) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(*real);
    return whole >= least && whole <= greatest ? std::optional(whole) : std::nullopt;
}

std::optional<double> realNumber(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value);
    if (end != last) return std::nullopt;
    if (error == std::errc{}) return value;
    long double wide = 0; // too large or too small for a double: infinite, or nought
    if (std::from_chars(text.data(), last, wide).ec != std::errc{}) return std::nullopt;
    return static_cast<double>(wide);
}

std::pair<std::int64_t, std::int64_t> rangeOf(VotableType type) {
    switch (type) {
    case Type::UnsignedByte:
        return {0, 255};
    case Type::Short:
        return {std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max()};
    case Type::Int:
        return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
    default:
        return {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
    }
}

std::size_t Coding::elementBytes() const {
    switch (type) {
    case Type::Short:
    case Type::UnicodeChar:
        return 2;
    case Type::Int:
    case Type::Float:
        return 4;
    case Type::Long:
    case Type::Double:
    case Type::FloatComplex:
        return 8;
    case Type::DoubleComplex:
        return 16;
    default:
        return 1;
    }
}

std::optional<std::size_t> Coding::bytesOf(std::size_t elements) const {
    if (type == Type::Bit) return elements / 8 + (elements % 8 != 0);
    std::size_t bytes = 0;
    if (__builtin_mul_overflow(elements, elementBytes(), &bytes)) return std::nullopt;
    return bytes;
}

std::optional<Coding> codingOf(const VotableField& field) {
    struct Entry {
        std::string_view name;
        Type type;
    };
    // The last three are not in the standard, but written by some.
    static constexpr std::array ENTRIES{Entry{"boolean", Type::Boolean},
                                        Entry{"bit", Type::Bit},
                                        Entry{"unsignedByte", Type::UnsignedByte},
                                        Entry{"short", Type::Short},
                                        Entry{"int", Type::Int},
                                        Entry{"long", Type::Long},
                                        Entry{"char", Type::Char},
                                        Entry{"unicodeChar", Type::UnicodeChar},
                                        Entry{"float", Type::Float},
                                        Entry{"double", Type::Double},
                                        Entry{"floatComplex", Type::FloatComplex},
                                        Entry{"doubleComplex", Type::DoubleComplex},
                                        Entry{"string", Type::Char},
                                        Entry{"unicodeString", Type::UnicodeChar},
                                        Entry{"", Type::Char}};
    const auto* found = std::find_if(ENTRIES.begin(), ENTRIES.end(),
                                     [&](const Entry& entry) { return entry.name == field.datatype; });
    if (found == ENTRIES.end()) return std::nullopt;
    Coding coding;
    coding.type = found->type;
    coding.nullText = std::string(core::trimmed(field.nullText));
    if (coding.isInteger() && !coding.nullText.empty())
        coding.null = wholeNumber(coding.nullText, coding.type);
    if ((coding.type == Type::Float || coding.type == Type::Double) && !coding.nullText.empty())
        coding.realNull = realNumber(coding.nullText);
    std::string_view size = core::trimmed(field.arraysize);
    if (size.empty() && field.datatype.ends_with("tring")) size = "*";
    if (size.ends_with('*')) {
        coding.variable = true;
        size.remove_suffix(1);
        if (size.ends_with('x')) size.remove_suffix(1);
    }
    std::size_t count = 1;
    for (const std::string& part : core::splitList(size, 'x')) {
        const auto length = core::parseInteger(part);
        if (!length || *length < 0 ||
            __builtin_mul_overflow(count, static_cast<std::size_t>(*length), &count))
            return std::nullopt;
    }
    if (!coding.variable) coding.count = count;
    return coding;
}

} // namespace balmer::io
