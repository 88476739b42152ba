#include "engine/io/votable_cells.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using core::Status;

std::optional<double> parseNumber(std::string_view text, const Coding& coding) {
    if (coding.type == Coding::Type::Boolean) {
        if (text.empty()) return std::nullopt;
        switch (text.front()) {
        case 'T':
        case 't':
        case '1':
            return 1;
        case 'F':
        case 'f':
        case '0':
            return 0;
        default:
            return std::nullopt;
        }
    }
    if (coding.isInteger() && (text.starts_with("0x") || text.starts_with("0X"))) {
        double value = 0;
        if (text.size() == 2 || text.size() > 18) return std::nullopt;
        for (const char c : text.substr(2)) {
            const int digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0) return std::nullopt;
            value = value * 16 + digit;
        }
        return value;
    }
    return core::parseDouble(text);
}

template <typename T>
T bigEndian(const char* at) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        bits = bits << 8 | static_cast<unsigned char>(at[i]);
    if constexpr (sizeof(T) == 1)
        return static_cast<T>(bits);
    else if constexpr (sizeof(T) == 2)
        return std::bit_cast<T>(static_cast<std::uint16_t>(bits));
    else if constexpr (sizeof(T) == 4)
        return std::bit_cast<T>(static_cast<std::uint32_t>(bits));
    else
        return std::bit_cast<T>(bits);
}

void appendUtf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | code >> 18);
        out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
        out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

// Big-endian UTF-16 up to the first NUL.
std::string fromUtf16(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        std::uint32_t code = bigEndian<std::uint16_t>(bytes.data() + i);
        if (code == 0) break;
        if (code >= 0xd800 && code < 0xdc00 && i + 3 < bytes.size()) {
            const std::uint32_t low = bigEndian<std::uint16_t>(bytes.data() + i + 2);
            if (low >= 0xdc00 && low < 0xe000) {
                code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        appendUtf8(out, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
    }
    return out;
}

} // namespace

std::optional<Coding> codingOf(const VotableField& field) {
    struct Entry {
        std::string_view name;
        Coding::Type type;
        std::size_t parts;
    };
    using Type = Coding::Type;
    static constexpr Entry TYPES[] = {
        {"boolean", Type::Boolean, 1},
        {"bit", Type::Bit, 1},
        {"unsignedByte", Type::Byte, 1},
        {"short", Type::Short, 1},
        {"int", Type::Int, 1},
        {"long", Type::Long, 1},
        {"char", Type::Char, 1},
        {"unicodeChar", Type::UnicodeChar, 1},
        {"float", Type::Float, 1},
        {"double", Type::Double, 1},
        {"floatComplex", Type::Float, 2},
        {"doubleComplex", Type::Double, 2},
        {"string", Type::Char, 1},
        {"", Type::Char, 1},
    };
    const auto* found = std::find_if(std::begin(TYPES), std::end(TYPES),
                                     [&](const Entry& e) { return e.name == field.datatype; });
    if (found == std::end(TYPES)) return std::nullopt;
    Coding coding;
    coding.type = found->type;
    coding.parts = found->parts;
    coding.nullText = field.nullText;
    if (coding.isInteger()) coding.null = core::parseDouble(field.nullText);
    std::string_view size = core::trimmed(field.arraysize);
    if (size.ends_with('*')) {
        coding.variable = true;
        size.remove_suffix(1);
        // "n*" bounds the one dimension, which the count before the cell states; "axb*" fixes all but the
        // last.
        const std::size_t last = size.rfind('x');
        size = last == std::string_view::npos ? std::string_view{} : size.substr(0, last);
    }
    for (const std::string& part : core::splitList(size, 'x')) {
        const auto length = core::parseInteger(part);
        if (!length || *length < 0 ||
            __builtin_mul_overflow(coding.count, static_cast<std::size_t>(*length), &coding.count))
            return std::nullopt;
    }
    return coding;
}

Status CellSink::addTd(std::size_t c, std::string text) {
    const Coding& coding = codings_[c];
    BALMER_CHECK(spend(1));
    if (coding.isText()) {
        if (text.empty()) {
            addNull(c);
        } else {
            addText(c, std::move(text));
        }
        return {};
    }
    const std::string_view cell = core::trimmed(text);
    if (cell.empty() ||
        (!coding.nullText.empty() && coding.isInteger() && cell == core::trimmed(coding.nullText))) {
        addNull(c);
        return {};
    }
    VotableColumn& column = table_.columns[c];
    const std::size_t before = column.numbers.size();
    const bool scalar = coding.count == 1 && !coding.variable && coding.parts == 1;
    std::size_t at = 0;
    while (at < cell.size()) {
        std::size_t begin = cell.find_first_not_of(" \t\r\n,", at);
        if (begin == std::string_view::npos) break;
        std::size_t end = coding.type == Coding::Type::Bit
                              ? begin + 1
                              : std::min(cell.find_first_of(" \t\r\n,", begin), cell.size());
        if (scalar) end = cell.size();
        BALMER_CHECK(spend(1));
        const auto value = parseNumber(cell.substr(begin, end - begin), coding);
        if (!value && scalar) {
            addNull(c);
            return {};
        }
        column.numbers.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
        at = end;
    }
    if (coding.null && scalar && column.numbers.size() == before + 1 &&
        column.numbers.back() == *coding.null) {
        column.numbers.pop_back();
        addNull(c);
        return {};
    }
    addNumbers(c, std::string(cell));
    return {};
}

std::optional<std::string> fromBase64(std::string_view text) {
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int have = 0;
    for (const char c : text) {
        int digit = -1;
        if (c >= 'A' && c <= 'Z')
            digit = c - 'A';
        else if (c >= 'a' && c <= 'z')
            digit = c - 'a' + 26;
        else if (c >= '0' && c <= '9')
            digit = c - '0' + 52;
        else if (c == '+')
            digit = 62;
        else if (c == '/')
            digit = 63;
        else if (c == '=')
            break;
        else if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
            continue;
        else
            return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out += static_cast<char>(bits >> have & 0xff);
        }
    }
    return out;
}

