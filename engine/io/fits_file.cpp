#include "engine/io/fits_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/core/text_number.h"
#include "engine/io/big_endian.h"
#include "engine/io/file_bytes.h"
#include "engine/io/plain_number.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using spectrum::HeaderCard;

constexpr std::size_t BLOCK = 2880, CARD = 80, LARGEST_HEADER_BLOCKS = 4096, MOST_UNITS = 2000,
                      MOST_COLUMNS = 999;

std::string_view trimmedRight(std::string_view text) {
    const std::size_t end = text.find_last_not_of(' ');
    return end == std::string_view::npos ? std::string_view{} : text.substr(0, end + 1);
}

// Most cards are plain ASCII; only the others need a second look.
std::string clean(std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
    return plain ? std::string(text) : printable(text);
}

struct ParsedCard {
    HeaderCard card;
    bool isString = false;
};

// "value / comment" of a card: quoted text with doubled quotes inside, or anything up to the slash.
void parseValue(std::string_view field, ParsedCard& parsed) {
    const std::string_view text = core::trimmed(field);
    if (text.starts_with('\'')) {
        parsed.isString = true;
        std::string value;
        std::size_t i = 1;
        for (; i < text.size(); ++i) {
            if (text[i] != '\'') {
                value += text[i];
            } else if (i + 1 < text.size() && text[i + 1] == '\'') {
                value += '\'';
                ++i;
            } else {
                break;
            }
        }
        parsed.card.value = clean(trimmedRight(value));
        const std::size_t slash = text.find('/', std::min(i, text.size()));
        if (slash != std::string_view::npos)
            parsed.card.comment = clean(core::trimmed(text.substr(slash + 1)));
        return;
    }
    const std::size_t slash = text.find('/');
    parsed.card.value = clean(core::trimmed(text.substr(0, slash)));
    if (slash != std::string_view::npos) parsed.card.comment = clean(core::trimmed(text.substr(slash + 1)));
}

ParsedCard parseCard(std::string_view line) {
    ParsedCard parsed;
    const std::string_view key = trimmedRight(line.substr(0, 8));
    if (key == "HIERARCH") {
        const std::size_t equals = line.find('=');
        if (equals != std::string_view::npos) {
            parsed.card.key = clean(core::trimmed(line.substr(8, equals - 8)));
            parseValue(line.substr(equals + 1), parsed);
            return parsed;
        }
    }
    parsed.card.key = clean(key);
    if (line.substr(8, 2) == "= " || (line.size() > 8 && line[8] == '=')) {
        parseValue(line.substr(9), parsed);
    } else {
        parsed.card.value = clean(trimmedRight(line.substr(8)));
    }
    return parsed;
}

// The number of bytes of the data unit, or nothing when the product does not fit.
std::optional<std::size_t> product(std::size_t a, std::size_t b) {
    std::size_t result = 0;
    if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
    return result;
}

/// The integers of a cell with blanks between, exactly: of 64 bits, with a sign or (by TZERO) without.
/// Nothing for columns of other numbers.
std::optional<std::string> wholeNumbers(const FitsColumn& column, const std::byte* from) {
    constexpr double largestZero = 9223372036854775808.0; // TZERO of unsigned numbers of 64 bits
    if (column.scale != 1 || column.zero != std::floor(column.zero) || std::abs(column.zero) > largestZero)
        return std::nullopt;
    std::string text;
    for (std::size_t i = 0; i < column.repeat; ++i) {
        std::int64_t raw = 0;
        switch (column.type) {
        case 'B':
            raw = bigEndian<std::uint8_t>(from + i);
            break;
        case 'I':
            raw = bigEndian<std::int16_t>(from + 2 * i);
            break;
        case 'J':
            raw = bigEndian<std::int32_t>(from + 4 * i);
            break;
        case 'K':
            raw = bigEndian<std::int64_t>(from + 8 * i);
            break;
        default:
            return std::nullopt;
        }
        if (i > 0) text += ' ';
        if (raw == column.null) continue;
        // Two's complement: adding 2^63 turns the highest bit, whatever the sign.
        const bool isUnsigned = column.type == 'K' && column.zero == largestZero;
        const auto bits = static_cast<std::uint64_t>(raw) ^ (std::uint64_t{1} << 63);
        std::int64_t sum = 0;
        if (isUnsigned)
            text += std::to_string(bits);
        else if (column.zero == largestZero ||
                 __builtin_add_overflow(raw, static_cast<std::int64_t>(column.zero), &sum))
            return std::nullopt;
        else
            text += std::to_string(sum);
    }
    return text;
}

