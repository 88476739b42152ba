#include "engine/io/votable.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"
#include "engine/io/plain_number.h"
#include "engine/io/votable_reader.h"

namespace balmer::io {
namespace {

void collect(const std::vector<VotableResource>& resources, bool results,
             std::vector<const VotableTable*>& into) {
    for (const VotableResource& resource : resources) {
        if ((resource.type == "results") == results) {
            for (const VotableTable& table : resource.tables)
                into.push_back(&table);
        }
        collect(resource.resources, results, into);
    }
}

} // namespace

std::optional<std::size_t> VotableTable::field(std::string_view nameOrId) const {
    const std::string wanted = core::lowerCase(nameOrId);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (core::lowerCase(fields[i].name) == wanted || core::lowerCase(fields[i].id) == wanted) return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> VotableTable::fieldByUtype(std::string_view ending) const {
    const std::string wanted = core::lowerCase(ending);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string own = core::lowerCase(fields[i].utype);
        if (!own.ends_with(wanted)) continue;
        if (own.size() == wanted.size() || own[own.size() - wanted.size() - 1] == '.' ||
            own[own.size() - wanted.size() - 1] == ':')
            return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> VotableTable::fieldByUcd(std::string_view firstWord) const {
    const std::string wanted = core::lowerCase(firstWord);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string own = core::lowerCase(fields[i].ucd);
        if (core::trimmed(std::string_view(own).substr(0, own.find(';'))) == wanted) return i;
    }
    return std::nullopt;
}

std::optional<double> VotableColumn::number(std::size_t row) const {
    if (isNull(row)) return std::nullopt;
    if (isText()) return core::parseDouble(texts[row]);
    if (offsets[row + 1] - offsets[row] != 1) return std::nullopt;
    return type == VotableType::Long ? static_cast<double>(integers[offsets[row]]) : numbers[offsets[row]];
}

std::optional<std::int64_t> VotableColumn::integer(std::size_t row) const {
    if (isNull(row)) return std::nullopt;
    if (isText()) return core::parseInteger(texts[row]);
    if (offsets[row + 1] - offsets[row] != 1) return std::nullopt;
    if (type == VotableType::Long) return integers[offsets[row]];
    const double value = numbers[offsets[row]];
    if (!(std::abs(value) < 9.2e18) || value != std::floor(value)) return std::nullopt;
    return static_cast<std::int64_t>(value);
}

std::span<const double> VotableColumn::numberArray(std::size_t row) const {
    if (isText() || type == VotableType::Long) return {};
    return std::span(numbers).subspan(offsets[row], offsets[row + 1] - offsets[row]);
}

std::span<const std::int64_t> VotableColumn::integerArray(std::size_t row) const {
    if (type != VotableType::Long) return {};
    return std::span(integers).subspan(offsets[row], offsets[row + 1] - offsets[row]);
}

std::string_view VotableColumn::textView(std::size_t row) const {
    return isText() ? std::string_view(texts[row]) : std::string_view();
}

std::string VotableColumn::text(std::size_t row) const {
    if (isNull(row)) return {};
    if (isText()) return texts[row];
    std::string joined;
    for (std::size_t i = offsets[row]; i < offsets[row + 1]; ++i) {
        if (i > offsets[row]) joined += ' ';
        switch (type) {
        case VotableType::Long:
            joined += std::to_string(integers[i]);
            break;
        case VotableType::Boolean:
            joined += std::isnan(numbers[i]) ? "?" : numbers[i] != 0 ? "true" : "false";
            break;
        case VotableType::Float:
        case VotableType::FloatComplex:
            joined += core::formatFloat(static_cast<float>(numbers[i]));
            break;
        default:
            joined += plainNumber(numbers[i]);
        }
    }
    return joined;
}

std::vector<double> VotableTable::numbers(std::size_t row, std::size_t column) const {
    const VotableColumn& cells = columns[column];
    const auto own = cells.numberArray(row);
    std::vector<double> values(own.begin(), own.end());
    for (const std::int64_t value : cells.integerArray(row))
        values.push_back(static_cast<double>(value));
    return values;
}

std::vector<const VotableTable*> Votable::tables() const {
    std::vector<const VotableTable*> all;
    collect(resources, true, all);
    collect(resources, false, all);
    return all;
}

bool looksLikeVotable(std::span<const std::byte> bytes) {
    std::string_view text = asText(bytes.first(std::min<std::size_t>(bytes.size(), 16384)));
    text = withoutByteOrderMark(text);
    // Past the declaration, comments and the DOCTYPE to the first element.
    while (true) {
        text = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
        if (text.empty() || text.front() != '<') return false;
        std::size_t end = 0;
        if (text.starts_with("<!--")) {
            end = text.find("-->");
            if (end != std::string_view::npos) end += 3;
        } else if (text.starts_with("<?") || text.starts_with("<!")) {
            end = text.find('>');
            const std::size_t inner = text.find('[');
            if (text.starts_with("<!DOCTYPE") && inner < end) end = text.find("]>");
            if (end != std::string_view::npos) end = text.find('>', end) + 1;
        } else {
            break;
        }
        if (end == std::string_view::npos || end == 0) return false;
        text.remove_prefix(end);
    }
    std::string_view name = text.substr(1, std::min(text.find_first_of(" \t\r\n>/"), text.size()) - 1);
    if (const std::size_t colon = name.find(':'); colon != std::string_view::npos)
        name.remove_prefix(colon + 1);
    return name == "VOTABLE";
}

core::Result<Votable> parseVotable(std::span<const std::byte> bytes, const VotableLimits& limits,
                                   OpenStream openStream) {
    return VotableReader(memorySource(bytes), limits, std::move(openStream)).readAll();
}

} // namespace balmer::io
