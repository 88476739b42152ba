#include "engine/store/column_registry.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "engine/store/connections.h"
#include "engine/store/json_text.h"
#include "engine/store/kept_text.h"
#include "engine/store/staged_rows.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Result;

static_assert(std::endian::native == std::endian::little, "columns are kept as little-endian numbers");

namespace {

constexpr std::size_t bytesInPiece = std::size_t{1} << 18; ///< of a column, in one transaction

struct DatasetKey {
    std::int64_t key = 0, rows = 0;
};

Result<DatasetKey> datasetNamed(Database& database, std::string_view name) {
    BALMER_TRY(auto statement,
               database.prepare("SELECT key, rows FROM dataset WHERE name = ? AND staged_by IS NULL"));
    BALMER_TRY(const bool found, statement.bind(name).step());
    if (!found)
        return fail(ErrorCode::NotFound, "there is no dataset \"" + std::string(name) +
                                             "\"; `balmer dataset list` shows those that exist");
    return DatasetKey{statement.integer(0), statement.integer(1)};
}

constexpr std::string_view select =
    "SELECT c.name, c.version, c.kind, c.categories, c.job, c.model, c.created, d.name, c.data, "
    "c.dataset, c.key FROM dataset_column c JOIN dataset d ON d.key = c.dataset "
    "WHERE c.staged_by IS NULL AND d.staged_by IS NULL ";

Result<ColumnInfo> infoFrom(Database& database, const Statement& row) {
    ColumnInfo info;
    info.name = row.text(0);
    info.version = static_cast<int>(row.integer(1));
    info.kind = row.text(2) == "category" ? ColumnKind::Category : ColumnKind::Number;
    info.job = row.optionalInteger(4);
    info.model = row.text(5);
    info.created = row.text(6);
    info.dataset = row.text(7);
    BALMER_TRY(info.categories, textsFrom(database, row.text(3)));
    return info;
}

/// From the row itself, where older projects have them, and from its pieces.
Result<std::vector<double>> valuesFrom(Database& database, const Statement& row) {
    std::vector<double> values;
    const auto append = [&values](std::span<const std::byte> bytes) {
        const auto before = values.size();
        values.resize(before + bytes.size() / sizeof(double));
        if (values.size() > before)
            std::memcpy(values.data() + before, bytes.data(), (values.size() - before) * sizeof(double));
    };
    append(row.blob(8));
    BALMER_TRY(auto pieces,
               database.prepare("SELECT data FROM column_piece WHERE of_column = ? ORDER BY piece"));
    pieces.bind(row.integer(10));
    while (true) {
        BALMER_TRY(const bool more, pieces.step());
        if (!more) return values;
        append(pieces.blob(0));
    }
}

/// Stands on the wanted version, or on the latest for 0.
Result<Statement> columnRow(Database& database, std::string_view dataset, std::string_view name,
                            int version) {
    BALMER_TRY(const auto key, datasetNamed(database, dataset));
    BALMER_TRY(auto statement, database.prepare(std::string(select) + "AND c.dataset = ? AND c.name = ? AND "
                                                                      "(? = 0 OR c.version = ?) "
                                                                      "ORDER BY c.version DESC LIMIT 1"));
    statement.bind(key.key).bind(name).bind(version).bind(version);
    BALMER_TRY(const bool found, statement.step());
    if (found) return statement;
    std::string known;
    BALMER_TRY(auto names, database.prepare("SELECT DISTINCT name FROM dataset_column WHERE dataset = ? AND "
                                            "staged_by IS NULL ORDER BY name"));
    names.bind(key.key);
    while (true) {
        BALMER_TRY(const bool row, names.step());
        if (!row) break;
        known += (known.empty() ? "" : ", ") + names.text(0);
    }
    return fail(ErrorCode::NotFound, "the dataset \"" + std::string(dataset) + "\" has no column \"" +
                                         std::string(name) + "\"" +
                                         (version ? " of version " + std::to_string(version) : "") +
                                         "; it has " + (known.empty() ? "none" : known));
}

Result<std::vector<ColumnInfo>> all(Database& database, Statement& statement) {
    std::vector<ColumnInfo> infos;
    while (true) {
        BALMER_TRY(const bool row, statement.step());
        if (!row) return infos;
        BALMER_TRY(auto info, infoFrom(database, statement));
        infos.push_back(std::move(info));
    }
}

core::Status check(const ColumnInfo& info, std::span<const double> values, std::int64_t rows) {
    const auto refuse = [&](const std::string& why) {
        return fail(ErrorCode::InvalidArgument, "the column \"" + info.name + "\" " + why);
    };
    if (info.name.empty()) return fail(ErrorCode::InvalidArgument, "a column needs a name");
    BALMER_CHECK(checkName("the column's name", info.name));
    BALMER_CHECK(checkName("the model", info.model));
    for (const auto& category : info.categories)
        BALMER_CHECK(checkName("the category", category));
    if (values.size() != static_cast<std::size_t>(rows))
        return refuse("has " + std::to_string(values.size()) + " values, but the dataset \"" + info.dataset +
                      "\" has " + std::to_string(rows) + " rows");
    if (info.kind == ColumnKind::Category) {
        for (const double value : values)
            if (!std::isnan(value) && !(value >= 0 && value < static_cast<double>(info.categories.size()) &&
                                        value == std::floor(value)))
                return refuse("has a value that is none of its " + std::to_string(info.categories.size()) +
                              " categories");
    } else if (!info.categories.empty()) {
        return refuse("is of numbers, but names categories");
    }
    return {};
}

} // namespace