template <typename T, typename Out>
void decode(const std::byte* from, std::size_t count, double scale, double zero,
            std::optional<std::int64_t> null, Out* to) {
    const bool scaled = scale != 1 || zero != 0;
    for (std::size_t i = 0; i < count; ++i) {
        const T raw = bigEndian<T>(from + i * sizeof(T));
        if constexpr (std::is_integral_v<T>) {
            if (null && static_cast<std::int64_t>(raw) == *null) {
                to[i] = std::numeric_limits<Out>::quiet_NaN();
                continue;
            }
        }
        to[i] = scaled ? static_cast<Out>(static_cast<double>(raw) * scale + zero) : static_cast<Out>(raw);
    }
}

std::size_t typeBytes(char type) {
    switch (type) {
    case 'L':
    case 'B':
    case 'A':
        return 1;
    case 'I':
        return 2;
    case 'J':
    case 'E':
        return 4;
    case 'K':
    case 'D':
    case 'C':
    case 'P':
        return 8;
    case 'M':
    case 'Q':
        return 16;
    default:
        return 0;
    }
}

} // namespace

bool FitsColumn::isNumber() const {
    return std::string_view("LBIJKED").find(type) != std::string_view::npos;
}

std::optional<std::string_view> FitsHdu::text(std::string_view key) const {
    for (const HeaderCard& card : cards_) {
        if (card.key == key)
            return card.value.empty() ? std::nullopt : std::optional<std::string_view>(card.value);
    }
    return std::nullopt;
}

std::string FitsHdu::textOr(std::string_view key, std::string_view otherwise) const {
    return std::string(core::trimmed(text(key).value_or(otherwise)));
}

std::string FitsHdu::comment(std::string_view key) const {
    for (const HeaderCard& card : cards_) {
        if (card.key == key) return card.comment;
    }
    return {};
}

std::optional<double> FitsHdu::number(std::string_view key) const {
    const auto value = text(key);
    if (!value) return std::nullopt;
    std::optional<double> parsed = core::parseDouble(*value);
    if (!parsed && value->find_first_of("Dd") != std::string_view::npos) { // Fortran's 1.5D3
        std::string other(*value);
        std::replace_if(
            other.begin(), other.end(), [](char c) { return c == 'D' || c == 'd'; }, 'E');
        parsed = core::parseDouble(other);
    }
    return parsed && std::isfinite(*parsed) ? parsed : std::nullopt;
}

std::optional<std::int64_t> FitsHdu::integer(std::string_view key) const {
    const auto value = text(key);
    if (!value) return std::nullopt;
    if (const auto exact = core::parseInteger(*value)) return exact;
    const auto real = number(key);
    if (!real || std::abs(*real) > 9e15 || *real != std::floor(*real)) return std::nullopt;
    return static_cast<std::int64_t>(*real);
}

std::optional<bool> FitsHdu::logical(std::string_view key) const {
    const auto value = text(key);
    if (!value || (*value != "T" && *value != "F")) return std::nullopt;
    return *value == "T";
}

const FitsColumn* FitsHdu::column(std::string_view name) const {
    const std::string wanted = core::lowerCase(name);
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const FitsColumn& c) { return core::lowerCase(c.name) == wanted; });
    return found == columns_.end() ? nullptr : &*found;
}