Status readBinary(CellSink& sink, std::string_view data, bool flags, std::size_t& rows) {
    const std::vector<Coding>& codings = sink.codings();
    const std::size_t flagBytes = flags ? (codings.size() + 7) / 8 : 0;
    const auto short_ = [] {
        return fail(ErrorCode::Format, "the binary data of the VOTable end within a row");
    };
    while (!data.empty()) {
        const std::size_t before = data.size();
        if (data.size() < flagBytes) return short_();
        const std::string_view nulls = data.substr(0, flagBytes);
        data.remove_prefix(flagBytes);
        for (std::size_t c = 0; c < codings.size(); ++c) {
            const Coding& coding = codings[c];
            std::size_t count = coding.count;
            if (coding.variable) {
                if (data.size() < 4) return short_();
                const auto stated = bigEndian<std::uint32_t>(data.data());
                data.remove_prefix(4);
                if (__builtin_mul_overflow(count, static_cast<std::size_t>(stated), &count)) return short_();
            }
            std::size_t bytes = 0;
            if (coding.type == Coding::Type::Bit) {
                bytes = count / 8 + (count % 8 != 0);
            } else if (__builtin_mul_overflow(count, coding.parts * coding.bytes(), &bytes)) {
                return short_();
            }
            if (bytes > data.size()) return short_();
            const std::string_view cell = data.substr(0, bytes);
            data.remove_prefix(bytes);
            BALMER_CHECK(sink.spend(1 + (coding.isText() ? 0 : count * coding.parts)));
            if (flags && (static_cast<unsigned char>(nulls[c / 8]) >> (7 - c % 8) & 1) != 0) {
                sink.addNull(c);
                continue;
            }
            if (coding.isText()) {
                std::string text = coding.type == Coding::Type::Char
                                       ? printable(cell.substr(0, cell.find('\0')))
                                       : fromUtf16(cell);
                if (text.empty())
                    sink.addNull(c);
                else
                    sink.addText(c, std::move(text));
                continue;
            }
            std::vector<double>& numbers = sink.column(c).numbers;
            std::string longText;
            bool null = false;
            for (std::size_t i = 0; i < count * coding.parts; ++i) {
                const char* at = cell.data() + i * coding.bytes();
                double value = 0;
                switch (coding.type) {
                case Coding::Type::Bit:
                    value = static_cast<unsigned char>(cell[i / 8]) >> (7 - i % 8) & 1;
                    break;
                case Coding::Type::Boolean: {
                    const auto truth = parseNumber(std::string_view(at, 1), coding);
                    null = null || !truth;
                    value = truth.value_or(std::numeric_limits<double>::quiet_NaN());
                    break;
                }
                case Coding::Type::Byte:
                    value = bigEndian<std::uint8_t>(at);
                    break;
                case Coding::Type::Short:
                    value = bigEndian<std::int16_t>(at);
                    break;
                case Coding::Type::Int:
                    value = bigEndian<std::int32_t>(at);
                    break;
                case Coding::Type::Long: {
                    const auto whole = bigEndian<std::int64_t>(at);
                    value = static_cast<double>(whole);
                    longText += (longText.empty() ? "" : " ") + std::to_string(whole);
                    break;
                }
                case Coding::Type::Float:
                    value = bigEndian<float>(at);
                    break;
                default:
                    value = bigEndian<double>(at);
                    break;
                }
                numbers.push_back(value);
            }
            const bool scalar = count == 1 && coding.parts == 1 && !coding.variable;
            if (count == 0 || (scalar && (null || (coding.null && numbers.back() == *coding.null)))) {
                numbers.resize(numbers.size() - count * coding.parts);
                sink.addNull(c);
            } else {
                sink.addNumbers(c, std::move(longText));
            }
        }
        ++rows;
        if (data.size() == before)
            return fail(ErrorCode::Format, "the columns of the VOTable take no space in its binary data");
    }
    return {};
}

} // namespace balmer::io
