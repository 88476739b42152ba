#include "engine/io/votable_cells.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include "engine/core/text_number.h"
#include "engine/io/big_endian.h"
#include "engine/io/file_bytes.h"

namespace balmer::io {
namespace {

using core::Status;
using Type = VotableType;

constexpr double NOT_A_NUMBER = std::numeric_limits<double>::quiet_NaN();

std::optional<double> booleanOf(char letter) {
    switch (letter) {
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

// UTF-8 up to the first NUL; what is none, and control characters that XML could not hold either, as '?'.
std::string fromBytes(std::string_view bytes) {
    bytes = bytes.substr(0, bytes.find('\0'));
    std::string text = printable(bytes); // as long as bytes
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == '\t' || bytes[i] == '\n' || bytes[i] == '\r') text[i] = bytes[i];
    }
    return text;
}

// The first letters of UTF-8 text.
std::string_view firstLetters(std::string_view text, std::size_t count) {
    if (text.size() <= count) return text;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80 && count-- == 0) break;
    }
    return text.substr(0, at);
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

template <typename T>
void appendNumbers(std::vector<double>& to, const char* from, std::size_t count, const Coding& coding) {
    const bool scaled = coding.scale != 1 || coding.zero != 0;
    for (std::size_t i = 0; i < count; ++i) {
        const T raw = bigEndian<T>(from + i * sizeof(T));
        double value = static_cast<double>(raw);
        if constexpr (std::is_integral_v<T>) {
            if (coding.null && static_cast<std::int64_t>(raw) == *coding.null) {
                to.push_back(NOT_A_NUMBER);
                continue;
            }
        }
        if constexpr (std::is_floating_point_v<T>) {
            if (coding.realNull && value == *coding.realNull) value = NOT_A_NUMBER;
        }
        if (scaled) value = value * coding.scale + coding.zero;
        to.push_back(value);
    }
}

} // namespace

RowBlock::RowBlock(std::vector<Coding> codings, std::size_t* budget)
    : codings_(std::move(codings)), columns_(codings_.size()), budget_(budget) {
    for (std::size_t c = 0; c < codings_.size(); ++c) {
        columns_[c].type = codings_[c].type;
        if (codings_[c].isInteger() && (codings_[c].scale != 1 || codings_[c].zero != 0))
            columns_[c].type = Type::Double;
        if (!columns_[c].isText()) columns_[c].offsets.push_back(0);
    }
}

void RowBlock::clear() {
    for (VotableColumn& column : columns_) {
        const auto whole = static_cast<std::ptrdiff_t>(rows_);
        column.nulls.erase(column.nulls.begin(), column.nulls.begin() + whole);
        if (column.isText()) {
            column.texts.erase(column.texts.begin(), column.texts.begin() + whole);
            continue;
        }
        const std::size_t kept = column.offsets[rows_];
        const auto gone = static_cast<std::ptrdiff_t>(kept);
        if (column.type == Type::Long)
            column.integers.erase(column.integers.begin(), column.integers.begin() + gone);
        else
            column.numbers.erase(column.numbers.begin(), column.numbers.begin() + gone);
        column.offsets.erase(column.offsets.begin(), column.offsets.begin() + whole);
        for (std::size_t& offset : column.offsets)
            offset -= kept;
    }
    rows_ = 0;
    if (budget_ != nullptr) *budget_ += spentOnRows_;
    spent_ -= spentOnRows_;
    spentOnRows_ = 0;
}

void RowBlock::endCell(std::size_t c) {
    VotableColumn& column = columns_[c];
    column.offsets.push_back(column.type == Type::Long ? column.integers.size() : column.numbers.size());
}

void RowBlock::addNull(std::size_t c) {
    VotableColumn& column = columns_[c];
    column.nulls.push_back(1);
    if (column.isText())
        column.texts.emplace_back();
    else
        endCell(c);
}

void RowBlock::addText(std::size_t c, std::string text) {
    columns_[c].nulls.push_back(text.empty() ? 1 : 0);
    columns_[c].texts.push_back(std::move(text));
}

