// A table as FITS (table_encodings.h).

#include "engine/io/memory_fits.h"
#include "engine/io/table_encodings.h"

namespace balmer::io {

core::Result<std::string> tableAsFits(const WrittenTable& table, TableWriting& writing) {
    std::vector<MemoryFits::Column> columns;
    for (const auto& column : table.columns) {
        auto& made = columns.emplace_back();
        made.name = column.name;
        made.unit = column.unit;
        made.ucd = column.ucd;
        made.description = column.description;
        if (const auto* texts = std::get_if<WrittenColumn::Texts>(&column.cells)) {
            for (const auto& text : *texts) {
                made.texts.push_back(MemoryFits::ascii(text));
                writing.lettersReplaced += made.texts.back() != text;
            }
        } else if (const auto* numbers = std::get_if<WrittenColumn::Numbers>(&column.cells)) {
            made.values = *numbers;
        } else {
            for (const auto& whole : std::get<WrittenColumn::Integers>(column.cells))
                made.integers.push_back(whole ? *whole : MemoryFits::none);
        }
    }
    MemoryFits fits;
    fits.table(table.name.c_str(), columns);
    return fits.bytes();
}

} // namespace balmer::io
