#include "engine/io/votable_row_encoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "engine/core/text_number.h"
#include "engine/core/utf8.h"
#include "engine/io/file_bytes.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using Type = VotableType;

template <typename T>
void appendBigEndian(std::string& out, T value) {
    using Bits = std::conditional_t<
        sizeof(T) == 1, std::uint8_t,
        std::conditional_t<sizeof(T) == 2, std::uint16_t,
                           std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;
    const auto bits = std::bit_cast<Bits>(value);
    for (std::size_t i = sizeof(T); i-- > 0;)
        out += static_cast<char>(static_cast<std::uint64_t>(bits) >> (8 * i) & 0xff);
}

// UTF-16, big-endian, of valid UTF-8.
std::string toUtf16(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        std::uint32_t code = length == 1 ? first : first & (0xffU >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
            code = code << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
        i += length;
        if (code < 0x10000) {
            appendBigEndian(out, static_cast<std::uint16_t>(code));
        } else {
            appendBigEndian(out, static_cast<std::uint16_t>(0xd800 + ((code - 0x10000) >> 10)));
            appendBigEndian(out, static_cast<std::uint16_t>(0xdc00 + ((code - 0x10000) & 0x3ff)));
        }
    }
    return out;
}

std::string textOf(double value, bool narrow) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return narrow ? core::formatFloat(static_cast<float>(value)) : core::formatDouble(value);
}

} // namespace

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool holdsXml(std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
    }
    // U+FFFE and U+FFFF
    return text.find("\xef\xbf\xbe") == std::string_view::npos &&
           text.find("\xef\xbf\xbf") == std::string_view::npos;
}

void appendEscaped(std::string& out, std::string_view text, bool attribute) {
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '\r':
            out += "&#13;";
            break;
        case '"':
            out += attribute ? "&quot;" : "\"";
            break;
        case '\n':
            out += attribute ? "&#10;" : "\n";
            break;
        case '\t':
            out += attribute ? "&#9;" : "\t";
            break;
        default:
            out += c;
        }
    }
}

std::string_view nameOf(Type type) {
    static constexpr std::array<std::string_view, 12> NAMES{
        "boolean", "bit",         "unsignedByte", "short",  "int",          "long",
        "char",    "unicodeChar", "float",        "double", "floatComplex", "doubleComplex"};
    return NAMES[static_cast<std::size_t>(type)];
}

Result<RowColumn> rowColumnOf(const VotableField& field) {
    const std::string& name = field.name.empty() ? field.id : field.name;
    if (core::trimmed(name).empty())
        return fail(ErrorCode::InvalidArgument,
                    "a column or parameter of the VOTable has no name; give it one");
    const auto coding = codingOf(field);
    if (!coding) {
        return fail(ErrorCode::InvalidArgument, "column " + name + " of the VOTable has the datatype \"" +
                                                    field.datatype + "\" with arraysize \"" +
                                                    field.arraysize + "\", which VOTable does not know");
    }
    return RowColumn{*coding, name};
}
RowEncoder::Number RowEncoder::numberOf(double value) {
    Number n{value, 0, false};
    if (std::abs(value) < 9.2e18 && value == std::floor(value)) {
        n.whole = static_cast<std::int64_t>(value);
        n.isWhole = true;
    }
    return n;
}

Status RowEncoder::wrong(const RowColumn& column, const std::string& why) const {
    return fail(ErrorCode::InvalidArgument,
                "row " + std::to_string(rows_ + 1) + ", column " + column.name + ": " + why);
}
Status RowEncoder::append(std::span<const VotableCell> cells, std::string& out) {
    if (cells.size() != columns_.size()) {
        return fail(ErrorCode::InvalidArgument,
                    "row " + std::to_string(rows_ + 1) + " has " + std::to_string(cells.size()) +
                        " cells where the table has " + std::to_string(columns_.size()) + " columns");
    }
    text_ = "<TR>";
    rowBegin_ = binary_.size();
    if (data_ == VotableData::Binary2) binary_.append((columns_.size() + 7) / 8, '\0');
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        const Status status = cell(columns_[c], cells[c], c);
        if (status) continue;
        binary_.resize(rowBegin_);
        return status;
    }
    ++rows_;
    if (data_ == VotableData::Binary2)
        encode(false, out);
    else
        out += text_ + "</TR>\n";
    return {};
}

