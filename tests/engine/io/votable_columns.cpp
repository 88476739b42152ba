#include "tests/engine/io/votable_columns.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "engine/core/digest.h"
#include "engine/core/text_number.h"

namespace balmer::test {
namespace {

using io::VotableType;

std::string element(double value, VotableType type) {
    if (std::isnan(value)) return "null";
    const bool narrow = type == VotableType::Float || type == VotableType::FloatComplex;
    if (narrow) value = static_cast<float>(value);
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), narrow ? "%.9g" : "%.17g", value);
    return text.data();
}

void collect(const std::vector<io::VotableResource>& resources, std::vector<const io::VotableTable*>& into) {
    for (const auto& resource : resources) {
        for (const auto& table : resource.tables)
            into.push_back(&table);
        collect(resource.resources, into);
    }
}

} // namespace

std::vector<const io::VotableTable*> tablesInOrder(const io::Votable& document) {
    std::vector<const io::VotableTable*> all;
    collect(document.resources, all);
    return all;
}

std::string cellText(const io::VotableTable& table, std::size_t row, std::size_t column) {
    const io::VotableColumn& cells = table.columns[column];
    if (cells.isNull(row)) return {};
    if (cells.isText()) return std::string(core::trimmed(cells.texts[row]));
    std::string joined;
    bool any = false;
    const auto add = [&](const std::string& text) {
        joined += (joined.empty() ? "" : " ") + text;
        any = any || text != "null";
    };
    for (const double value : cells.numberArray(row))
        add(element(value, cells.type));
    for (const std::int64_t value : cells.integerArray(row))
        add(std::to_string(value));
    return any ? joined : std::string();
}

std::vector<std::string> columnLines(const io::Votable& document) {
    std::vector<std::string> lines;
    const auto tables = tablesInOrder(document);
    for (std::size_t t = 0; t < tables.size(); ++t) {
        for (std::size_t c = 0; c < tables[t]->fields.size(); ++c) {
            const io::VotableField& field = tables[t]->fields[c];
            core::Hasher hasher;
            for (std::size_t r = 0; r < tables[t]->rows; ++r)
                hasher.update(cellText(*tables[t], r, c) + "\n");
            lines.push_back(std::to_string(t) + "\t" + std::to_string(c) + "\t" +
                            (field.name.empty() ? field.id : field.name) + "\t" +
                            std::to_string(tables[t]->rows) + "\t" + hasher.finish().substr(0, 16));
        }
    }
    return lines;
}

} // namespace balmer::test
