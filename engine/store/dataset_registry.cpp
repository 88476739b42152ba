#include "engine/store/dataset_registry.h"

#include "engine/store/connections.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

constexpr std::string_view select =
    "SELECT key, name, digest, file, rows, columns, first_wavelength, last_wavelength, "
    "pipeline, collection, created, job FROM dataset ";

DatasetRecord recordFrom(const Statement& row) {
    return {row.integer(0), row.text(1),   row.text(2), row.text(3), row.integer(4), row.integer(5),
            row.number(6),  row.number(7), row.text(8), row.text(9), row.text(10),   row.optionalInteger(11)};
}

Result<std::optional<DatasetRecord>> one(Database& database, std::string_view condition,
                                         std::string_view value) {
    BALMER_TRY(auto statement, database.prepare(std::string(select) + std::string(condition)));
    BALMER_TRY(const bool found, statement.bind(value).step());
    if (!found) return std::nullopt;
    return recordFrom(statement);
}

Result<DatasetRecord> named(Database& database, std::string_view name) {
    BALMER_TRY(auto found, one(database, "WHERE name = ?", name));
    if (found) return std::move(*found);
    std::string known;
    BALMER_TRY(auto names, database.prepare("SELECT name FROM dataset ORDER BY name LIMIT 30"));
    while (true) {
        BALMER_TRY(const bool row, names.step());
        if (!row) break;
        known += (known.empty() ? "" : ", ") + names.text(0);
    }
    return fail(
        ErrorCode::NotFound,
        "there is no dataset \"" + std::string(name) + "\"; " +
            (known.empty() ? "there is none yet: make one with `balmer preprocess`" : "there are: " + known));
}

} // namespace

DatasetRegistry::DatasetRegistry(Connections& connections) : connections_(connections) {}

Result<DatasetRecord> DatasetRegistry::add(const DatasetRecord& record, std::span<const std::string> ids) {
    if (record.rows < 0 || static_cast<std::size_t>(record.rows) != ids.size())
        return fail(ErrorCode::InvalidArgument, "the dataset \"" + record.name + "\" has " +
                                                    std::to_string(record.rows) + " rows but " +
                                                    std::to_string(ids.size()) + " ids");
    return keep(record, ids);
}

Result<DatasetRecord> DatasetRegistry::adopt(const DatasetRecord& record) {
    return keep(record, {});
}

Result<DatasetRecord> DatasetRegistry::keep(const DatasetRecord& record, std::span<const std::string> ids) {
    if (record.name.empty()) return fail(ErrorCode::InvalidArgument, "a dataset needs a name");
    return connections_.write([&](Database& database) -> Result<DatasetRecord> {
        BALMER_TRY(auto present, one(database, "WHERE name = ?", record.name));
        if (present && present->digest == record.digest) return std::move(*present);
        if (present)
            return fail(ErrorCode::InvalidArgument,
                        "there is another dataset \"" + record.name + "\" already; choose another name");
        BALMER_CHECK(database.run("INSERT INTO dataset (name, digest, file, rows, columns, first_wavelength, "
                                  "last_wavelength, pipeline, collection, created, job) "
                                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                  record.name, record.digest, record.file, record.rows, record.columns,
                                  record.firstWavelength, record.lastWavelength, record.pipeline,
                                  record.collection, connections_.now(), record.job));
        const auto key = database.lastKey();
        BALMER_TRY(auto insert,
                   database.prepare("INSERT INTO dataset_row (dataset, row, spectrum) VALUES (?, ?, ?)"));
        for (std::size_t row = 0; row < ids.size(); ++row) {
            insert.reset();
            BALMER_TRY([[maybe_unused]] const bool done,
                       insert.bind(key).bind(static_cast<std::int64_t>(row)).bind(ids[row]).step());
        }
        return named(database, record.name);
    });
}

Result<DatasetRecord> DatasetRegistry::get(std::string_view name) {
    return connections_.read([&](Database& database) { return named(database, name); });
}

Result<std::optional<DatasetRecord>> DatasetRegistry::withDigest(std::string_view digest) {
    return connections_.read(
        [&](Database& database) { return one(database, "WHERE digest = ? ORDER BY key LIMIT 1", digest); });
}

Result<std::vector<DatasetRecord>> DatasetRegistry::list() {
    return connections_.read([&](Database& database) -> Result<std::vector<DatasetRecord>> {
        std::vector<DatasetRecord> all;
        BALMER_TRY(auto statement, database.prepare(std::string(select) + "ORDER BY name"));
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return all;
            all.push_back(recordFrom(statement));
        }
    });
}

Result<std::vector<std::string>> DatasetRegistry::ids(std::string_view name) {
    return connections_.read([&](Database& database) -> Result<std::vector<std::string>> {
        BALMER_TRY(const auto record, named(database, name));
        std::vector<std::string> all;
        all.reserve(static_cast<std::size_t>(record.rows));
        BALMER_TRY(auto statement,
                   database.prepare("SELECT spectrum FROM dataset_row WHERE dataset = ? ORDER BY row"));
        statement.bind(record.key);
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return all;
            all.push_back(statement.text(0));
        }
    });
}

Result<std::optional<std::int64_t>> DatasetRegistry::rowOf(std::string_view name,
                                                           std::string_view spectrumId) {
    return connections_.read([&](Database& database) -> Result<std::optional<std::int64_t>> {
        BALMER_TRY(const auto record, named(database, name));
        BALMER_TRY(auto statement,
                   database.prepare("SELECT min(row) FROM dataset_row WHERE spectrum = ? AND dataset = ?"));
        BALMER_TRY([[maybe_unused]] const bool row, statement.bind(spectrumId).bind(record.key).step());
        return statement.optionalInteger(0);
    });
}

Status DatasetRegistry::remove(std::string_view name) {
    return connections_.write([&](Database& database) -> Status {
        BALMER_TRY(const auto record, named(database, name));
        return database.run("DELETE FROM dataset WHERE key = ?", record.key);
    });
}

} // namespace balmer::store
