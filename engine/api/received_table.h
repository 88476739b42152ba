// A table that came from a neighbour: what is in it, and which of its rows are spectra of the project.
// Private to api.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/api/exchanged_tables.h"
#include "engine/api/neighbours.h"
#include "engine/api/workbench.h"

namespace balmer::api {

struct ReadTable {
    ReceivedTable table;
    /// By the ids that it names; null where it has no such column, or more than a million rows.
    RowIds rows;
    std::shared_ptr<MarkedList> list; ///< by addresses, instead; null where it has no such column, either
};

/// Blocks. Errors: those of io::TableReader; Cancelled.
core::Result<ReadTable> readReceivedTable(Workbench& workbench, const std::filesystem::path& file,
                                          const std::string& name, core::TaskContext& task);

} // namespace balmer::api
