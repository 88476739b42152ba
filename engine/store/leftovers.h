// Leftovers: files among the datasets and artefacts of a project that no record names: of jobs whose process
// died before it wrote the record, of jobs that were forgotten. Private to the store.
//
// They are set aside rather than deleted, since a database that was put back from a copy knows less than its
// folder holds: into leftovers/DATE/, whose files go 30 days later.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::store {

class Connections;

struct Swept {
    std::size_t setAside = 0; ///< files
    std::size_t removed = 0;  ///< folders of a day
};

/// For a process that has the project for itself. Files that are being made (.part-…), and those whose names
/// Balmer does not give, are left alone, and so is what links lead to. now: ISO time. Errors: those of a
/// read.
core::Result<Swept> sweepLeftovers(Connections& connections, const std::filesystem::path& folder,
                                   std::string_view now);

/// Whether SQLite's log or its index lies beside the database.
bool hasLogFiles(const std::filesystem::path& database);
/// Removes them where the log is empty: what a connection that could write nothing leaves there. For a
/// process that has the project for itself.
void dropEmptyLogs(const std::filesystem::path& database);

} // namespace balmer::store
