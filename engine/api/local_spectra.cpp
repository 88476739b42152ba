#include "engine/api/local_spectra.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>

#include "engine/store/catalogue.h"
#include "engine/workflow/named_spectra.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::api {

namespace {

std::string joined(const std::string& flags) {
    // The store gives "not-sure noteworthy"; people read "not sure, noteworthy".
    std::string words;
    for (const char c : flags) {
        if (c == ' ')
            words += ", ";
        else
            words += c == '-' ? ' ' : c;
    }
    return words;
}

SpectrumRow rowFrom(const store::SpectrumRecord& record) {
    SpectrumRow row;
    row.id = record.id;
    row.collection = record.collection;
    row.object = record.object;
    row.position = record.position;
    row.observed = record.observed;
    row.signalToNoise = record.signalToNoise;
    row.magnitude = record.magnitude;
    row.redshift = record.redshift;
    row.survey = record.survey;
    row.surveyId = record.surveyId;
    row.spectralClass = record.spectralClass;
    row.label = record.label;
    row.flags = joined(record.flags);
    row.comment = record.comment;
    row.filePath = record.filePath;
    row.dataset = record.dataset;
    row.firstWavelengthAngstrom = record.firstWavelength;
    row.lastWavelengthAngstrom = record.lastWavelength;
    row.samples = static_cast<std::size_t>(record.samples);
    row.medium = record.medium;
    row.fluxUnit = record.fluxUnit;
    row.warnings = record.warnings;
    row.importedAt = record.importedAt;
    return row;
}

} // namespace

core::Result<std::vector<Collection>> LocalSpectra::collections() {
    BALMER_TRY(const auto infos, project_.catalogue().collections());
    std::vector<Collection> collections;
    for (const auto& info : infos)
        collections.push_back({info.name, static_cast<std::size_t>(info.spectra)});
    return collections;
}

core::Result<std::vector<SpectrumRow>> LocalSpectra::list(const std::string& where, std::size_t limit) {
    store::CatalogueQuery query;
    query.where = where;
    query.limit = limit;
    BALMER_TRY(const auto records, project_.catalogue().list(query));
    std::vector<SpectrumRow> rows;
    rows.reserve(records.size());
    for (const auto& record : records)
        rows.push_back(rowFrom(record));
    BALMER_CHECK(addPredictions(rows));
    return rows;
}

core::Result<SpectrumRow> LocalSpectra::row(const std::string& id) {
    BALMER_TRY(const auto record, project_.catalogue().find(id));
    std::vector<SpectrumRow> rows{rowFrom(record)};
    BALMER_CHECK(addPredictions(rows));
    return std::move(rows[0]);
}

core::Result<NamedRows> LocalSpectra::named(const std::vector<std::string>& names) {
    BALMER_TRY(const auto spectra, workflow::NamedSpectra::of(project_.catalogue()));
    NamedRows rows;
    std::unordered_set<std::string_view> seen;
    for (const auto& name : names) {
        const auto match = spectra.find(name);
        if (match.id.empty())
            (match.ambiguous ? rows.ambiguous : rows.unknown).push_back(name);
        else if (seen.insert(match.id).second)
            rows.ids.emplace_back(match.id);
    }
    return rows;
}

core::Result<std::vector<SpectrumRow>> LocalSpectra::otherEpochs(const std::string& id, std::size_t most) {
    BALMER_TRY(const auto own, project_.catalogue().find(id));
    std::vector<store::SpectrumRecord> records;
    if (own.position) {
        BALMER_TRY(records, project_.catalogue().near(*own.position, sameObjectArcsec));
    } else if (!own.object.empty()) {
        store::CatalogueQuery query;
        query.where = "object = '";
        for (const char c : own.object)
            query.where += c == '\'' ? std::string("''") : std::string(1, c);
        query.where += "'";
        query.limit = most + 1;
        BALMER_TRY(records, project_.catalogue().list(query));
    }
    std::vector<SpectrumRow> rows;
    for (const auto& record : records)
        rows.push_back(rowFrom(record));
    std::erase_if(rows, [&](const SpectrumRow& row) { return row.id == id; });
    rows.resize(std::min(rows.size(), most));
    std::ranges::stable_sort(rows, {}, &SpectrumRow::observed);
    BALMER_CHECK(addPredictions(rows));
    return rows;
}

core::Result<spectrum::Spectrum> LocalSpectra::load(const std::string& id) {
    BALMER_TRY(const auto record, project_.catalogue().find(id));
    return workflow::loadSpectrum(datasets_, record);
}

core::Result<std::vector<spectrum::HeaderCard>> LocalSpectra::header(const std::string& id) {
    return project_.catalogue().header(id);
}

core::Status LocalSpectra::addPredictions(std::vector<SpectrumRow>& rows) {
    std::vector<std::string_view> ids;
    ids.reserve(rows.size());
    for (const auto& row : rows)
        ids.push_back(row.id);
    BALMER_TRY(auto predictions, scorings_.of(ids));
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!predictions[i]) continue;
        rows[i].predicted = std::move(predictions[i]->className);
        rows[i].probability = predictions[i]->probability;
        rows[i].entropy = predictions[i]->entropy;
    }
    return {};
}

} // namespace balmer::api
