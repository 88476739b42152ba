#include "engine/io/votable_cells.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"
#include "engine/io/fits_file.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using Type = VotableType;

constexpr double NOT_A_NUMBER = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t PIECE = 65536;

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

// Decimal, or the bits of the type as 0x… . Nothing beyond the type's range.
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

std::optional<Coding> codingOfFits(const FitsColumn& column, const std::string& nullText) {
    struct Entry {
        char letter;
        Type type;
    };
    static constexpr std::array ENTRIES{
        Entry{'L', Type::Boolean},      Entry{'X', Type::Bit},          Entry{'B', Type::UnsignedByte},
        Entry{'I', Type::Short},        Entry{'J', Type::Int},          Entry{'K', Type::Long},
        Entry{'A', Type::Char},         Entry{'E', Type::Float},        Entry{'D', Type::Double},
        Entry{'C', Type::FloatComplex}, Entry{'M', Type::DoubleComplex}};
    const auto* found = std::find_if(ENTRIES.begin(), ENTRIES.end(),
                                     [&](const Entry& entry) { return entry.letter == column.type; });
    if (found == ENTRIES.end()) return std::nullopt;
    Coding coding;
    coding.type = found->type;
    coding.count = column.repeat;
    coding.scale = column.scale;
    coding.zero = column.zero;
    if (coding.isInteger()) {
        coding.null = column.null;
        if (!coding.null && !nullText.empty()) coding.null = wholeNumber(nullText, coding.type);
    }
    return coding;
}

} // namespace

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
    // The last three are no VOTable, but written by some.
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

bool Base64Decoder::feed(std::string_view text, std::string& out) {
    static constexpr auto DIGITS = [] {
        std::array<std::int8_t, 256> digits{};
        digits.fill(-1);
        constexpr std::string_view ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (std::size_t i = 0; i < ALPHABET.size(); ++i)
            digits[static_cast<unsigned char>(ALPHABET[i])] = static_cast<std::int8_t>(i);
        for (const char c : {' ', '\t', '\r', '\n'})
            digits[static_cast<unsigned char>(c)] = -2;
        return digits;
    }();
    for (const char c : text) {
        const int digit = DIGITS[static_cast<unsigned char>(c)];
        if (digit == -2) continue;
        if (c == '=') {
            padded_ = true;
            continue;
        }
        if (digit < 0 || padded_) return false;
        bits_ = bits_ << 6 | static_cast<std::uint32_t>(digit);
        have_ += 6;
        if (have_ >= 8) {
            have_ -= 8;
            out += static_cast<char>(bits_ >> have_ & 0xff);
        }
    }
    return true;
}

StreamRows::StreamRows(Kind kind, bool gzip, std::size_t extension, const VotableLimits& limits)
    : kind_(kind), extension_(extension), limits_(limits) {
    if (gzip && kind != Kind::Fits) inflater_.emplace();
}

Status StreamRows::feed(std::string_view bytes, RowBlock& block) {
    if (!inflater_) return plain(bytes, block);
    std::string piece(PIECE, '\0');
    auto in = asBytes(bytes);
    while (true) {
        BALMER_TRY(const Inflater::Step step,
                   inflater_->step(in, std::as_writable_bytes(std::span(piece.data(), piece.size()))));
        in = in.subspan(step.taken);
        BALMER_CHECK(plain(std::string_view(piece).substr(0, step.given), block));
        if (step.given < piece.size() && in.empty()) return {};
    }
}

Status StreamRows::plain(std::string_view bytes, RowBlock& block) {
    if (kind_ == Kind::Fits) {
        if (bytes.size() > limits_.fitsBytes - std::min(held_.size(), limits_.fitsBytes)) {
            return fail(ErrorCode::ResourceExhausted, "the FITS table in the VOTable is larger than " +
                                                          std::to_string(limits_.fitsBytes >> 20) +
                                                          " MiB, which is the limit");
        }
        held_ += bytes;
        return {};
    }
    held_ += bytes;
    return decodeRows(block);
}