ColumnRegistry::ColumnRegistry(Connections& connections) : connections_(connections) {}

Result<int> ColumnRegistry::add(const ColumnInfo& info, std::span<const double> values) {
    const NewColumn column{info, {values.begin(), values.end()}};
    BALMER_TRY(const auto versions, addAll(std::span(&column, 1)));
    return versions.front();
}

Result<std::vector<int>> ColumnRegistry::addAll(std::span<const NewColumn> columns) {
    BALMER_TRY(const auto staged, stage(columns));
    return add(staged);
}

Result<std::vector<ColumnRegistry::StagedColumn>> ColumnRegistry::stage(std::span<const NewColumn> columns) {
    std::vector<StagedColumn> staged;
    for (const auto& column : columns) {
        const auto& info = column.info;
        const auto& values = column.values;
        BALMER_TRY(const auto key, connections_.write([&](Database& database) -> Result<std::int64_t> {
            BALMER_TRY(const auto dataset, datasetNamed(database, info.dataset));
            BALMER_CHECK(check(info, values, dataset.rows));
            BALMER_CHECK(database.run(
                "INSERT INTO dataset_column (dataset, name, version, kind, categories, job, model, "
                "created, data, staged_by) VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?)",
                dataset.key, stagedName(), info.kind == ColumnKind::Category ? "category" : "number",
                jsonOf(info.categories), info.job, info.model, connections_.now(),
                std::span<const std::byte>(), stager()));
            return database.lastKey();
        }));
        staged.push_back(
            {info, std::make_shared<const StagedRows>(connections_, StagedRows::Table::Column, key)});
        const auto bytes = std::as_bytes(std::span(values));
        BALMER_CHECK(writeInPieces(
            connections_, (bytes.size() + bytesInPiece - 1) / bytesInPiece,
            [&](Database& database, std::size_t piece) {
                const auto first = piece * bytesInPiece;
                return database.run("INSERT INTO column_piece (of_column, piece, data) VALUES (?, ?, ?)", key,
                                    static_cast<std::int64_t>(piece),
                                    bytes.subspan(first, std::min(bytesInPiece, bytes.size() - first)));
            },
            1));
    }
    return staged;
}

Result<std::vector<int>> ColumnRegistry::add(std::span<const StagedColumn> staged) {
    return connections_.write([&](Database& database) -> Result<std::vector<int>> {
        std::vector<int> versions;
        for (const auto& [info, rows] : staged) {
            BALMER_TRY(const auto dataset, datasetNamed(database, info.dataset));
            BALMER_TRY(const auto before,
                       database.number("SELECT max(version) FROM dataset_column WHERE dataset = ? "
                                       "AND name = ?",
                                       dataset.key, info.name));
            versions.push_back(static_cast<int>(before) + 1);
            BALMER_CHECK(database.run("UPDATE dataset_column SET name = ?, version = ?, created = ?, "
                                      "staged_by = NULL WHERE key = ? AND dataset = ?",
                                      info.name, versions.back(), connections_.now(), rows->key(),
                                      dataset.key));
            if (database.changed() == 0)
                return fail(ErrorCode::NotFound, "the dataset \"" + info.dataset +
                                                     "\" has gone or changed while the column \"" +
                                                     info.name + "\" was written; try again");
        }
        return versions;
    });
}

