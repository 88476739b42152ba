#include "engine/store/schema_check.h"

#include <algorithm>
#include <map>
#include <string>

#include "engine/store/connections.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

struct Object {
    std::string type, table, sql;
    bool operator==(const Object&) const = default;
};
using Schema = std::map<std::string, Object>; ///< by name

/// Without what versions of SQLite write in different ways: blanks, and quotes about names.
std::string bare(std::string sql) {
    std::erase_if(
        sql, [](char letter) { return letter == ' ' || letter == '\n' || letter == '\t' || letter == '"'; });
    return sql;
}

/// SQLite's own tables and indexes are left out.
Result<Schema> schemaOf(Database& database) {
    Schema schema;
    BALMER_TRY(auto rows, database.prepare("SELECT name, type, tbl_name, sql FROM sqlite_schema"));
    while (true) {
        BALMER_TRY(const bool more, rows.step());
        if (!more) return schema;
        Object object{rows.text(1), rows.text(2), bare(rows.text(3))};
        auto name = rows.text(0);
        const bool own = name.starts_with("sqlite_") && (object.type == "table" || object.type == "index");
        // A second one of the name counts as another object.
        if (!own && !schema.emplace(name, object).second)
            schema.emplace(name + " (twice)", std::move(object));
    }
}

/// A table in which a virtual one keeps its content: its words are those of this version of SQLite.
bool isShadow(const Schema& shipped, const std::string& name) {
    return std::ranges::any_of(shipped, [&](const auto& each) {
        return each.second.sql.starts_with("CREATEVIRTUALTABLE") && name.starts_with(each.first + "_");
    });
}

Result<Schema> shippedSchema(std::span<const Migration> steps, std::int64_t version) {
    BALMER_TRY(const auto made, Database::open(":memory:", true));
    for (const auto& step : steps)
        if (step.number <= version) BALMER_CHECK(made->script(step.sql));
    return schemaOf(*made);
}

} // namespace

Status checkSchema(Database& database, std::span<const Migration> steps) {
    // One state of it, whatever another process brings up to date meanwhile.
    BALMER_CHECK(database.run("BEGIN"));
    const auto version = database.number("PRAGMA user_version");
    const auto found = schemaOf(database);
    BALMER_CHECK(database.run("ROLLBACK"));
    BALMER_TRY(const auto number, version);
    BALMER_TRY(const auto objects, found);
    BALMER_TRY(const auto shipped, shippedSchema(steps, number));
    const auto file = database.file().string();
    for (const auto& [name, object] : objects) {
        const auto known = shipped.find(name);
        if (known == shipped.end())
            return fail(ErrorCode::Store,
                        "the database " + file + " holds the " + object.type + " \"" + name +
                            "\", which Balmer did not make; open a copy of the project from "
                            "before it was there, or have it taken out: sqlite3 " +
                            file + " 'DROP " + object.type + " \"" + name + "\"'");
        const bool same =
            isShadow(shipped, name) ? object.type == known->second.type : object == known->second;
        if (!same)
            return fail(ErrorCode::Store, "in the database " + file + " the " + object.type + " \"" + name +
                                              "\" is not as Balmer makes it; open a copy of the project from "
                                              "before it was changed");
    }
    for (const auto& [name, object] : shipped)
        if (!objects.contains(name))
            return fail(ErrorCode::Store, "in the database " + file + " the " + object.type + " \"" + name +
                                              "\" is missing; open a copy of the project from before it was "
                                              "taken out");
    return {};
}

} // namespace balmer::store
