// Migrations: the schema's history as numbered SQL that is only ever appended to.
//
// PRAGMA user_version says which steps a database has behind it. Called while a project is opened.
#pragma once

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

/// Those in migrations/, by number.
std::span<const Migration> migrations();

/// Makes sure that the file is a new database or one of Balmer's, and not newer than `steps`. Errors: Store;
/// Unsupported for a newer one.
core::Status checkOrigin(Database& database, std::span<const Migration> steps);

/// Takes the steps that are missing, each in one transaction, or for a new database all in one; an existing
/// database is first copied to
/// `<file>.before-N`, N being the first step taken. Several processes may do this at once. Errors: those of
/// checkOrigin, Store, Io.
core::Status migrate(Database& database, std::span<const Migration> steps);

} // namespace balmer::store
