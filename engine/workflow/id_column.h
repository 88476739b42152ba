// Which column of a table names spectra of the project. Any thread.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/io/table_reader.h"

namespace balmer::workflow {

/// Which of these are ids of spectra of the project; at most 500 at once.
using KnownIds = std::function<core::Result<std::set<std::string>>(std::span<const std::string> ids)>;

struct IdColumn {
    std::optional<std::size_t> column; ///< none: no cell that was looked at is an id
    std::size_t matched = 0;           ///< rows with an id of the project, of those looked at
    std::size_t looked = 0;
};

/// Looks at the first `most` rows, from the reader's present place on. The columns id, spectrum,
/// spectrum_id and name come first where any of their cells is an id, otherwise the column with most ids.
/// Numbers that are not whole are not ids. No more rows are looked at where their texts take 64 MiB.
/// Errors: those of the reader and of known; Cancelled.
core::Result<IdColumn> findIdColumn(io::TableReader& reader, const KnownIds& known, std::size_t most,
                                    core::TaskContext& task);

} // namespace balmer::workflow
