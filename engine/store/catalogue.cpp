#include "engine/store/catalogue.h"

#include <filesystem>
#include <map>

#include "engine/core/text_number.h"
#include "engine/store/column_registry.h"
#include "engine/store/connections.h"
#include "engine/store/filter_expression.h"
#include "engine/store/json_text.h"
#include "engine/store/kept_text.h"
#include "engine/store/spectrum_ids.h"

namespace balmer::store {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using spectrum::Medium;

namespace {

constexpr std::string_view fields =
    "s.key, s.id, c.name, s.object, s.ra, s.dec, s.observed, s.mjd, s.snr, s.magnitude, s.redshift, "
    "s.survey, "
    "s.survey_id, s.spectral_class, s.rule, s.medium, s.first_wavelength, s.last_wavelength, s.samples, "
    "s.flux_unit, "
    "s.file_path, s.part, s.content_digest, s.dataset, s.warnings, s.imported_at, l.class, l.flags, "
    "l.comment";
constexpr std::string_view tables = " FROM spectrum s JOIN collection c ON c.key = s.collection "
                                    "LEFT JOIN label_current l ON l.spectrum = s.id ";

Result<SpectrumRecord> recordFrom(Database& database, const Statement& row) {
    SpectrumRecord record;
    record.rowId = row.integer(0);
    record.id = row.text(1);
    record.collection = row.text(2);
    record.object = row.text(3);
    if (!row.isNull(4) && !row.isNull(5))
        record.position = spectrum::SkyPosition{row.number(4), row.number(5)};
    record.observed = row.text(6);
    record.mjd = row.optionalNumber(7);
    record.signalToNoise = row.optionalNumber(8);
    record.magnitude = row.optionalNumber(9);
    record.redshift = row.optionalNumber(10);
    record.survey = row.text(11);
    record.surveyId = row.text(12);
    record.spectralClass = row.text(13);
    record.rule = row.text(14);
    const auto medium = row.text(15);
    record.medium = medium == "air" ? Medium::Air : medium == "vacuum" ? Medium::Vacuum : Medium::Unknown;
    record.firstWavelength = row.number(16);
    record.lastWavelength = row.number(17);
    record.samples = row.integer(18);
    record.fluxUnit = row.text(19);
    record.filePath = row.text(20);
    record.part = row.integer(21);
    record.contentDigest = row.text(22);
    record.dataset = row.text(23);
    BALMER_TRY(record.warnings, textsFrom(database, row.text(24)));
    record.importedAt = row.text(25);
    record.label = row.text(26);
    record.flags = row.text(27);
    record.comment = row.text(28);
    return record;
}

Result<std::vector<SpectrumRecord>> recordsFrom(Database& database, Statement& statement) {
    std::vector<SpectrumRecord> records;
    while (true) {
        BALMER_TRY(const bool row, statement.step());
        if (!row) return records;
        BALMER_TRY(auto record, recordFrom(database, statement));
        records.push_back(std::move(record));
    }
}

Result<std::int64_t> collectionKey(Database& database, const std::string& name) {
    BALMER_CHECK(
        database.run("INSERT INTO collection (name) VALUES (?) ON CONFLICT (name) DO NOTHING", name));
    return database.number("SELECT key FROM collection WHERE name = ?", name);
}

/// The header's values as one text for the search. Numbers with a fraction are not words that anybody looks
/// for.
std::string searchable(const std::vector<spectrum::HeaderCard>& cards) {
    std::string text;
    for (const auto& card : cards) {
        if (card.value.empty() || (core::parseDouble(card.value) && !core::parseInteger(card.value)))
            continue;
        if (!text.empty()) text += '\n';
        text += cleanText(card.value);
    }
    return text;
}

/// What of a new spectrum takes time and no database.
struct HeaderTexts {
    std::string cards, words;
};

/// A file whose content is known, found under another name: remember that name if the old one leads nowhere.
Status followMovedFile(Database& database, std::int64_t key, const std::string& before,
                       const std::string& now) {
    std::error_code ignored;
    if (now.empty() || before == now || std::filesystem::exists(before, ignored)) return {};
    return database.run("UPDATE spectrum SET file_path = ? WHERE key = ?", now, key);
}

Status enterWords(Database& database, std::int64_t key, std::string_view id, std::string_view object,
                  std::string_view surveyId, std::string_view header) {
    return database.run(
        "INSERT INTO spectrum_text (rowid, id, object, survey_id, header) VALUES (?, ?, ?, ?, ?)", key, id,
        object, surveyId, header);
}

/// With what is searched for.
Status renameSpectrum(Database& database, std::int64_t key, const std::string& id) {
    BALMER_TRY(auto row, database.prepare("SELECT s.id, s.object, s.survey_id, coalesce(h.cards, '[]') FROM "
                                          "spectrum s LEFT JOIN spectrum_header h ON h.spectrum = s.key "
                                          "WHERE s.key = ?"));
    BALMER_TRY([[maybe_unused]] const bool found, row.bind(key).step());
    const auto before = row.text(0), object = row.text(1), surveyId = row.text(2);
    BALMER_TRY(const auto cards, cardsFrom(database, row.text(3)));
    const auto header = searchable(cards);
    // A table without content of its own forgets what it is told once more.
    BALMER_CHECK(database.run("INSERT INTO spectrum_text (spectrum_text, rowid, id, object, survey_id, "
                              "header) VALUES ('delete', ?, ?, ?, ?, ?)",
                              key, before, object, surveyId, header));
    BALMER_CHECK(enterWords(database, key, id, object, surveyId, header));
    return database.run("UPDATE spectrum SET id = ? WHERE key = ?", id, key);
}

using Renamed = std::map<std::int64_t, std::string>; ///< by row the new id

/// The id it has where it comes from, or the one that it is to have here.
Result<std::string> idOf(Database& database, const NewSpectrum& item, Renamed& renamed) {
    const auto wish = keptOfFile(item.metadata.id);
    if (item.keepsId) {
        BALMER_TRY(const auto taken,
                   database.number("SELECT EXISTS (SELECT 1 FROM spectrum WHERE id = ?)", wish));
        if (taken != 0) return fail(ErrorCode::InvalidArgument, "the id \"" + wish + "\" stands there twice");
        return wish;
    }
    BALMER_TRY(auto given, idFor(database, wish, {item.contentDigest, item.part}));
    if (given.renamed != 0) {
        BALMER_CHECK(renameSpectrum(database, given.renamed, given.renamedTo));
        renamed[given.renamed] = given.renamedTo;
    }
    return std::move(given.id);
}

Result<AddOutcome> addOne(Database& database, const NewSpectrum& item, const HeaderTexts& header,
                          const std::string& now, Renamed& renamed) {
    const auto& metadata = item.metadata;
    if (metadata.id.empty())
        return fail(ErrorCode::InvalidArgument, "a spectrum of " + item.filePath + " has no id");
    if (item.contentDigest.empty())
        return fail(ErrorCode::InvalidArgument,
                    "the spectrum " + metadata.id + " has no digest of its content");
    {
        BALMER_TRY(
            auto known,
            database.prepare("SELECT s.key, s.id, c.name, s.file_path FROM spectrum s JOIN collection c "
                             "ON c.key = s.collection WHERE s.content_digest = ? AND s.part = ?"));
        BALMER_TRY(const bool found, known.bind(item.contentDigest).bind(item.part).step());
        if (found) {
            AddOutcome outcome{false, known.integer(0), known.text(1), known.text(2)};
            BALMER_CHECK(followMovedFile(database, outcome.rowId, known.text(3), item.filePath));
            return outcome;
        }
    }
    // Named after a folder or a service as often as by the user.
    BALMER_TRY(const auto collection, collectionKey(database, keptOfFile(item.collection)));
    BALMER_TRY(const auto id, idOf(database, item, renamed));
    std::vector<std::string> warnings;
    for (const auto& warning : metadata.warnings)
        warnings.push_back(keptSaid(warning));
    std::optional<double> ra, dec;
    if (metadata.position) {
        ra = metadata.position->raDegrees;
        dec = metadata.position->decDegrees;
    }
    BALMER_CHECK(database.run(
        "INSERT INTO spectrum (id, collection, object, ra, dec, observed, mjd, snr, magnitude, redshift, "
        "survey, "
        "survey_id, spectral_class, rule, medium, first_wavelength, last_wavelength, samples, flux_unit, "
        "file_path, "
        "content_digest, part, dataset, warnings, imported_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id, collection, keptOfFile(metadata.object), ra, dec, keptOfFile(metadata.observed), metadata.mjd,
        metadata.signalToNoise, metadata.magnitude, metadata.redshift, keptOfFile(metadata.survey),
        keptOfFile(metadata.surveyId), keptOfFile(metadata.spectralClass), metadata.rule,
        spectrum::toString(item.medium), item.firstWavelength, item.lastWavelength, item.samples,
        keptOfFile(metadata.fluxUnit), item.filePath, item.contentDigest, item.part, item.dataset,
        jsonOf(warnings), now));
    const auto key = database.lastKey();
    if (!metadata.header.empty())
        BALMER_CHECK(
            database.run("INSERT INTO spectrum_header (spectrum, cards) VALUES (?, ?)", key, header.cards));
    BALMER_CHECK(enterWords(database, key, id, keptOfFile(metadata.object), keptOfFile(metadata.surveyId),
                            header.words));
    if (ra && dec)
        BALMER_CHECK(database.run("INSERT INTO spectrum_position (key, ra_from, ra_to, dec_from, dec_to) "
                                  "VALUES (?, ?, ?, ?, ?)",
                                  key, *ra, *ra, *dec, *dec));
    return AddOutcome{true, key, id, item.collection};
}

void append(FilterSql& clause, const FilterSql& part) {
    clause.sql += part.sql;
    clause.values.insert(clause.values.end(), part.values.begin(), part.values.end());
}

Result<FilterSql> conditionsOf(const CatalogueQuery& query, const ColumnLookup& lookup) {
    FilterSql clause{"WHERE 1", {}};
    if (query.collection)
        append(clause,
               {" AND s.collection IN (SELECT key FROM collection WHERE name = ?)", {*query.collection}});
    if (const auto words = searchQuery(query.search); !words.empty())
        append(clause,
               {" AND s.key IN (SELECT rowid FROM spectrum_text WHERE spectrum_text MATCH ?)", {words}});
    if (!query.where.empty()) {
        BALMER_TRY(const auto filter, compileFilter(query.where, lookup));
        clause.sql += " AND ";
        append(clause, filter);
    }
    return clause;
}

Result<FilterSql> conditionsAndOrderOf(const CatalogueQuery& query, const ColumnLookup& lookup) {
    BALMER_TRY(auto clause, conditionsOf(query, lookup));
    if (!query.sort.empty()) {
        const bool descending = query.sort.front() == '-';
        BALMER_TRY(const auto key,
                   compileSortKey(std::string_view(query.sort).substr(descending ? 1 : 0), lookup));
        clause.sql += " ORDER BY ";
        append(clause, key);
        clause.sql += descending ? " DESC NULLS LAST, s.key" : " ASC NULLS LAST, s.key";
    } else {
        clause.sql += " ORDER BY s.key";
    }
    if (query.limit > 0 || query.offset > 0)
        clause.sql += " LIMIT " + (query.limit > 0 ? std::to_string(query.limit) : std::string("-1")) +
                      " OFFSET " + std::to_string(query.offset);
    return clause;
}

void bindAll(Statement& statement, const FilterSql& clause) {
    for (const auto& value : clause.values)
        statement.bind(value);
}

ColumnLookup lookupIn(ColumnRegistry& columns) {
    return [&columns](std::string_view dataset, std::string_view column) {
        return columns.lookUp(dataset, column);
    };
}

Error notThere(std::string_view id) {
    return Error(ErrorCode::NotFound, "there is no spectrum \"" + std::string(id) +
                                          "\" in the project; `balmer list` shows those that are there");
}

} // namespace

Catalogue::Catalogue(Connections& connections, ColumnRegistry& columns)
    : connections_(connections), columns_(columns) {}

Result<std::vector<AddOutcome>> Catalogue::add(std::span<const NewSpectrum> batch) {
    const auto now = connections_.now();
    std::vector<HeaderTexts> headers; // made before the others have to wait
    for (const auto& item : batch) {
        auto cards = item.metadata.header;
        for (auto& card : cards)
            card = {keptWhole(card.key), keptWhole(card.value), keptWhole(card.comment)};
        headers.push_back({jsonOf(cards), searchable(cards)});
    }
    return connections_.write([&](Database& database) -> Result<std::vector<AddOutcome>> {
        std::vector<AddOutcome> outcomes;
        Renamed renamed;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            BALMER_TRY(auto outcome, addOne(database, batch[i], headers[i], now, renamed));
            outcomes.push_back(std::move(outcome));
        }
        for (auto& outcome : outcomes)
            if (const auto other = renamed.find(outcome.rowId); other != renamed.end())
                outcome.id = other->second;
        return outcomes;
    });
}