core::Result<std::vector<double>> FitsHdu::pixels(std::size_t first, std::size_t count) const {
    const std::size_t width = static_cast<std::size_t>(std::abs(bitpix_)) / 8;
    if (first > data_.size() / width || count > data_.size() / width - first) {
        return fail(ErrorCode::Format, "the file ends before its image does; it was not copied whole");
    }
    const double scale = number("BSCALE").value_or(1), zero = number("BZERO").value_or(0);
    std::optional<std::int64_t> blank;
    if (bitpix_ > 0) blank = integer("BLANK");
    std::vector<double> values(count);
    const std::byte* from = data_.data() + first * width;
    switch (bitpix_) {
    case 8:
        decode<std::uint8_t>(from, count, scale, zero, blank, values.data());
        break;
    case 16:
        decode<std::int16_t>(from, count, scale, zero, blank, values.data());
        break;
    case 32:
        decode<std::int32_t>(from, count, scale, zero, blank, values.data());
        break;
    case 64:
        decode<std::int64_t>(from, count, scale, zero, blank, values.data());
        break;
    case -32:
        decode<float>(from, count, scale, zero, blank, values.data());
        break;
    default:
        decode<double>(from, count, scale, zero, blank, values.data());
        break;
    }
    return values;
}

core::Result<std::vector<double>> FitsHdu::numbers(const FitsColumn& column, std::size_t firstRow,
                                                   std::size_t rowCount) const {
    if (!column.isNumber()) {
        return fail(ErrorCode::Format,
                    "column " + column.name + " holds no plain numbers (TFORM " + column.type + ")");
    }
    const std::size_t rowBytes = axes_[0], width = typeBytes(column.type);
    const std::size_t rowsInFile = rowBytes == 0 ? 0 : data_.size() / rowBytes;
    if (firstRow > rowsInFile || rowCount > rowsInFile - firstRow) {
        return fail(ErrorCode::Format, "the file ends before its table does; it was not copied whole");
    }
    std::vector<double> values(rowCount * column.repeat);
    for (std::size_t r = 0; r < rowCount; ++r) {
        const std::byte* from = data_.data() + (firstRow + r) * rowBytes + column.offset;
        double* to = values.data() + r * column.repeat;
        switch (column.type) {
        case 'B':
            decode<std::uint8_t>(from, column.repeat, column.scale, column.zero, column.null, to);
            break;
        case 'I':
            decode<std::int16_t>(from, column.repeat, column.scale, column.zero, column.null, to);
            break;
        case 'J':
            decode<std::int32_t>(from, column.repeat, column.scale, column.zero, column.null, to);
            break;
        case 'K':
            decode<std::int64_t>(from, column.repeat, column.scale, column.zero, column.null, to);
            break;
        case 'E':
            decode<float>(from, column.repeat, column.scale, column.zero, {}, to);
            break;
        case 'D':
            decode<double>(from, column.repeat, column.scale, column.zero, {}, to);
            break;
        default:
            for (std::size_t i = 0; i < column.repeat; ++i)
                to[i] = from[i * width] == std::byte{'T'} ? 1 : 0;
        }
    }
    return values;
}

std::span<const std::byte> FitsHdu::cell(const FitsColumn& column, std::size_t row) const {
    const std::size_t rowBytes = axes_[0];
    if (rowBytes == 0 || row >= data_.size() / rowBytes) return {};
    const std::size_t bytes =
        column.type == 'X' ? (column.repeat + 7) / 8 : column.repeat * typeBytes(column.type);
    return data_.subspan(row * rowBytes + column.offset, bytes);
}

std::string FitsHdu::cellText(const FitsColumn& column, std::size_t row) const {
    const std::size_t rowBytes = axes_[0];
    if (rowBytes == 0 || row >= data_.size() / rowBytes) return {};
    if (column.type == 'A') {
        std::string_view cell = asText(data_.subspan(row * rowBytes + column.offset, column.repeat));
        cell = cell.substr(0, cell.find('\0'));
        return clean(core::trimmed(cell));
    }
    if (!column.isNumber() || column.repeat > 32) return {};
    if (const auto whole = wholeNumbers(column, data_.data() + row * rowBytes + column.offset)) return *whole;
    const auto values = numbers(column, row, 1);
    std::string text;
    for (const double value : values ? *values : std::vector<double>{}) {
        if (!text.empty()) text += ' ';
        text += column.type == 'E' ? core::formatFloat(static_cast<float>(value)) : plainNumber(value);
    }
    return text;
}

