// SQL functions that the store's queries call. Private to the store.
//
//     column_value(COLUMN, row)                 the value of a dataset's column, bound with Statement::bind
//     separation_arcsec(ra, dec, ra, dec)       spectrum::separationArcsec, degrees
#pragma once

struct sqlite3;

namespace balmer::store {

/// The name under which a column is bound, so that no other pointer is taken for one.
extern const char* const columnPointer;

/// Returns a code of SQLite.
int addFunctions(sqlite3* handle);

} // namespace balmer::store
