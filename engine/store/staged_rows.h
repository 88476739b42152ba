// StagedRows: what takes many rows is written in short transactions that nobody sees, and then shown by one
// small one, so that a label never waits for it. Private to the store.
//
// A row of `dataset`, `dataset_column` or `round` is staged while its staged_by is not NULL; every query
// leaves such rows out. Thread rule: that of the project.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/core/result.h"
#include "engine/store/connections.h"

namespace balmer::store {

/// As many rows as one transaction writes, so that it holds the writer for a few milliseconds.
constexpr std::size_t rowsInOneWrite = 500;

/// Who stages here, and a name that no row has, for columns that must be unique.
std::string stager();
std::string stagedName();

/// Owner of one staged row and of all that hangs on it: unless the row was shown by then, they are deleted
/// with this, or, should the process die before, when the project is opened next.
class StagedRows {
  public:
    enum class Table { Dataset, Column, Round };

    StagedRows(Connections& connections, Table table, std::int64_t key)
        : connections_(connections), table_(table), key_(key) {}
    ~StagedRows();
    StagedRows(const StagedRows&) = delete;
    StagedRows& operator=(const StagedRows&) = delete;

    std::int64_t key() const { return key_; }

  private:
    Connections& connections_;
    Table table_;
    std::int64_t key_;
};

/// Deletes a staged row and all that hangs on it, in short transactions. A row that was shown stays.
core::Status dropStaged(Connections& connections, StagedRows::Table table, std::int64_t key);

/// Deletes what processes left staged that live no more.
core::Status dropAbandoned(Connections& connections);

/// write(Database&, i) for i from 0 to below count, rowsInOneWrite in one transaction.
template <typename Write>
core::Status writeInPieces(Connections& connections, std::size_t count, Write write,
                           std::size_t inOneWrite = rowsInOneWrite) {
    for (std::size_t first = 0; first < count; first += inOneWrite) {
        const auto piece = [&](Database& database) -> core::Status {
            for (std::size_t i = first; i < count && i < first + inOneWrite; ++i)
                BALMER_CHECK(write(database, i));
            return {};
        };
        BALMER_CHECK(connections.write(piece));
    }
    return {};
}

} // namespace balmer::store
