// SqliteWorkerJournal: a worker's journal in a database file of its own, apart from any project.
//
// Rollback journal (journal_mode TRUNCATE) and synchronous FULL: right on network file systems too, where a
// write-ahead log is not. Its schema's history is in worker_migrations/. Used through jobs::WorkerJournal.
#pragma once

#include <filesystem>
#include <memory>

#include "engine/core/clock.h"
#include "engine/jobs/worker_journal.h"

namespace balmer::store {

/// Creates or opens the file, its folder too (0700). The clock outlives the journal. Errors: Io, Store;
/// Unsupported for a file of a newer program.
core::Result<std::unique_ptr<jobs::WorkerJournal>>
openWorkerJournal(const std::filesystem::path& file, const core::Clock& clock = core::systemClock());

} // namespace balmer::store