Result<std::vector<SpectrumRecord>> Catalogue::list(const CatalogueQuery& query) {
    BALMER_TRY(const auto clause, conditionsAndOrderOf(query, lookupIn(columns_)));
    return connections_.read([&](Database& database) -> Result<std::vector<SpectrumRecord>> {
        BALMER_TRY(auto statement,
                   database.prepare("SELECT " + std::string(fields) + std::string(tables) + clause.sql));
        bindAll(statement, clause);
        return recordsFrom(database, statement);
    });
}

Result<std::int64_t> Catalogue::count(const CatalogueQuery& query) {
    BALMER_TRY(const auto clause, conditionsOf(query, lookupIn(columns_)));
    return connections_.read([&](Database& database) -> Result<std::int64_t> {
        BALMER_TRY(auto statement, database.prepare("SELECT count(*) FROM spectrum s " + clause.sql));
        bindAll(statement, clause);
        BALMER_TRY([[maybe_unused]] const bool row, statement.step());
        return statement.integer(0);
    });
}

Result<std::vector<std::int64_t>> Catalogue::rowIds(const CatalogueQuery& query) {
    BALMER_TRY(const auto clause, conditionsAndOrderOf(query, lookupIn(columns_)));
    return connections_.read([&](Database& database) -> Result<std::vector<std::int64_t>> {
        BALMER_TRY(auto statement, database.prepare("SELECT s.key FROM spectrum s " + clause.sql));
        bindAll(statement, clause);
        std::vector<std::int64_t> keys;
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return keys;
            keys.push_back(statement.integer(0));
        }
    });
}

