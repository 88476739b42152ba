#include "engine/store/staged_rows.h"

#include <atomic>
#include <vector>

#include "engine/core/stop_scope.h"
#include "engine/jobs/process_token.h"

namespace balmer::store {

using core::Result;
using core::Status;
using Table = StagedRows::Table;

namespace {

std::string_view nameOf(Table table) {
    return table == Table::Dataset ? "dataset" : table == Table::Column ? "dataset_column" : "round";
}
/// The key of a round is its id.
std::string_view keyOf(Table table) {
    return table == Table::Round ? "id" : "key";
}

/// Runs the DELETE, for the key ?1 and at most ?2 rows, until it deletes none.
Status deleteInPieces(Connections& connections, std::string_view sql, std::int64_t key,
                      std::size_t inOneWrite = rowsInOneWrite) {
    while (true) {
        BALMER_TRY(const auto deleted, connections.write([&](Database& database) -> Result<std::int64_t> {
            BALMER_CHECK(database.run(sql, key, static_cast<std::int64_t>(inOneWrite)));
            return database.changed();
        }));
        if (deleted == 0) return {};
    }
}

Result<std::vector<std::int64_t>> columnsOf(Connections& connections, std::int64_t dataset) {
    return connections.read([&](Database& database) -> Result<std::vector<std::int64_t>> {
        std::vector<std::int64_t> keys;
        BALMER_TRY(auto statement, database.prepare("SELECT key FROM dataset_column WHERE dataset = ?"));
        statement.bind(dataset);
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return keys;
            keys.push_back(statement.integer(0));
        }
    });
}

Status deletePieces(Connections& connections, std::int64_t column) {
    return deleteInPieces(connections,
                          "DELETE FROM column_piece WHERE of_column = ?1 AND piece IN (SELECT piece FROM "
                          "column_piece WHERE of_column = ?1 LIMIT ?2)",
                          column, 4);
}

/// What hangs on the row, which is staged.
Status deleteParts(Connections& connections, Table table, std::int64_t key) {
    switch (table) {
    case Table::Column:
        return deletePieces(connections, key);
    case Table::Round:
        return deleteInPieces(connections,
                              "DELETE FROM round_item WHERE round = ?1 AND (list, rank) IN (SELECT list, "
                              "rank FROM round_item WHERE round = ?1 LIMIT ?2)",
                              key);
    case Table::Dataset:
        break;
    }
    BALMER_TRY(const auto columns, columnsOf(connections, key));
    for (const auto column : columns) {
        BALMER_CHECK(deletePieces(connections, column));
        BALMER_CHECK(connections.write([&](Database& database) {
            return database.run("DELETE FROM dataset_column WHERE key = ?", column);
        }));
    }
    return deleteInPieces(connections,
                          "DELETE FROM dataset_row WHERE dataset = ?1 AND row IN (SELECT row FROM "
                          "dataset_row WHERE dataset = ?1 LIMIT ?2)",
                          key);
}

} // namespace

std::string stager() {
    return jobs::thisProcessToken();
}

std::string stagedName() {
    static std::atomic<std::uint64_t> staged = 0;
    return "staged " + stager() + " " + std::to_string(++staged);
}

StagedRows::~StagedRows() {
    const core::NoStopScope whole;
    const Connections::InPassing later;
    try {
        (void)dropStaged(connections_, table_, key_);
    } catch (const std::bad_alloc&) { // what cannot be deleted now is at the next opening
    }
}

Status dropStaged(Connections& connections, Table table, std::int64_t key) {
    const auto where =
        std::string(nameOf(table)) + " WHERE " + std::string(keyOf(table)) + " = ? AND staged_by IS NOT NULL";
    BALMER_TRY(const auto staged, connections.read([&](Database& database) {
        return database.number("SELECT count(*) FROM " + where, key);
    }));
    if (staged == 0) return {};
    BALMER_CHECK(deleteParts(connections, table, key));
    return connections.write([&](Database& database) { return database.run("DELETE FROM " + where, key); });
}

Status dropAbandoned(Connections& connections) {
    for (const auto table : {Table::Round, Table::Column, Table::Dataset}) {
        BALMER_TRY(
            const auto left, connections.read([&](Database& database) -> Result<std::vector<std::int64_t>> {
                std::vector<std::int64_t> keys;
                BALMER_TRY(auto statement,
                           database.prepare("SELECT " + std::string(keyOf(table)) + ", staged_by FROM " +
                                            std::string(nameOf(table)) + " WHERE staged_by IS NOT NULL"));
                while (true) {
                    BALMER_TRY(const bool row, statement.step());
                    if (!row) return keys;
                    if (jobs::stateOf(statement.text(1)) == jobs::ProcessState::Ended)
                        keys.push_back(statement.integer(0));
                }
            }));
        for (const auto key : left)
            BALMER_CHECK(dropStaged(connections, table, key));
    }
    return {};
}

} // namespace balmer::store
