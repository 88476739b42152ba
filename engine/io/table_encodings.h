// The bytes of a table in each form (table_formats.h), and back where no reader of its own takes the form.
// Private to the module.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/io/table_formats.h"
#include "engine/io/table_text.h"

namespace balmer::io {

/// Tables as TableWriting counts what it could not hold.
core::Result<std::string> tableAsText(const WrittenTable& table, char separator, bool forSpreadsheets);
core::Result<std::string> tableAsJsonLines(const WrittenTable& table);
core::Result<std::string> tableAsFits(const WrittenTable& table, TableWriting& writing);
core::Result<std::string> tableAsVotable(const WrittenTable& table);
core::Result<std::string> tableAsHdf5(const WrittenTable& table);

bool looksLikeJsonLines(std::string_view beginning);
/// Columns in the order in which their names come; null and what a row lacks are empty cells. Errors: Format
/// with the line; ResourceExhausted beyond 1000 columns.
core::Result<TableText> tableFromJsonLines(std::string_view text);
bool looksLikeHdf5(std::string_view beginning);
/// The first compound dataset with one dimension. Errors: Format where there is none, or damage; Unsupported
/// for a column that is neither text nor number; ResourceExhausted for more than 1 GiB.
core::Result<TableText> tableFromHdf5(std::string_view bytes);

} // namespace balmer::io
