// Migrations: the schema's history as numbered SQL that is only ever appended to.
//
// PRAGMA user_version says which steps a database has behind it, PRAGMA application_id whose it is. Called
// while a project or a worker's journal is opened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::store {

class Database;

struct Migration {
    int number; ///< 1, 2, …
    std::string_view name;
    std::string_view sql;
};

/// Those in migrations/, by number: of a project.
std::span<const Migration> migrations();
constexpr std::int64_t projectMark = 1112296786; ///< "BLMR"; the first step sets it
/// Those in worker_migrations/: of a worker's journal.
std::span<const Migration> workerMigrations();
constexpr std::int64_t workerJournalMark = 1112299338; ///< "BLWJ"

/// Makes sure that the file is a new database or one with this mark, and not newer than `steps`. Errors:
/// Store; Unsupported for a newer one.
core::Status checkOrigin(Database& database, std::span<const Migration> steps,
                         std::int64_t mark = projectMark);

enum class Before { Keep, Drop };
/// Takes the steps that are missing, each in one transaction, or for a new database all in one; an existing
/// database is first copied to `<file>.before-N`, N being the first step taken, unless it is itself a copy
/// (Drop). Several processes may do this at once. Errors: those of checkOrigin, Store, Io.
core::Status migrate(Database& database, std::span<const Migration> steps, std::int64_t mark = projectMark,
                     Before before = Before::Keep);

} // namespace balmer::store
