// The cells of VOTables: how a datatype is coded, and their decoding from TABLEDATA, BINARY, BINARY2 and
// FITS. Private to the module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/inflater.h"
#include "engine/io/votable.h"

namespace balmer::io {

/// How a column's cells are coded.
struct Coding {
    VotableType type = VotableType::Char;
    std::size_t count = 1; ///< elements a cell
    /// The cell tells its own length: in BINARY by a count of all elements before it, as STIL and DaCHS
    /// write also those of more than one dimension (astropy 5 counts the last dimension alone there).
    bool variable = false;
    std::optional<std::int64_t> null; ///< of integers
    std::optional<double> realNull;   ///< of floating ones
    double scale = 1, zero = 0;       ///< FITS: TSCAL, TZERO
    std::string nullText;

    bool isText() const { return type == VotableType::Char || type == VotableType::UnicodeChar; }
    bool isInteger() const {
        return type == VotableType::UnsignedByte || type == VotableType::Short || type == VotableType::Int ||
               type == VotableType::Long;
    }
    bool isComplex() const { return type == VotableType::FloatComplex || type == VotableType::DoubleComplex; }
    std::size_t parts() const { return isComplex() ? 2 : 1; } ///< numbers an element
    bool isScalar() const { return count == 1 && !variable && !isComplex(); }
    std::size_t elementBytes() const; ///< not of bits
    /// Bytes of so many elements in BINARY. Nothing beyond what a size_t holds.
    std::optional<std::size_t> bytesOf(std::size_t elements) const;
};

/// Nothing for a datatype or an arraysize that VOTable does not know.
std::optional<Coding> codingOf(const VotableField& field);
/// The least and the greatest whole number that an integer type holds.
std::pair<std::int64_t, std::int64_t> rangeOf(VotableType type);

/// Rows in memory, filled cell by cell, with a limit on how many cells there are.
class RowBlock {
  public:
    RowBlock() = default;
    /// The budget of cells, which blocks share, must outlive the block.
    RowBlock(std::vector<Coding> codings, std::size_t* budget);

    const std::vector<Coding>& codings() const { return codings_; }
    std::vector<VotableColumn>& columns() { return columns_; }
    const std::vector<VotableColumn>& columns() const { return columns_; }
    std::size_t rows() const { return rows_; }
    /// Drops the whole rows, not the cells of one that is not at its end, and gives back what they took from
    /// the budget; what the unfinished row took stays taken.
    void clear();

    core::Status spend(std::size_t cells) {
        if (cells > *budget_)
            return core::fail(core::ErrorCode::ResourceExhausted,
                              "the VOTable holds more cells than are read");
        *budget_ -= cells;
        spent_ += cells;
        return {};
    }
    /// A cell's from the budget, numbers of arrays and letters aside: a text takes the room of four numbers.
    std::size_t costOf(std::size_t c) const { return codings_[c].isText() ? 4 : 1; }
    std::size_t* budget() const { return budget_; }
    void addNull(std::size_t c);
    /// The text of one TD.
    core::Status addTd(std::size_t c, std::string_view text);
    /// The bytes of one cell of BINARY, its count left out: so many elements.
    core::Status addBinary(std::size_t c, std::string_view cell, std::size_t elements, bool flaggedNull);
    /// Every column has got its cell.
    void endRow() {
        ++rows_;
        spentOnRows_ = spent_;
    }

  private:
    void addText(std::size_t c, std::string text);
    void endCell(std::size_t c);
    std::vector<Coding> codings_;
    std::vector<VotableColumn> columns_;
    std::size_t rows_ = 0;
    std::size_t spent_ = 0, spentOnRows_ = 0; ///< from the budget; by the whole rows
    std::size_t* budget_ = nullptr;
};

/// base64 in pieces of any length; white space is passed over.
class Base64Decoder {
  public:
    /// False when there is anything else.
    bool feed(std::string_view text, std::string& out);

  private:
    std::uint32_t bits_ = 0;
    int have_ = 0;
    bool padded_ = false;
};

/// The content of a STREAM, in pieces, turned into rows.
class StreamRows {
  public:
    enum class Kind { Binary, Binary2, Fits };
    /// extension: of FITS, 0 for the first table.
    StreamRows(Kind kind, bool gzip, std::size_t extension, const VotableLimits& limits);

    core::Status feed(std::string_view bytes, RowBlock& block);
    /// Errors also: Unsupported where a FITS table does not fit the fields.
    core::Status finish(RowBlock& block);

  private:
    core::Status plain(std::string_view bytes, RowBlock& block);
    core::Status decodeRows(RowBlock& block);
    core::Status decodeFits(RowBlock& block);
    core::Result<std::size_t> rowBytes(std::string_view data, const RowBlock& block) const;

    Kind kind_;
    std::size_t extension_;
    VotableLimits limits_;
    std::optional<Inflater> inflater_;
    std::string held_;
    bool begun_ = false;
};

} // namespace balmer::io