Status RowBlock::addTd(std::size_t c, std::string_view text) {
    const Coding& coding = codings_[c];
    BALMER_CHECK(spend(costOf(c)));
    if (coding.isText()) {
        // Without arraysize, one letter, more are more often meant than not.
        if (coding.count > 1) text = firstLetters(text, coding.count);
        BALMER_CHECK(spend(text.size() / 8));
        addText(c, std::string(text));
        return {};
    }
    const std::string_view cell = core::trimmed(text);
    if (cell.empty() || (coding.isInteger() && cell == coding.nullText)) {
        addNull(c);
        return {};
    }
    VotableColumn& column = columns_[c];
    if (coding.isScalar()) {
        if (coding.isInteger()) {
            const auto value = wholeNumber(cell, coding.type);
            if (!value || value == coding.null) {
                addNull(c);
                return {};
            }
            if (coding.type == Type::Long)
                column.integers.push_back(*value);
            else
                column.numbers.push_back(static_cast<double>(*value));
        } else {
            const auto value = coding.type == Type::Boolean || coding.type == Type::Bit
                                   ? booleanOf(cell.front())
                                   : realNumber(cell);
            if (!value || (coding.realNull && *value == *coding.realNull)) {
                addNull(c);
                return {};
            }
            column.numbers.push_back(*value);
        }
        column.nulls.push_back(0);
        endCell(c);
        return {};
    }
    std::size_t at = 0;
    while ((at = cell.find_first_not_of(" \t\r\n,", at)) != std::string_view::npos) {
        const std::size_t end =
            coding.type == Type::Bit ? at + 1 : std::min(cell.find_first_of(" \t\r\n,", at), cell.size());
        const std::string_view element = cell.substr(at, end - at);
        BALMER_CHECK(spend(1));
        if (coding.type == Type::Long) {
            column.integers.push_back(wholeNumber(element, coding.type).value_or(coding.null.value_or(0)));
        } else if (coding.isInteger()) {
            const auto value = wholeNumber(element, coding.type);
            column.numbers.push_back(value && value != coding.null ? static_cast<double>(*value)
                                                                   : NOT_A_NUMBER);
        } else {
            const auto value = coding.type == Type::Boolean || coding.type == Type::Bit
                                   ? booleanOf(element.front())
                                   : realNumber(element);
            column.numbers.push_back(value && value != coding.realNull ? *value : NOT_A_NUMBER);
        }
        at = end;
    }
    column.nulls.push_back(0);
    endCell(c);
    return {};
}

Status RowBlock::addBinary(std::size_t c, std::string_view cell, std::size_t elements, bool flaggedNull) {
    const Coding& coding = codings_[c];
    BALMER_CHECK(spend(costOf(c) + (coding.isText() ? cell.size() / 8 : elements * coding.parts())));
    if (flaggedNull || (elements == 0 && !coding.isText())) {
        addNull(c);
        return {};
    }
    VotableColumn& column = columns_[c];
    const char* at = cell.data();
    const std::size_t numbers = elements * coding.parts();
    bool null = false;
    switch (coding.type) {
    case Type::Char:
        addText(c, fromBytes(cell));
        return {};
    case Type::UnicodeChar:
        addText(c, fromUtf16(cell));
        return {};
    case Type::Boolean:
        for (std::size_t i = 0; i < elements; ++i) {
            const auto truth = booleanOf(at[i]);
            null = null || !truth;
            column.numbers.push_back(truth.value_or(NOT_A_NUMBER));
        }
        break;
    case Type::Bit:
        for (std::size_t i = 0; i < elements; ++i)
            column.numbers.push_back(static_cast<unsigned char>(at[i / 8]) >> (7 - i % 8) & 1);
        break;
    case Type::UnsignedByte:
        appendNumbers<std::uint8_t>(column.numbers, at, numbers, coding);
        break;
    case Type::Short:
        appendNumbers<std::int16_t>(column.numbers, at, numbers, coding);
        break;
    case Type::Int:
        appendNumbers<std::int32_t>(column.numbers, at, numbers, coding);
        break;
    case Type::Long:
        if (column.type != Type::Long) {
            appendNumbers<std::int64_t>(column.numbers, at, numbers, coding);
            break;
        }
        for (std::size_t i = 0; i < elements; ++i)
            column.integers.push_back(bigEndian<std::int64_t>(at + i * 8));
        null = coding.null && column.integers.back() == *coding.null;
        break;
    case Type::Float:
    case Type::FloatComplex:
        appendNumbers<float>(column.numbers, at, numbers, coding);
        break;
    case Type::Double:
    case Type::DoubleComplex:
        appendNumbers<double>(column.numbers, at, numbers, coding);
        break;
    }
    if (coding.isInteger() && column.type != Type::Long) null = std::isnan(column.numbers.back());
    if (coding.realNull && coding.isScalar())
        null =
            *coding.realNull == (coding.type == Type::Float ? bigEndian<float>(at) : bigEndian<double>(at));
    if (null && coding.isScalar()) {
        (column.type == Type::Long ? column.integers.pop_back() : column.numbers.pop_back());
        addNull(c);
        return {};
    }
    column.nulls.push_back(0);
    endCell(c);
    return {};
}

} // namespace balmer::io