Status RowEncoder::cell(const RowColumn& column, const VotableCell& value, std::size_t c) {
    if (std::holds_alternative<std::monostate>(value)) {
        nullCell(column, c);
        return {};
    }
    if (column.coding.isText()) {
        const auto* text = std::get_if<std::string_view>(&value);
        if (text == nullptr) return wrong(column, "the column holds text, the cell is a number");
        return textCell(column, *text, c);
    }
    numbers_.clear();
    if (const auto* truth = std::get_if<bool>(&value)) {
        numbers_.push_back(numberOf(std::int64_t{*truth}));
    } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        numbers_.push_back(numberOf(*whole));
    } else if (const auto* real = std::get_if<double>(&value)) {
        numbers_.push_back(numberOf(*real));
    } else if (const auto* reals = std::get_if<std::span<const double>>(&value)) {
        for (const double v : *reals)
            numbers_.push_back(numberOf(v));
    } else if (const auto* wholes = std::get_if<std::span<const std::int64_t>>(&value)) {
        for (const std::int64_t v : *wholes)
            numbers_.push_back(numberOf(v));
    } else {
        return wrong(column, "the column holds numbers, the cell is text");
    }
    return numberCell(column, c);
}
void RowEncoder::nullCell(const RowColumn& column, std::size_t c) {
    const Coding& coding = column.coding;
    if (data_ == VotableData::Binary2) {
        char& flags = binary_[rowBegin_ + c / 8];
        flags = static_cast<char>(static_cast<unsigned char>(flags) | 0x80U >> (c % 8));
        binary_.append(coding.variable ? 4 : coding.bytesOf(coding.count).value_or(0), '\0');
        return;
    }
    // votlint wants all the elements of an array of fixed size.
    const bool filled = !coding.variable && !coding.isText() && !coding.isScalar();
    const std::string element = coding.null                     ? std::to_string(*coding.null)
                                : coding.type == Type::Boolean  ? "?"
                                : coding.isInteger() || !filled ? ""
                                : coding.type == Type::Bit      ? ""
                                                                : "NaN";
    text_ += "<TD>";
    if (!element.empty() && (filled || coding.isScalar())) {
        for (std::size_t i = 0; i < (filled ? coding.count * coding.parts() : 1); ++i)
            text_ += (i > 0 ? " " : "") + element;
    }
    text_ += "</TD>";
}

