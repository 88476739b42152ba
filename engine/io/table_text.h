// Small tables as text with commas, semicolons or tabs between the cells (RFC 4180): label lists, truth
// tables.
//
// Values; any thread. Quotes, doubled quotes inside quotes, line breaks inside quotes, CRLF and a byte-order
// mark are understood; blank lines are left out. The text is UTF-8.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace balmer::io {

struct TableText {
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows; ///< each as long as columns
};

/// The column of this name: the one that is written exactly so, otherwise the one that is without regard to
/// case; absent where there is none. Errors: InvalidArgument, naming it, where there are several.
core::Result<std::optional<std::size_t>> columnNamed(const std::vector<std::string>& columns,
                                                     std::string_view name);

/// The first line names the columns; what stands most often between its cells (comma, semicolon or tab)
/// separates all. Errors: Format with the line of a row of the wrong length, an unclosed quote, text that is
/// not UTF-8 or bytes that are not text.
core::Result<TableText> parseTableText(std::string_view text);

/// Quotes where needed; lines end with \n. Errors: InvalidArgument for a row of the wrong length; Io.
core::Status writeTableText(const std::filesystem::path& file, const TableText& table, char separator = ',');
core::Result<std::string> formatTableText(const TableText& table, char separator = ',');

} // namespace balmer::io
