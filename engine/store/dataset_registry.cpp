#include "engine/store/dataset_registry.h"

#include "engine/store/connections.h"
#include "engine/store/kept_text.h"
#include "engine/store/spectrum_ids.h"
#include "engine/store/staged_rows.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

constexpr std::string_view select =
    "SELECT key, name, digest, file, rows, columns, first_wavelength, last_wavelength, "
    "pipeline, collection, created, job, file_digest FROM dataset WHERE staged_by IS NULL ";

DatasetRecord recordFrom(const Statement& row) {
    return {row.integer(0), row.text(1),   row.text(2), row.text(3), row.integer(4), row.integer(5),
            row.number(6),  row.number(7), row.text(8), row.text(9), row.text(10),   row.optionalInteger(11),
            row.text(12)};
}

Result<std::optional<DatasetRecord>> one(Database& database, std::string_view condition,
                                         std::string_view value) {
    BALMER_TRY(auto statement, database.prepare(std::string(select) + std::string(condition)));
    BALMER_TRY(const bool found, statement.bind(value).step());
    if (!found) return std::nullopt;
    return recordFrom(statement);
}

Result<DatasetRecord> named(Database& database, std::string_view name) {
    BALMER_TRY(auto found, one(database, "AND name = ?", name));
    if (found) return std::move(*found);
    std::string known;
    BALMER_TRY(auto names,
               database.prepare("SELECT name FROM dataset WHERE staged_by IS NULL ORDER BY name LIMIT 30"));
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

/// The dataset of this name, if it is there with this content. Errors: InvalidArgument where the name is
/// taken.
Result<std::optional<DatasetRecord>> same(Database& database, const DatasetRecord& record) {
    BALMER_TRY(auto present, one(database, "AND name = ?", record.name));
    if (present && present->digest != record.digest)
        return fail(ErrorCode::InvalidArgument,
                    "there is another dataset \"" + record.name + "\" already; choose another name");
    return present;
}

} // namespace

DatasetRegistry::DatasetRegistry(Connections& connections) : connections_(connections) {}

Result<DatasetRecord> DatasetRegistry::add(const DatasetRecord& record, std::span<const std::string> ids) {
    BALMER_TRY(const auto staged, stage(record, ids));
    return add(staged);
}

Result<DatasetRecord> DatasetRegistry::adopt(const DatasetRecord& record) {
    BALMER_TRY(const auto staged, stageRows(record, {}));
    return add(staged);
}

Result<StagedDataset> DatasetRegistry::stage(const DatasetRecord& record, std::span<const std::string> ids) {
    if (record.rows < 0 || static_cast<std::size_t>(record.rows) != ids.size())
        return fail(ErrorCode::InvalidArgument, "the dataset \"" + record.name + "\" has " +
                                                    std::to_string(record.rows) + " rows but " +
                                                    std::to_string(ids.size()) + " ids");
    return stageRows(record, ids);
}

Result<StagedDataset> DatasetRegistry::stageRows(const DatasetRecord& record,
                                                 std::span<const std::string> ids) {
    if (record.name.empty()) return fail(ErrorCode::InvalidArgument, "a dataset needs a name");
    BALMER_CHECK(checkName("the dataset's name", record.name));
    StagedDataset staged{record, nullptr};
    BALMER_TRY(const auto key, connections_.write([&](Database& database) -> Result<std::int64_t> {
        BALMER_TRY(const auto present, same(database, record));
        if (present) return 0;
        BALMER_CHECK(database.run(
            "INSERT INTO dataset (name, digest, file, rows, columns, first_wavelength, last_wavelength, "
            "pipeline, collection, created, job, staged_by, file_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, "
            "?, ?, ?, "
            "?)",
            stagedName(), record.digest, record.file, record.rows, record.columns, record.firstWavelength,
            record.lastWavelength, record.pipeline, keptOfFile(record.collection), connections_.now(),
            record.job, stager(), record.fileDigest));
        return database.lastKey();
    }));
    if (key == 0) return staged;
    staged.rows = std::make_shared<const StagedRows>(connections_, StagedRows::Table::Dataset, key);
    const auto writeRow = [&](Database& database, std::size_t row) -> Status {
        BALMER_CHECK(checkSpectrum(database, ids[row]));
        return database.run("INSERT INTO dataset_row (dataset, row, spectrum) VALUES (?, ?, ?)", key,
                            static_cast<std::int64_t>(row), ids[row]);
    };
    BALMER_CHECK(writeInPieces(connections_, ids.size(), writeRow));
    return staged;
}

Result<DatasetRecord> DatasetRegistry::add(const StagedDataset& staged) {
    return connections_.write([&](Database& database) -> Result<DatasetRecord> {
        BALMER_TRY(auto present, same(database, staged.record));
        if (present) return std::move(*present);
        if (staged.rows)
            BALMER_CHECK(database.run("UPDATE dataset SET name = ?, created = ?, staged_by = NULL "
                                      "WHERE key = ?",
                                      staged.record.name, connections_.now(), staged.rows->key()));
        return named(database, staged.record.name);
    });
}

Status DatasetRegistry::setFileDigest(std::string_view name, std::string_view digest) {
    return connections_.write([&](Database& database) -> Status {
        BALMER_TRY(const auto record, named(database, name));
        return database.run("UPDATE dataset SET file_digest = ? WHERE key = ?", digest, record.key);
    });
}

Result<DatasetRecord> DatasetRegistry::get(std::string_view name) {
    return connections_.read([&](Database& database) { return named(database, name); });
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
    BALMER_TRY(const auto key, connections_.write([&](Database& database) -> Result<std::int64_t> {
        BALMER_TRY(const auto record, named(database, name));
        BALMER_CHECK(database.run("UPDATE dataset SET name = ?, staged_by = ? WHERE key = ?", stagedName(),
                                  stager(), record.key));
        return record.key;
    }));
    return dropStaged(connections_, StagedRows::Table::Dataset, key);
}

} // namespace balmer::store
