// A table as JSON lines, an object a row (table_encodings.h).

#include <cmath>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/core/text_number.h"
#include "engine/io/table_encodings.h"

namespace balmer::io {

using core::ErrorCode;
using core::fail;
using nlohmann::ordered_json;

namespace {

constexpr std::size_t mostColumns = 1000;

std::string cellOf(const ordered_json& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return value.get<std::string>();
    return value.is_number_float() ? core::formatDouble(value.get<double>()) : core::jsonText(value);
}

} // namespace

core::Result<std::string> tableAsJsonLines(const WrittenTable& table) {
    std::string lines;
    const auto rows = table.columns.empty() ? 0 : table.columns.front().rows();
    for (std::size_t r = 0; r < rows; ++r) {
        ordered_json row = ordered_json::object();
        for (const auto& column : table.columns) {
            auto& cell = row[column.name];
            if (const auto* texts = std::get_if<WrittenColumn::Texts>(&column.cells)) {
                if (!(*texts)[r].empty()) cell = (*texts)[r];
            } else if (const auto* numbers = std::get_if<WrittenColumn::Numbers>(&column.cells)) {
                if (std::isfinite((*numbers)[r])) cell = (*numbers)[r];
            } else if (const auto& whole = std::get<WrittenColumn::Integers>(column.cells)[r]) {
                cell = *whole;
            }
        }
        lines += core::jsonText(row) + "\n";
    }
    return lines;
}

bool looksLikeJsonLines(std::string_view beginning) {
    return core::trimmed(beginning).starts_with('{');
}

core::Result<TableText> tableFromJsonLines(std::string_view text) {
    TableText table;
    std::unordered_map<std::string, std::size_t> places; // of the columns, as they come
    for (std::size_t line = 1; !text.empty(); ++line) {
        const auto end = text.find('\n');
        const auto one = core::trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (one.empty()) continue;
        const auto row = core::parseJson<ordered_json>(one);
        if (!row || !row->is_object())
            return fail(ErrorCode::Format,
                        "line " + std::to_string(line) + " is not a JSON object; each of JSON lines is one");
        auto& cells = table.rows.emplace_back(table.columns.size());
        for (const auto& [name, value] : row->items()) {
            const auto [place, isNew] = places.emplace(name, table.columns.size());
            if (isNew) {
                if (table.columns.size() == mostColumns)
                    return fail(ErrorCode::ResourceExhausted,
                                "the table has more than " + std::to_string(mostColumns) + " columns");
                table.columns.push_back(name);
                cells.emplace_back();
            }
            cells[place->second] = cellOf(value);
        }
    }
    for (auto& cells : table.rows)
        cells.resize(table.columns.size());
    return table;
}

} // namespace balmer::io