core::Status FitsHdu::readColumns() {
    const auto fields = integer("TFIELDS");
    if (!fields || *fields < 0 || *fields > static_cast<std::int64_t>(MOST_COLUMNS)) {
        return fail(ErrorCode::Format, "the table does not state a number of columns between 0 and 999");
    }
    columns_.resize(static_cast<std::size_t>(*fields));
    // One pass over the cards instead of one search for each of a thousand columns' keywords.
    std::vector<std::string_view> forms(columns_.size());
    for (const HeaderCard& card : cards_) {
        if (!card.key.starts_with('T') || card.key.size() < 6) continue;
        const std::string_view stem = std::string_view(card.key).substr(0, 5),
                               number = std::string_view(card.key).substr(5);
        const auto index = core::parseInteger(number);
        if (!index || *index < 1 || *index > *fields) continue;
        const auto i = static_cast<std::size_t>(*index - 1);
        FitsColumn& column = columns_[i];
        if (stem == "TTYPE") {
            column.name = std::string(core::trimmed(card.value));
            column.comment = card.comment;
        } else if (stem == "TFORM") {
            forms[i] = card.value;
        } else if (stem == "TUNIT") {
            column.unit = std::string(core::trimmed(card.value));
        } else if (stem == "TUTYP") {
            column.utype = std::string(core::trimmed(card.value));
        } else if (stem == "TUCD" || card.key.starts_with("TUCD")) {
            continue;
        } else if (stem == "TSCAL") {
            column.scale = core::parseDouble(card.value).value_or(1);
        } else if (stem == "TZERO") {
            column.zero = core::parseDouble(card.value).value_or(0);
        } else if (stem == "TNULL") {
            column.null = core::parseInteger(card.value);
        }
    }
    std::size_t offset = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        FitsColumn& column = columns_[i];
        column.ucd = textOr("TUCD" + std::to_string(i + 1));
        const std::string_view form = core::trimmed(forms[i]);
        std::size_t repeat = 1;
        const auto [end, status] = std::from_chars(form.data(), form.data() + form.size(), repeat);
        if (status == std::errc::result_out_of_range || end == form.data() + form.size()) {
            return fail(ErrorCode::Format,
                        "column " + std::to_string(i + 1) + " of the table has no valid TFORM");
        }
        column.type = *end;
        column.repeat = repeat;
        column.offset = offset;
        const auto bytes = column.type == 'X' ? std::optional(repeat / 8 + (repeat % 8 != 0))
                                              : product(repeat, typeBytes(column.type));
        if ((typeBytes(column.type) == 0 && column.type != 'X') || !bytes || *bytes > axes_[0] ||
            offset > axes_[0] - *bytes) {
            return fail(ErrorCode::Format,
                        "column " + std::to_string(i + 1) + " of the table does not fit into its rows");
        }
        offset += *bytes;
    }
    return {};
}

bool FitsFile::looksLike(std::span<const std::byte> bytes) {
    const std::string_view text = asText(bytes);
    return text.size() >= CARD && text.starts_with("SIMPLE  =");
}

const FitsHdu* FitsFile::hdu(std::string_view name) const {
    const std::string wanted = core::lowerCase(name);
    const auto found = std::find_if(hdus_.begin(), hdus_.end(),
                                    [&](const FitsHdu& h) { return core::lowerCase(h.name()) == wanted; });
    return found == hdus_.end() ? nullptr : &*found;
}

