#include "engine/api/received_table.h"

#include <algorithm>
#include <span>

#include "engine/api/outgoing_files.h"
#include "engine/io/table_reader.h"
#include "engine/workflow/id_column.h"

namespace balmer::api {

namespace {

constexpr std::size_t rowsLookedAt = 10000;
constexpr std::size_t mostShared = 1000000;
constexpr std::size_t mostSharedBytes = std::size_t{256} << 20;
/// Enough to find the column with the addresses.
constexpr std::size_t rowsForAccess = 1000;
/// Rows of a list of addresses that can be told apart later.
constexpr std::size_t mostListed = 100000;

} // namespace

core::Result<ReadTable> readReceivedTable(Workbench& workbench, const std::filesystem::path& file,
                                          const std::string& name, core::TaskContext& task) {
    ReadTable read;
    ReceivedTable& received = read.table;
    received.file = file;
    received.name = name;
    BALMER_TRY(auto looked, io::TableReader::open(file));
    for (const auto& column : looked.columns())
        received.columns.push_back(column.name);
    const auto known = [&](std::span<const std::string> ids) { return knownIds(workbench, ids); };
    BALMER_TRY(const auto found, workflow::findIdColumn(looked, known, rowsLookedAt, task));
    received.matched = found.matched;
    received.looked = found.looked;
    if (found.column) received.idColumn = received.columns[*found.column];

    BALMER_TRY(auto reader, io::TableReader::open(file));
    std::vector<std::string> ids;
    std::size_t bytes = 0;
    received.shared = found.column.has_value();
    while (true) {
        BALMER_TRY(const bool row, reader.nextRow());
        if (!row) break;
        if (received.rows % 1000 == 0) BALMER_CHECK(task.checkpoint(0.9, "reading the table"));
        ++received.rows;
        if (!received.shared) continue;
        ids.push_back(reader.text(*found.column));
        bytes += sizeof(std::string) + ids.back().size();
        received.shared = received.rows <= mostShared && bytes <= mostSharedBytes;
        if (!received.shared) ids = {};
    }
    if (received.shared) read.rows = std::make_shared<const std::vector<std::string>>(std::move(ids));

    vo::ListOptions options;
    options.most = found.column ? rowsForAccess : mostListed;
    auto list = workbench.observatory().readList(file.string(), options, task);
    if (!list && list.error().code() == core::ErrorCode::Cancelled) return core::fail(list.error());
    if (!list) return read;
    received.accessColumn = list->list.accessColumn;
    if (found.column || received.accessColumn.empty()) return read;
    received.listed = static_cast<std::size_t>(std::count_if(list->inProject.begin(), list->inProject.end(),
                                                             [](const auto& id) { return !id.empty(); }));
    read.list = std::make_shared<MarkedList>(std::move(*list));
    received.shared = true;
    return read;
}

} // namespace balmer::api
