#include "engine/store/round_archive.h"

#include "engine/store/connections.h"
#include "engine/store/json_text.h"
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
    "SELECT id, number, dataset, classes, targets, model, job, parameters, created, "
    "agreed, judged, precision, lower_bound, confidence FROM round "
    "WHERE staged_by IS NULL ";

Result<RoundRecord> recordFrom(Database& database, const Statement& row) {
    RoundRecord record;
    record.id = row.integer(0);
    record.number = static_cast<int>(row.integer(1));
    record.dataset = row.text(2);
    BALMER_TRY(record.classes, textsFrom(database, row.text(3)));
    BALMER_TRY(record.targets, textsFrom(database, row.text(4)));
    record.model = row.text(5);
    record.job = row.optionalInteger(6);
    record.parameters = row.text(7);
    record.created = row.text(8);
    if (!row.isNull(9))
        record.precision = active::PrecisionEstimate{static_cast<std::size_t>(row.integer(9)),
                                                     static_cast<std::size_t>(row.integer(10)),
                                                     row.number(11), row.number(12), row.number(13)};
    return record;
}

Status readItems(Database& database, RoundRecord& record) {
    BALMER_TRY(auto statement,
               database.prepare("SELECT list, rank, spectrum, predicted, probability, entropy, reason "
                                "FROM round_item WHERE round = ? ORDER BY list, rank"));
    statement.bind(record.id);
    while (true) {
        BALMER_TRY(const bool row, statement.step());
        if (!row) return {};
        const auto list = active::roundListFrom(statement.text(0));
        if (!list)
            return fail(ErrorCode::Unsupported, "round " + std::to_string(record.number) + " has a list \"" +
                                                    statement.text(0) +
                                                    "\", which this version does not know");
        record.items.push_back({*list, static_cast<int>(statement.integer(1)), statement.text(2),
                                statement.text(3), statement.number(4), statement.number(5),
                                statement.text(6)});
    }
}

Status keepPrecision(Database& database, std::int64_t id, const active::PrecisionEstimate& estimate) {
    BALMER_CHECK(database.run(
        "UPDATE round SET agreed = ?, judged = ?, precision = ?, lower_bound = ?, confidence = ? "
        "WHERE id = ?",
        static_cast<std::int64_t>(estimate.agreed), static_cast<std::int64_t>(estimate.judged),
        estimate.precision, estimate.lowerBound, estimate.confidence, id));
    if (database.changed() == 0)
        return fail(ErrorCode::NotFound, "there is no round with the id " + std::to_string(id));
    return {};
}

} // namespace

RoundArchive::RoundArchive(Connections& connections) : connections_(connections) {}

Result<RoundRecord> RoundArchive::add(const RoundRecord& record) {
    BALMER_TRY(const auto staged, stage(record));
    return add(staged);
}

Result<StagedRound> RoundArchive::stage(const RoundRecord& record) {
    if (record.dataset.empty() || record.classes.empty())
        return fail(ErrorCode::InvalidArgument, "a round needs a dataset and its classes");
    for (const auto& name : record.classes)
        BALMER_CHECK(checkName("the class", name));
    BALMER_CHECK(checkName("the dataset's name", record.dataset));
    BALMER_CHECK(checkName("the model", record.model));
    StagedRound staged{record, nullptr};
    auto& kept = staged.record;
    BALMER_TRY(kept.id, connections_.write([&](Database& database) -> Result<std::int64_t> {
        BALMER_CHECK(database.run(
            "INSERT INTO round (number, dataset, classes, targets, model, job, parameters, created, "
            "staged_by) VALUES (0, ?, ?, ?, ?, ?, ?, ?, ?)",
            stagedName(), jsonOf(kept.classes), jsonOf(kept.targets), kept.model, kept.job, kept.parameters,
            connections_.now(), stager()));
        return database.lastKey();
    }));
    staged.rows = std::make_shared<const StagedRows>(connections_, StagedRows::Table::Round, kept.id);
    const auto writeItem = [&](Database& database, std::size_t i) -> Status {
        const auto& item = kept.items[i];
        BALMER_CHECK(checkSpectrum(database, item.spectrum));
        BALMER_CHECK(checkName("the class", item.predicted));
        return database.run("INSERT INTO round_item (round, list, rank, spectrum, predicted, probability, "
                            "entropy, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                            kept.id, active::toString(item.list), item.rank, item.spectrum, item.predicted,
                            item.probability, item.entropy, keptOfFile(item.reason));
    };
    BALMER_CHECK(writeInPieces(connections_, kept.items.size(), writeItem));
    return staged;
}

Result<RoundRecord> RoundArchive::add(const StagedRound& staged) {
    return connections_.write([&](Database& database) -> Result<RoundRecord> {
        auto kept = staged.record;
        BALMER_TRY(const auto before,
                   database.number("SELECT max(number) FROM round WHERE dataset = ? AND classes = ?",
                                   kept.dataset, jsonOf(kept.classes)));
        kept.number = static_cast<int>(before) + 1;
        kept.created = connections_.now();
        BALMER_CHECK(database.run("UPDATE round SET dataset = ?, number = ?, created = ?, staged_by = NULL "
                                  "WHERE id = ?",
                                  kept.dataset, kept.number, kept.created, kept.id));
        if (kept.precision) BALMER_CHECK(keepPrecision(database, kept.id, *kept.precision));
        return kept;
    });
}

Status RoundArchive::setPrecision(std::int64_t id, const active::PrecisionEstimate& estimate) {
    return connections_.write([&](Database& database) { return keepPrecision(database, id, estimate); });
}

Result<RoundRecord> RoundArchive::get(std::int64_t id) {
    return connections_.read([&](Database& database) -> Result<RoundRecord> {
        BALMER_TRY(auto statement, database.prepare(std::string(select) + "AND id = ?"));
        BALMER_TRY(const bool found, statement.bind(id).step());
        if (!found) return fail(ErrorCode::NotFound, "there is no round with the id " + std::to_string(id));
        BALMER_TRY(auto record, recordFrom(database, statement));
        BALMER_CHECK(readItems(database, record));
        return record;
    });
}

Result<std::optional<RoundRecord>> RoundArchive::latest(std::string_view dataset,
                                                        const std::vector<std::string>& classes) {
    return connections_.read([&](Database& database) -> Result<std::optional<RoundRecord>> {
        const auto wanted = classes.empty() ? std::string() : jsonOf(classes);
        BALMER_TRY(auto statement,
                   database.prepare(std::string(select) + "AND dataset = ? AND (? = '' OR classes = ?) "
                                                          "ORDER BY id DESC LIMIT 1"));
        BALMER_TRY(const bool found, statement.bind(dataset).bind(wanted).bind(wanted).step());
        if (!found) return std::nullopt;
        BALMER_TRY(auto record, recordFrom(database, statement));
        BALMER_CHECK(readItems(database, record));
        return record;
    });
}

Result<std::vector<RoundRecord>> RoundArchive::list(std::string_view dataset) {
    return connections_.read([&](Database& database) -> Result<std::vector<RoundRecord>> {
        std::vector<RoundRecord> all;
        BALMER_TRY(auto statement,
                   database.prepare(std::string(select) + "AND (? = '' OR dataset = ?) ORDER BY id"));
        statement.bind(dataset).bind(dataset);
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return all;
            BALMER_TRY(auto record, recordFrom(database, statement));
            all.push_back(std::move(record));
        }
    });
}

} // namespace balmer::store