core::Result<FitsFile> FitsFile::parse(std::span<const std::byte> bytes) {
    FitsFile file;
    const std::string_view all = asText(bytes);
    std::size_t at = 0;
    while (at < all.size() && file.hdus_.size() < MOST_UNITS) {
        const bool first = file.hdus_.empty();
        const std::string ordinal = "HDU " + std::to_string(file.hdus_.size());
        if (!first && !all.substr(at).starts_with("XTENSION"))
            break; // what follows the last unit is nobody's
        const auto damaged = [&](std::string why) -> core::Status {
            if (first) return fail(ErrorCode::Format, std::move(why));
            file.warning_ = ordinal + ": " + why;
            return {};
        };

        FitsHdu hdu;
        bool ended = false, lastWasString = false;
        std::size_t position = at;
        const std::size_t limit = std::min(all.size(), at + LARGEST_HEADER_BLOCKS * BLOCK);
        for (; position + CARD <= limit; position += CARD) {
            const std::string_view line = all.substr(position, CARD);
            if (line.starts_with("END") && trimmedRight(line) == "END") {
                ended = true;
                position += CARD;
                break;
            }
            if (trimmedRight(line).empty()) continue;
            ParsedCard parsed = parseCard(line);
            if (parsed.card.key == "CONTINUE" && lastWasString && !hdu.cards_.empty() &&
                hdu.cards_.back().value.ends_with('&')) {
                ParsedCard next;
                parseValue(line.substr(8), next);
                hdu.cards_.back().value.pop_back();
                hdu.cards_.back().value += next.card.value;
                if (!next.card.comment.empty()) hdu.cards_.back().comment += next.card.comment;
                continue;
            }
            lastWasString = parsed.isString;
            hdu.cards_.push_back(std::move(parsed.card));
        }
        if (!ended) {
            BALMER_CHECK(damaged("the header has no END; the file is damaged or was not copied whole"));
            break;
        }
        at += (position - at + BLOCK - 1) / BLOCK * BLOCK;

        const auto naxis = hdu.integer("NAXIS"), bitpix = hdu.integer("BITPIX");
        static constexpr std::array<std::int64_t, 6> WIDTHS{8, 16, 32, 64, -32, -64};
        if (!naxis || *naxis < 0 || *naxis > 999 || !bitpix ||
            std::find(WIDTHS.begin(), WIDTHS.end(), *bitpix) == WIDTHS.end()) {
            BALMER_CHECK(damaged("the header does not state a valid BITPIX and NAXIS"));
            break;
        }
        hdu.bitpix_ = static_cast<int>(*bitpix);
        std::optional<std::size_t> elements = *naxis == 0 ? 0 : 1;
        bool axesValid = true;
        const bool randomGroups =
            hdu.logical("GROUPS").value_or(false) && *naxis > 0 && hdu.integer("NAXIS1") == 0;
        for (std::int64_t n = 1; n <= *naxis && axesValid; ++n) {
            const auto length = hdu.integer("NAXIS" + std::to_string(n));
            axesValid = length && *length >= 0;
            if (!axesValid) break;
            hdu.axes_.push_back(static_cast<std::size_t>(*length));
            if (elements && !(randomGroups && n == 1)) elements = product(*elements, hdu.axes_.back());
        }
        const std::int64_t extra = hdu.integer("PCOUNT").value_or(0),
                           groups = hdu.integer("GCOUNT").value_or(1);
        if (axesValid && elements && extra >= 0 && groups >= 0 && (!first || randomGroups)) {
            std::size_t sum = 0;
            elements = __builtin_add_overflow(*elements, static_cast<std::size_t>(extra), &sum)
                           ? std::nullopt
                           : product(sum, static_cast<std::size_t>(groups));
        }
        const auto size =
            elements ? product(*elements, static_cast<std::size_t>(std::abs(hdu.bitpix_)) / 8) : std::nullopt;
        if (!axesValid || !size || extra < 0 || groups < 0) {
            BALMER_CHECK(damaged("the header states impossible dimensions"));
            break;
        }
        const std::size_t begin = std::min(at, all.size());
        hdu.complete_ = *size <= all.size() - begin;
        hdu.data_ = bytes.subspan(begin, std::min(*size, all.size() - begin));

        const std::string extension = hdu.textOr("XTENSION");
        if ((first && !randomGroups) || extension == "IMAGE") hdu.kind_ = FitsHdu::Kind::Image;
        if (extension == "BINTABLE" && hdu.axes_.size() == 2) {
            hdu.compressed_ = hdu.logical("ZIMAGE").value_or(false);
            hdu.kind_ = hdu.compressed_ ? FitsHdu::Kind::Other : FitsHdu::Kind::Table;
            if (hdu.kind_ == FitsHdu::Kind::Table) {
                if (const auto columns = hdu.readColumns(); !columns) {
                    hdu.kind_ = FitsHdu::Kind::Other;
                    file.warning_ = ordinal + ": " + columns.error().message();
                }
            }
        }
        const bool complete = hdu.complete_;
        if (!complete)
            file.warning_ = ordinal + ": the file ends before its data do; it was not copied whole";
        file.hdus_.push_back(std::move(hdu));
        if (!complete) break;
        at = begin + (*size + BLOCK - 1) / BLOCK * BLOCK;
    }
    if (file.hdus_.empty()) return fail(ErrorCode::Format, "the file is empty");
    return file;
}

} // namespace balmer::io
