#include "engine/io/table_text.h"

#include <algorithm>
#include <array>

#include "engine/core/files.h"
#include "engine/core/text_number.h"
#include "engine/core/utf8.h"
#include "engine/io/file_bytes.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;

// One record of RFC 4180 from the front of text; line counts on.
core::Result<std::vector<std::string>> takeRecord(std::string_view& text, char separator, std::size_t& line) {
    std::vector<std::string> cells(1);
    std::size_t i = 0;
    bool atStart = true; // of a cell
    while (i < text.size()) {
        const char c = text[i];
        if (c == '"' && atStart) {
            const std::size_t opened = line;
            for (++i;; ++i) {
                if (i >= text.size())
                    return fail(ErrorCode::Format,
                                "line " + std::to_string(opened) + ": a quote is opened and never closed");
                if (text[i] == '"') {
                    if (i + 1 >= text.size() || text[i + 1] != '"') break;
                    ++i;
                }
                if (text[i] == '\n') ++line;
                cells.back() += text[i];
            }
            ++i;
            atStart = false;
        } else if (c == separator) {
            cells.emplace_back();
            atStart = true;
            ++i;
        } else if (c == '\n' || c == '\r') {
            i += c == '\r' && i + 1 < text.size() && text[i + 1] == '\n' ? 2 : 1;
            break;
        } else {
            cells.back() += c;
            atStart = atStart && c == ' ';
            if (atStart) cells.back().clear();
            ++i;
        }
    }
    text.remove_prefix(i);
    ++line;
    return cells;
}

/// What stands most often in the first line, outside of quotes; a comma where nothing does.
char separatorOf(std::string_view text) {
    constexpr std::string_view separators = ",;\t";
    std::array<std::size_t, separators.size()> counts{};
    bool quoted = false;
    for (const char c : text.substr(
             text.find_first_not_of("\r\n") == std::string_view::npos ? 0 : text.find_first_not_of("\r\n"))) {
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n' || c == '\r') break;
        if (const auto which = separators.find(c); which != std::string_view::npos) ++counts[which];
    }
    return separators[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) -
                                               counts.begin())];
}

core::Status checkEncoding(std::string_view text) {
    std::size_t line = 1;
    while (!text.empty()) {
        const auto bytes = core::letterBytes(text);
        if (bytes == 0)
            return fail(ErrorCode::Format,
                        "line " + std::to_string(line) +
                            " is not UTF-8; save the table in this encoding (of Latin-1, for example: iconv "
                            "-f LATIN1 -t UTF-8)");
        line += text.front() == '\n';
        text.remove_prefix(bytes);
    }
    return {};
}

void appendCell(std::string& out, const std::string& cell, char separator) {
    const bool quote = cell.find_first_of("\"\r\n") != std::string::npos ||
                       cell.find(separator) != std::string::npos ||
                       (!cell.empty() && (cell.front() == ' ' || cell.back() == ' '));
    if (!quote) {
        out += cell;
        return;
    }
    out += '"';
    for (const char c : cell) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

void appendRecord(std::string& out, const std::vector<std::string>& cells, char separator) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out += separator;
        appendCell(out, cells[i], separator);
    }
    // A lone empty cell would read back as a blank line.
    if (cells.size() == 1 && cells[0].empty()) out += "\"\"";
    out += '\n';
}

} // namespace

core::Result<std::optional<std::size_t>> columnNamed(const std::vector<std::string>& columns,
                                                     std::string_view name) {
    const auto wanted = core::trimmed(name);
    const auto find = [&](auto is) -> core::Result<std::optional<std::size_t>> {
        const auto first = std::find_if(columns.begin(), columns.end(), is);
        if (first == columns.end()) return std::nullopt;
        if (std::find_if(first + 1, columns.end(), is) != columns.end())
            return fail(ErrorCode::InvalidArgument, "the table has several columns called \"" +
                                                        std::string(wanted) +
                                                        "\"; give each a name of its own");
        return static_cast<std::size_t>(first - columns.begin());
    };
    BALMER_TRY(const auto exact, find([&](const std::string& each) { return each == wanted; }));
    if (exact) return exact;
    return find([lower = core::lowerCase(wanted)](const std::string& each) {
        return core::lowerCase(each) == lower;
    });
}

core::Result<TableText> parseTableText(std::string_view text) {
    BALMER_CHECK(checkText(text));
    text = withoutByteOrderMark(text);
    BALMER_CHECK(checkEncoding(text));
    const char separator = separatorOf(text);
    TableText table;
    std::size_t line = 1;
    while (!text.empty()) {
        const std::size_t first = line;
        const bool blank = text.front() == '\n' || text.front() == '\r';
        BALMER_TRY(std::vector<std::string> cells, takeRecord(text, separator, line));
        if (blank) continue;
        if (table.columns.empty()) {
            for (std::string& cell : cells)
                cell = std::string(core::trimmed(cell));
            table.columns = std::move(cells);
            continue;
        }
        if (cells.size() != table.columns.size()) {
            return fail(ErrorCode::Format, "line " + std::to_string(first) + " has " +
                                               std::to_string(cells.size()) +
                                               " cells where the first line names " +
                                               std::to_string(table.columns.size()) + " columns");
        }
        table.rows.push_back(std::move(cells));
    }
    if (table.columns.empty())
        return fail(ErrorCode::Format, "the table is empty; its first line must name the columns");
    return table;
}

core::Result<std::string> formatTableText(const TableText& table, char separator) {
    std::string out;
    appendRecord(out, table.columns, separator);
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
        if (table.rows[r].size() != table.columns.size()) {
            return fail(ErrorCode::InvalidArgument, "row " + std::to_string(r + 1) + " of the table has " +
                                                        std::to_string(table.rows[r].size()) + " cells for " +
                                                        std::to_string(table.columns.size()) + " columns");
        }
        appendRecord(out, table.rows[r], separator);
    }
    return out;
}

core::Status writeTableText(const std::filesystem::path& file, const TableText& table, char separator) {
    BALMER_TRY(const std::string text, formatTableText(table, separator));
    return core::writeFile(file, text);
}

} // namespace balmer::io
