// The cells of VOTables: rows in memory, decoded from the text of TABLEDATA and the bytes of BINARY, BINARY2
// and FITS. Private to the module.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/votable.h"
#include "engine/io/votable_coding.h"

namespace balmer::io {

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

} // namespace balmer::io
