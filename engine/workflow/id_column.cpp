#include "engine/workflow/id_column.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

#include "engine/core/text_number.h"

namespace balmer::workflow {

namespace {

constexpr std::array<std::string_view, 4> usualNames{"id", "spectrum", "spectrum_id", "name"};
constexpr std::size_t askedAtOnce = 500;
/// A column of addresses or remarks is not a column of ids.
constexpr std::size_t longestId = 1024;
constexpr std::size_t mostBytes = 64 * 1024 * 1024;
/// What a text takes beside its characters.
constexpr std::size_t bytesOfCell = 96;

bool isWhole(std::string_view number) {
    return core::trimmed(number).find_first_not_of("+-0123456789") == std::string_view::npos;
}

} // namespace

core::Result<IdColumn> findIdColumn(io::TableReader& reader, const KnownIds& known, std::size_t most,
                                    core::TaskContext& task) {
    IdColumn found;
    const auto columns = reader.columns().size();
    std::size_t bytes = 0;
    // The rows of each text, by column: what is asked about is asked once.
    std::vector<std::map<std::string, std::size_t>> cells(columns);
    while (found.looked < most && bytes < mostBytes) {
        if (found.looked % 100 == 0) BALMER_CHECK(task.checkpoint(0, "looking for the ids"));
        BALMER_TRY(const bool row, reader.nextRow());
        if (!row) break;
        ++found.looked;
        for (std::size_t c = 0; c < columns; ++c) {
            auto text = reader.text(c);
            if (text.empty() || text.size() > longestId) continue;
            if (reader.columns()[c].number && !isWhole(text)) continue;
            const auto size = text.size() + bytesOfCell;
            const auto [cell, isNew] = cells[c].try_emplace(std::move(text), 0);
            ++cell->second;
            if (isNew) bytes += size;
        }
    }
    std::vector<std::size_t> matched(columns);
    for (std::size_t c = 0; c < columns; ++c) {
        std::vector<std::string> some;
        const auto ask = [&]() -> core::Status {
            BALMER_CHECK(task.checkpoint(0, "looking for the ids"));
            BALMER_TRY(const auto there, known(some));
            for (const auto& id : there)
                if (const auto rows = cells[c].find(id); rows != cells[c].end()) matched[c] += rows->second;
            some.clear();
            return {};
        };
        for (const auto& [text, rows] : cells[c]) {
            some.push_back(text);
            if (some.size() == askedAtOnce) BALMER_CHECK(ask());
        }
        if (!some.empty()) BALMER_CHECK(ask());
    }
    for (const auto name : usualNames) {
        const auto column = reader.column(name).value_or(std::nullopt);
        if (!found.column && column && matched[*column] > 0) found.column = column;
    }
    if (const auto best = std::max_element(matched.begin(), matched.end());
        !found.column && best != matched.end() && *best > 0)
        found.column = static_cast<std::size_t>(best - matched.begin());
    if (found.column) found.matched = matched[*found.column];
    return found;
}

} // namespace balmer::workflow