Result<std::vector<std::string>> Catalogue::ids(const CatalogueQuery& query) {
    BALMER_TRY(const auto clause, conditionsAndOrderOf(query, lookupIn(columns_)));
    return connections_.read([&](Database& database) -> Result<std::vector<std::string>> {
        BALMER_TRY(auto statement, database.prepare("SELECT s.id FROM spectrum s " + clause.sql));
        bindAll(statement, clause);
        std::vector<std::string> found;
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return found;
            found.push_back(statement.text(0));
        }
    });
}

Result<std::vector<SpectrumRecord>> Catalogue::records(std::span<const std::int64_t> rowIds) {
    return connections_.read([&](Database& database) -> Result<std::vector<SpectrumRecord>> {
        std::vector<SpectrumRecord> found;
        BALMER_TRY(auto statement, database.prepare("SELECT " + std::string(fields) + std::string(tables) +
                                                    "WHERE s.key = ?"));
        for (const auto key : rowIds) {
            statement.reset();
            BALMER_TRY(const bool row, statement.bind(key).step());
            if (!row) continue;
            BALMER_TRY(auto record, recordFrom(database, statement));
            found.push_back(std::move(record));
        }
        return found;
    });
}

Result<SpectrumRecord> Catalogue::find(std::string_view id) {
    return connections_.read([&](Database& database) -> Result<SpectrumRecord> {
        BALMER_TRY(auto statement, database.prepare("SELECT " + std::string(fields) + std::string(tables) +
                                                    "WHERE s.id = ?"));
        BALMER_TRY(const bool found, statement.bind(id).step());
        if (!found) return fail(notThere(id));
        return recordFrom(database, statement);
    });
}