Status RowEncoder::textCell(const RowColumn& column, std::string_view text, std::size_t c) {
    if (!core::isUtf8(text)) return wrong(column, "the text is not UTF-8");
    if (!holdsXml(text)) return wrong(column, "the text holds a control character, which XML cannot");
    if (text.empty() && data_ == VotableData::Binary2) {
        nullCell(column, c);
        return {};
    }
    const bool wide = column.coding.type == Type::UnicodeChar;
    if (!wide && data_ == VotableData::Binary2 && !isAscii(text))
        return wrong(column, "char holds only ASCII; give the column the datatype unicodeChar");
    const std::string units = wide ? toUtf16(text) : std::string();
    // char counts bytes in BINARY2; in TABLEDATA letters are taken for it, as by who reads.
    const auto letters = static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char l) { return (static_cast<unsigned char>(l) & 0xc0) != 0x80; }));
    const std::size_t count = wide                              ? units.size() / 2
                              : data_ == VotableData::TableData ? letters
                                                                : text.size();
    if ((!column.coding.variable && count > column.coding.count))
        return wrong(column, "the text is longer than the column's arraysize");
    if (data_ == VotableData::TableData) {
        text_ += "<TD>";
        appendEscaped(text_, text, false);
        text_ += "</TD>";
        return {};
    }
    if (column.coding.variable) appendBigEndian(binary_, static_cast<std::uint32_t>(count));
    binary_ += wide ? std::string_view(units) : text;
    if (!column.coding.variable) binary_.append((column.coding.count - count) * (wide ? 2 : 1), '\0');
    return {};
}
Status RowEncoder::numberCell(const RowColumn& column, std::size_t c) {
    const Coding& coding = column.coding;
    if (numbers_.size() % coding.parts() != 0) return wrong(column, "complex numbers are pairs");
    const std::size_t elements = numbers_.size() / coding.parts();
    if (!coding.variable && elements != coding.count) {
        return wrong(column, "the cell has " + std::to_string(elements) + " elements where the column has " +
                                 std::to_string(coding.count));
    }
    if (elements > std::numeric_limits<std::int32_t>::max())
        return wrong(column, "the cell has more elements than VOTable can count");
    const bool table = data_ == VotableData::TableData;
    if (elements == 0) {
        nullCell(column, c);
        return {};
    }
    if (table)
        text_ += "<TD>";
    else if (coding.variable)
        appendBigEndian(binary_, static_cast<std::uint32_t>(elements));
    unsigned bits = 0;
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
        Number n = numbers_[i];
        if (coding.isInteger()) {
            // An element without value, in an array, is what stands for null.
            if (std::isnan(n.real) && coding.null && !coding.isScalar())
                n = numberOf(*coding.null);
            else if (coding.null && n.isWhole && n.whole == *coding.null && coding.isScalar())
                return wrong(column, "the value " + std::to_string(n.whole) + " stands for null there");
            const auto [least, greatest] = rangeOf(coding.type);
            if (!n.isWhole || n.whole < least || n.whole > greatest) {
                return wrong(column, "the value " + core::formatDouble(n.real) + " is none of the datatype " +
                                         std::string(nameOf(coding.type)));
            }
        } else if ((coding.type == Type::Boolean && !std::isnan(n.real)) || coding.type == Type::Bit) {
            if (n.real != 0 && n.real != 1)
                return wrong(column, "the value " + core::formatDouble(n.real) + " is neither 0 nor 1");
        }
        if (table) {
            if (i > 0) text_ += ' ';
            appendText(coding, n);
        } else if (coding.type == Type::Bit) {
            bits = bits << 1 | (n.real != 0 ? 1U : 0U);
            if (i % 8 == 7 || i + 1 == numbers_.size()) {
                binary_ += static_cast<char>(bits << (7 - i % 8));
                bits = 0;
            }
        } else {
            appendBinary(coding, n);
        }
    }
    if (table) text_ += "</TD>";
    return {};
}
void RowEncoder::appendText(const Coding& coding, const Number& n) {
    switch (coding.type) {
    case Type::Boolean:
        text_ += std::isnan(n.real) ? "?" : n.real != 0 ? "T" : "F";
        break;
    case Type::Bit:
        text_ += n.real != 0 ? '1' : '0';
        break;
    case Type::Float:
    case Type::FloatComplex:
        text_ += textOf(n.real, true);
        break;
    case Type::Double:
    case Type::DoubleComplex:
        text_ += textOf(n.real, false);
        break;
    default:
        text_ += std::to_string(n.whole);
    }
}
void RowEncoder::appendBinary(const Coding& coding, const Number& n) {
    switch (coding.type) {
    case Type::Boolean:
        binary_ += std::isnan(n.real) ? '?' : n.real != 0 ? 'T' : 'F';
        break;
    case Type::UnsignedByte:
        appendBigEndian(binary_, static_cast<std::uint8_t>(n.whole));
        break;
    case Type::Short:
        appendBigEndian(binary_, static_cast<std::int16_t>(n.whole));
        break;
    case Type::Int:
        appendBigEndian(binary_, static_cast<std::int32_t>(n.whole));
        break;
    case Type::Long:
        appendBigEndian(binary_, n.whole);
        break;
    case Type::Float:
    case Type::FloatComplex:
        appendBigEndian(binary_, static_cast<float>(n.real));
        break;
    default:
        appendBigEndian(binary_, n.real);
    }
}
// Whole lines of 48 bytes, which are 64 characters; the rest when it is the last.
void RowEncoder::encode(bool last, std::string& out) {
    static constexpr std::string_view ALPHABET =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::size_t at = 0;
    while (binary_.size() - at >= 48 || (last && at < binary_.size())) {
        const std::size_t end = std::min(at + 48, binary_.size());
        for (; at < end; at += 3) {
            std::uint32_t bits = 0;
            const std::size_t have = std::min<std::size_t>(3, end - at);
            for (std::size_t i = 0; i < 3; ++i)
                bits = bits << 8 | (i < have ? static_cast<unsigned char>(binary_[at + i]) : 0U);
            for (std::size_t i = 0; i < 4; ++i)
                out += i <= have ? ALPHABET[bits >> (18 - 6 * i) & 63] : '=';
        }
        at = end;
        out += '\n';
    }
    binary_.erase(0, at);
}

} // namespace balmer::io
