// Tables of objects in each form that table_formats.h writes: found by content, gzip undone. Row by row; of a
// VOTable memory does not grow with the table.
//
//   auto reader = TableReader::open(file);                     // Results: check them
//   while (*reader->nextRow())
//       use(reader->text(0), reader->number(1));
//
// Read is the first table that has columns. Strings are without padding. One owner; one thread at a time.
// After an error the reader gives the same error again.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/named_input.h"
#include "engine/core/result.h"
#include "engine/io/table_text.h"

namespace balmer::io {

struct TableColumn {
    std::string name, unit, ucd, utype;
    bool number = false; ///< one number a cell; of text tables: all cells are numbers or empty
};

class TableReader {
  public:
    /// Errors: NotFound, Io; Format for what is not a table; ResourceExhausted for one of more than 1 GiB
    /// that is not a VOTable.
    /// stop ends the reading with Cancelled, also while a pipe gives nothing.
    static core::Result<TableReader> open(const std::filesystem::path& file, std::stop_token stop = {});
    /// Another one, at the beginning of the same table; also of what comes only once.
    core::Result<TableReader> again() const;
    ~TableReader();
    TableReader(TableReader&&) noexcept;
    TableReader& operator=(TableReader&&) noexcept;

    const std::vector<TableColumn>& columns() const;
    /// As columnNamed() finds it.
    core::Result<std::optional<std::size_t>> column(std::string_view name) const;

    /// Goes on to the next row; false at the end. Errors: Format, Io; Unsupported for a VOTable whose rows
    /// are elsewhere.
    core::Result<bool> nextRow();

    /// The cells of the present row. "" for none; the elements of an array with blanks between.
    std::string text(std::size_t column) const;
    /// Absent for no value, for what is not a number, and for arrays.
    std::optional<double> number(std::size_t column) const;

    /// Private to the reader's forms.
    class Form;

  private:
    explicit TableReader(std::unique_ptr<Form> form);
    static core::Result<TableReader> of(const std::filesystem::path& named, core::NamedInput input,
                                        std::stop_token stop);
    std::unique_ptr<Form> form_;
};

/// All of a table, for small ones. Errors: those of the reader; ResourceExhausted beyond 1 GiB of text.
core::Result<TableText> readTable(const std::filesystem::path& file, std::stop_token stop = {});

} // namespace balmer::io