Result<std::vector<ColumnInfo>> ColumnRegistry::list(std::string_view dataset) {
    return connections_.read([&](Database& database) -> Result<std::vector<ColumnInfo>> {
        BALMER_TRY(const auto key, datasetNamed(database, dataset));
        BALMER_TRY(
            auto statement,
            database.prepare(std::string(select) +
                             "AND c.dataset = ? AND c.version = (SELECT max(o.version) FROM dataset_column o "
                             "WHERE o.dataset = c.dataset AND o.name = c.name) ORDER BY c.name"));
        statement.bind(key.key);
        return all(database, statement);
    });
}

Result<std::vector<ColumnInfo>> ColumnRegistry::versions(std::string_view dataset, std::string_view name) {
    return connections_.read([&](Database& database) -> Result<std::vector<ColumnInfo>> {
        BALMER_TRY(const auto key, datasetNamed(database, dataset));
        BALMER_TRY(auto statement, database.prepare(std::string(select) + "AND c.dataset = ? AND c.name = ? "
                                                                          "ORDER BY c.version"));
        statement.bind(key.key).bind(name);
        return all(database, statement);
    });
}

Result<ColumnInfo> ColumnRegistry::info(std::string_view dataset, std::string_view name, int version) {
    return connections_.read([&](Database& database) -> Result<ColumnInfo> {
        BALMER_TRY(const auto row, columnRow(database, dataset, name, version));
        return infoFrom(database, row);
    });
}

Result<std::vector<ColumnInfo>> ColumnRegistry::newest(std::string_view name) {
    return connections_.read([&](Database& database) -> Result<std::vector<ColumnInfo>> {
        BALMER_TRY(
            auto statement,
            database.prepare(std::string(select) +
                             "AND c.name = ? AND c.version = (SELECT max(o.version) FROM dataset_column o "
                             "WHERE o.dataset = d.key AND o.name = c.name) ORDER BY c.created, c.key"));
        statement.bind(name);
        return all(database, statement);
    });
}

Result<std::vector<double>> ColumnRegistry::values(std::string_view dataset, std::string_view name,
                                                   int version) {
    return connections_.read([&](Database& database) -> Result<std::vector<double>> {
        BALMER_TRY(const auto row, columnRow(database, dataset, name, version));
        return valuesFrom(database, row);
    });
}

Result<std::shared_ptr<const ColumnValues>> ColumnRegistry::lookUp(std::string_view dataset,
                                                                   std::string_view column) {
    return connections_.read([&](Database& database) -> Result<std::shared_ptr<const ColumnValues>> {
        std::string holder(dataset);
        if (dataset.empty()) {
            std::vector<std::string> holders;
            BALMER_TRY(auto statement,
                       database.prepare("SELECT DISTINCT d.name FROM dataset_column c JOIN dataset d "
                                        "ON d.key = c.dataset WHERE c.name = ? AND c.staged_by IS NULL "
                                        "AND d.staged_by IS NULL ORDER BY d.name"));
            statement.bind(column);
            while (true) {
                BALMER_TRY(const bool row, statement.step());
                if (!row) break;
                holders.push_back(statement.text(0));
            }
            if (holders.empty())
                return fail(ErrorCode::NotFound,
                            "there is no field or column \"" + std::string(column) + "\"");
            if (holders.size() > 1)
                return fail(ErrorCode::InvalidArgument, "several datasets have a column \"" +
                                                            std::string(column) + "\": say " + holders[0] +
                                                            "." + std::string(column) + " or " + holders[1] +
                                                            "." + std::string(column));
            holder = holders.front();
        }
        BALMER_TRY(const auto row, columnRow(database, holder, column, 0));
        auto found = std::make_shared<ColumnValues>();
        found->datasetKey = row.integer(9);
        BALMER_TRY(found->values, valuesFrom(database, row));
        BALMER_TRY(found->categories, textsFrom(database, row.text(3)));
        return found;
    });
}

} // namespace balmer::store
