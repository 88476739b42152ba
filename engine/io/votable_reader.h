// VOTables of any length, row by row: memory does not grow with the table.
//
//   VotableReader reader(plainSource(*fileSource(path)));
//   while (*reader.nextTable()) {            // Results: check them
//       const auto ra = reader.table().fieldByUcd("pos.eq.ra");
//       while (*reader.nextRow())
//           use(reader.number(*ra));
//   }
//   reader.document().infos                  // all of it now: QUERY_STATUS may come after the rows
//
// Only a table in FITS is held as a whole. What is read and what is refused: votable.h. After an error the
// reader gives the same error again. One owner; one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/io/byte_source.h"
#include "engine/io/votable.h"

namespace balmer::io {

class VotableReader {
  public:
    /// gzip of the whole document is undone. Without openStream rows that are elsewhere stay unread.
    explicit VotableReader(ByteSource document, const VotableLimits& limits = {},
                           OpenStream openStream = nullptr);
    ~VotableReader();
    VotableReader(VotableReader&&) noexcept;
    VotableReader& operator=(VotableReader&&) noexcept;

    /// Goes on to the next table, passing over rows that were not asked for; false at the end of the
    /// document. Errors: as parseVotable(), and those of the source.
    core::Result<bool> nextTable();
    /// The present table without its rows. What stands after its data (INFO) is there once nextRow() gave
    /// false. Valid until nextTable().
    const VotableTable& table() const;

    /// Goes on to the next row of the present table; false at its end. Where it gives false before the first
    /// row, ask table().unread: that rows are elsewhere, or in FITS that does not fit, is known only then.
    core::Result<bool> nextRow();

    /// The cells of the present row; as VotableColumn's.
    bool isNull(std::size_t column) const;
    std::optional<double> number(std::size_t column) const;
    std::optional<std::int64_t> integer(std::size_t column) const;
    std::span<const double> numberArray(std::size_t column) const;
    std::span<const std::int64_t> integerArray(std::size_t column) const;
    std::string text(std::size_t column) const;
    std::string_view textView(std::size_t column) const;

    /// What was read of the document, tables without rows; all of it when nextTable() gave false. It may be a
    /// little ahead of table(). Valid until the next call.
    const Votable& document() const;

    /// The whole document with the rows of its tables, before anything else was asked: parseVotable().
    core::Result<Votable> readAll();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace balmer::io