// The bytes of the row at the beginning of data, as far as its counts are there: more than data.size() where
// they are not, or where the row is not.
Result<std::size_t> StreamRows::rowBytes(std::string_view data, const RowBlock& block) const {
    const std::vector<Coding>& codings = block.codings();
    std::size_t at = kind_ == Kind::Binary2 ? (codings.size() + 7) / 8 : 0;
    for (const Coding& coding : codings) {
        std::size_t count = coding.count;
        if (coding.variable) {
            if (data.size() < at + 4) return at + 4;
            count = bigEndian<std::uint32_t>(data.data() + at);
            at += 4;
        }
        const auto bytes = coding.bytesOf(count);
        if (!bytes || *bytes > limits_.rowBytes || at > limits_.rowBytes - *bytes) {
            return fail(ErrorCode::ResourceExhausted,
                        "a row of the VOTable's binary data states that it is longer than " +
                            std::to_string(limits_.rowBytes >> 20) +
                            " MiB, which is the limit; the data are damaged or do not fit the fields");
        }
        at += *bytes;
        if (at > data.size() && &coding != &codings.back()) return at + 1;
    }
    if (at == 0)
        return fail(ErrorCode::Format, "the columns of the VOTable take no space in its binary data");
    return at;
}

Status StreamRows::decodeRows(RowBlock& block) {
    const std::vector<Coding>& codings = block.codings();
    std::string_view data = held_;
    if (codings.empty()) data = {};
    while (!data.empty()) {
        BALMER_TRY(const std::size_t size, rowBytes(data, block));
        if (size > data.size()) break;
        const std::string_view flags = data;
        std::size_t at = kind_ == Kind::Binary2 ? (codings.size() + 7) / 8 : 0;
        for (std::size_t c = 0; c < codings.size(); ++c) {
            std::size_t count = codings[c].count;
            if (codings[c].variable) {
                count = bigEndian<std::uint32_t>(data.data() + at);
                at += 4;
            }
            const std::size_t bytes = *codings[c].bytesOf(count);
            const bool null =
                kind_ == Kind::Binary2 && (static_cast<unsigned char>(flags[c / 8]) >> (7 - c % 8) & 1) != 0;
            BALMER_CHECK(block.addBinary(c, data.substr(at, bytes), count, null));
            at += bytes;
        }
        block.endRow();
        data.remove_prefix(size);
    }
    held_.erase(0, held_.size() - data.size());
    return {};
}

Status StreamRows::finish(RowBlock& block) {
    if (inflater_) BALMER_CHECK(inflater_->finish());
    if (kind_ == Kind::Fits) return decodeFits(block);
    if (!held_.empty()) return fail(ErrorCode::Format, "the binary data of the VOTable end within a row");
    return {};
}

Status StreamRows::decodeFits(RowBlock& block) {
    if (block.codings().empty()) return {};
    if (isGzip(asBytes(held_))) {
        BALMER_TRY(held_, gunzip(asBytes(held_), limits_.fitsBytes));
    }
    BALMER_TRY(const FitsFile file, FitsFile::parse(asBytes(held_)));
    const FitsHdu* table = nullptr;
    for (std::size_t i = 1; i < file.hdus().size() && table == nullptr; ++i) {
        if (file.hdus()[i].kind() == FitsHdu::Kind::Table && (extension_ == 0 || extension_ == i))
            table = &file.hdus()[i];
    }
    if (table == nullptr) {
        return fail(ErrorCode::Unsupported,
                    "the FITS data hold no binary table" +
                        (extension_ == 0 ? std::string() : " as extension " + std::to_string(extension_)) +
                        (file.warning().empty() ? "" : ", " + file.warning()));
    }
    if (table->columns().size() != block.codings().size()) {
        return fail(ErrorCode::Unsupported, "the FITS table has " + std::to_string(table->columns().size()) +
                                                " columns where the VOTable describes " +
                                                std::to_string(block.codings().size()));
    }
    if (!table->complete()) return fail(ErrorCode::Format, "the FITS table is cut off; get the file again");
    std::vector<Coding> codings;
    for (const FitsColumn& column : table->columns()) {
        const auto coding = codingOfFits(column, block.codings()[codings.size()].nullText);
        if (!coding) {
            return fail(ErrorCode::Unsupported, "column " + column.name + " of the FITS table has the type " +
                                                    column.type + ", which is not read");
        }
        codings.push_back(*coding);
    }
    block = RowBlock(std::move(codings), block.budget());
    for (std::size_t r = 0; r < table->rows(); ++r) {
        for (std::size_t c = 0; c < table->columns().size(); ++c) {
            std::string_view cell = asText(table->cell(table->columns()[c], r));
            if (table->columns()[c].type == 'A')
                cell = cell.substr(0, cell.find_last_not_of(std::string_view(" \0", 2)) + 1);
            BALMER_CHECK(block.addBinary(c, cell, table->columns()[c].repeat, false));
        }
        block.endRow();
    }
    held_.clear();
    return {};
}

} // namespace balmer::io
