// SchemaCheck: a database holds what Balmer's own steps make, and nothing else. Private to the store.
//
// A project may come from somebody else: a trigger that takes labels away or a view that never ends would be
// run by Balmer's own statements.
#pragma once

#include <span>

#include "engine/core/result.h"
#include "engine/store/migration.h"

namespace balmer::store {

class Database;

/// Errors: Store, naming the first object that is foreign, changed or missing, and what helps.
core::Status checkSchema(Database& database, std::span<const Migration> steps);

} // namespace balmer::store