Result<std::vector<spectrum::HeaderCard>> Catalogue::header(std::string_view id) {
    return connections_.read([&](Database& database) -> Result<std::vector<spectrum::HeaderCard>> {
        BALMER_TRY(auto statement,
                   database.prepare("SELECT h.cards FROM spectrum s LEFT JOIN spectrum_header h "
                                    "ON h.spectrum = s.key WHERE s.id = ?"));
        BALMER_TRY(const bool found, statement.bind(id).step());
        if (!found) return fail(notThere(id));
        if (statement.isNull(0)) return std::vector<spectrum::HeaderCard>();
        return cardsFrom(database, statement.text(0));
    });
}

Result<std::optional<SpectrumRecord>> Catalogue::findContent(std::string_view contentDigest,
                                                             std::int64_t part) {
    return connections_.read([&](Database& database) -> Result<std::optional<SpectrumRecord>> {
        BALMER_TRY(auto statement, database.prepare("SELECT " + std::string(fields) + std::string(tables) +
                                                    "WHERE s.content_digest = ? AND s.part = ?"));
        BALMER_TRY(const bool found, statement.bind(contentDigest).bind(part).step());
        if (!found) return std::nullopt;
        BALMER_TRY(auto record, recordFrom(database, statement));
        return std::optional(std::move(record));
    });
}

Result<std::vector<SpectrumRecord>> Catalogue::near(const spectrum::SkyPosition& centre,
                                                    double radiusArcsec) {
    return connections_.read([&](Database& database) -> Result<std::vector<SpectrumRecord>> {
        BALMER_TRY(const auto cone, coneFilter(centre, radiusArcsec));
        BALMER_TRY(auto statement,
                   database.prepare("SELECT " + std::string(fields) + std::string(tables) + "WHERE " +
                                    cone.sql + " ORDER BY separation_arcsec(s.ra, s.dec, ?, ?), s.key"));
        bindAll(statement, cone);
        statement.bind(centre.raDegrees).bind(centre.decDegrees);
        return recordsFrom(database, statement);
    });
}

Result<std::vector<CollectionInfo>> Catalogue::collections() {
    return connections_.read([&](Database& database) -> Result<std::vector<CollectionInfo>> {
        std::vector<CollectionInfo> all;
        BALMER_TRY(auto statement,
                   database.prepare("SELECT c.name, count(s.key) FROM collection c LEFT JOIN spectrum s "
                                    "ON s.collection = c.key GROUP BY c.key ORDER BY c.name"));
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return all;
            all.push_back({statement.text(0), statement.integer(1)});
        }
    });
}

} // namespace balmer::store
