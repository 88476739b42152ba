#include "engine/io/votable_stream.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "engine/io/big_endian.h"
#include "engine/io/file_bytes.h"
#include "engine/io/fits_file.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using Type = VotableType;

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
    std::string piece(pieceBytes, '\0');
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
