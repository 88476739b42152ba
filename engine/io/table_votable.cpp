// A table as VOTable (table_encodings.h).

#include <algorithm>
#include <cmath>

#include "engine/core/utf8.h"
#include "engine/io/file_bytes.h"
#include "engine/io/table_encodings.h"
#include "engine/io/votable_row_encoder.h"
#include "engine/io/votable_writer.h"

namespace balmer::io {

namespace {

std::string writable(const std::string& text) {
    return core::isUtf8(text) && holdsXml(text) ? text : printable(text);
}

VotableField fieldOf(const WrittenColumn& column) {
    VotableField field;
    field.name = column.name;
    field.unit = column.unit;
    field.ucd = column.ucd;
    field.description = column.description;
    if (const auto* texts = std::get_if<WrittenColumn::Texts>(&column.cells)) {
        field.datatype = std::all_of(texts->begin(), texts->end(), isAscii) ? "char" : "unicodeChar";
        field.arraysize = "*";
    } else if (std::holds_alternative<WrittenColumn::Numbers>(column.cells)) {
        field.datatype = "double";
    } else {
        field.datatype = "long";
        field.nullText = "-9223372036854775808";
    }
    if (column.ucd.starts_with("pos.eq.")) field.ref = "icrs";
    return field;
}

} // namespace

core::Result<std::string> tableAsVotable(const WrittenTable& table) {
    std::string document;
    VotableWriter writer([&](std::string_view bytes) -> core::Status {
        document += bytes;
        return {};
    });
    VotableResource resource;
    resource.coordinateSystems.push_back({"icrs", "ICRS", "", ""});
    VotableTable head;
    head.name = writable(table.name);
    for (const auto& column : table.columns)
        head.fields.push_back(fieldOf(column));
    BALMER_CHECK(writer.begin({}));
    BALMER_CHECK(writer.beginResource(resource));
    BALMER_CHECK(writer.beginTable(head));
    const auto rows = table.columns.empty() ? 0 : table.columns.front().rows();
    std::vector<VotableCell> cells(table.columns.size());
    std::vector<std::string> texts(table.columns.size());
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < cells.size(); ++c) {
            cells[c] = {};
            if (const auto* all = std::get_if<WrittenColumn::Texts>(&table.columns[c].cells)) {
                texts[c] = writable((*all)[r]);
                if (!texts[c].empty()) cells[c] = std::string_view(texts[c]);
            } else if (const auto* numbers = std::get_if<WrittenColumn::Numbers>(&table.columns[c].cells)) {
                if (!std::isnan((*numbers)[r])) cells[c] = (*numbers)[r];
            } else if (const auto& whole = std::get<WrittenColumn::Integers>(table.columns[c].cells)[r]) {
                cells[c] = *whole;
            }
        }
        BALMER_CHECK(writer.row(cells));
    }
    BALMER_CHECK(writer.endTable());
    BALMER_CHECK(writer.endResource());
    BALMER_CHECK(writer.end());
    return document;
}

} // namespace balmer::io
