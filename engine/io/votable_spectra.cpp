// Spectra in VOTables: the columns by utype, else by UCD, else by name; the metadata from PARAMs.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "engine/core/text_number.h"
#include "engine/io/spectrum_kinds.h"
#include "engine/io/votable.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using spectrum::Medium;
using spectrum::Metadata;
using spectrum::Spectrum;

using Chosen = std::array<std::optional<std::size_t>, 7>;

std::optional<std::size_t>& at(Chosen& chosen, ColumnRole role) {
    return chosen[static_cast<std::size_t>(role)];
}

Chosen chooseColumns(const VotableTable& table) {
    Chosen chosen;
    std::array<int, 7> best{};
    const auto offer = [&](ColumnRole role, std::size_t column, int rank) {
        int& reached = best[static_cast<std::size_t>(role)];
        if (role == ColumnRole::None || rank <= reached) return;
        reached = rank;
        at(chosen, role) = column;
    };
    for (std::size_t i = 0; i < table.fields.size(); ++i) {
        const VotableField& field = table.fields[i];
        if (field.isText()) continue;
        const ColumnRole byUtype = roleOfUtype(field.utype), byUcd = roleOfUcd(field.ucd);
        offer(byUtype, i, 40);
        if (byUtype == ColumnRole::None)
            offer(byUcd, i, field.ucd.find("meta.main") != std::string::npos ? 30 : 20);
        if (byUtype == ColumnRole::None && byUcd == ColumnRole::None)
            offer(roleOfName(field.name.empty() ? field.id : field.name), i, 10);
    }
    return chosen;
}

void collectParams(const std::vector<VotableGroup>& groups, std::vector<const VotableField*>& into) {
    for (const VotableGroup& group : groups) {
        for (const VotableField& param : group.params)
            into.push_back(&param);
        collectParams(group.groups, into);
    }
}

void describeFrom(Metadata& metadata, const std::vector<const VotableField*>& params,
                  const ReadOptions& options) {
    const auto value = [&](std::initializer_list<std::string_view> utypes,
                           std::initializer_list<std::string_view> names) -> std::string {
        for (const VotableField* param : params) {
            const auto ends = [&](std::string_view ending) { return endsWithoutCase(param->utype, ending); };
            if (!param->value.empty() && std::any_of(utypes.begin(), utypes.end(), ends)) return param->value;
        }
        for (const VotableField* param : params) {
            const auto is = [&](std::string_view name) { return core::lowerCase(param->name) == name; };
            if (!param->value.empty() && std::any_of(names.begin(), names.end(), is)) return param->value;
        }
        return {};
    };
    metadata.object = value({"target.name"}, {"ssa_targname", "object", "target"});
    std::string position = value({"target.pos", "spatialaxis.coverage.location.value"}, {"ssa_location"});
    std::replace(position.begin(), position.end(), ',', ' ');
    const std::size_t blank = position.find_first_of(" \t");
    if (blank != std::string::npos) {
        metadata.position = spectrum::parsePosition(std::string_view(position).substr(0, blank),
                                                    std::string_view(position).substr(blank + 1));
    }
    if (!metadata.position)
        metadata.position =
            spectrum::parsePosition(value({}, {"ra", "raj2000"}), value({}, {"dec", "dej2000"}));
    const std::string time = value({"timeaxis.coverage.location.value"}, {"ssa_dateobs", "date-obs", "mjd"});
    metadata.observed = isoDate(time);
    metadata.mjd = metadata.observed.empty() ? core::parseDouble(time) : mjdFromDate(time);
    if (metadata.mjd && !(*metadata.mjd > 10000 && *metadata.mjd < 100000)) metadata.mjd.reset();
    if (metadata.observed.empty() && metadata.mjd) metadata.observed = isoFromMjd(*metadata.mjd);
    metadata.surveyId = value({"curation.publisherdid", "dataid.creatordid"}, {"ssa_pubdid"});
    metadata.survey = metadata.surveyId.starts_with("ivo://asu.cas.cz/")
                          ? "Ondřejov"
                          : value({"dataid.collection"}, {"ssa_collection"});
    metadata.redshift =
        core::parseDouble(value({"target.redshift", "derived.redshift.value"}, {"ssa_redshift"}));
    metadata.signalToNoise = core::parseDouble(value({"derived.snr"}, {"ssa_snr"}));
    metadata.spectralClass = value({"target.spectralclass"}, {});
    for (std::optional<double>* number : {&metadata.redshift, &metadata.signalToNoise}) {
        if (*number && !std::isfinite(**number)) number->reset();
    }
    if (!options.header) return;
    for (const VotableField* param : params) {
        const std::string& key = param->name.empty() ? param->utype : param->name;
        metadata.header.push_back(
            {key, param->value,
             param->unit.empty() ? param->description : "[" + param->unit + "] " + param->description});
    }
}

// The column's values; those of a row of vectors where `row` is set.
std::vector<double> columnValues(const VotableTable& table, std::size_t column,
                                 std::optional<std::size_t> row) {
    if (row) {
        const auto values = table.numbers(*row, column);
        return {values.begin(), values.end()};
    }
    std::vector<double> values(table.rows);
    for (std::size_t r = 0; r < table.rows; ++r)
        values[r] = table.number(r, column).value_or(std::numeric_limits<double>::quiet_NaN());
    return values;
}

core::Result<Spectrum> readTable(const VotableTable& table, Chosen chosen, std::optional<std::size_t> row,
                                 const std::vector<const VotableField*>& params, const ReadOptions& options) {
    RawSpectrum raw;
    raw.metadata.rule = "votable";
    const bool logarithmic = !at(chosen, ColumnRole::Wavelength);
    const std::size_t axis =
        logarithmic ? *at(chosen, ColumnRole::LogWavelength) : *at(chosen, ColumnRole::Wavelength);
    const VotableField& field = table.fields[axis];
    raw.wavelength = columnValues(table, axis, row);
    raw.flux = columnValues(table, *at(chosen, ColumnRole::Flux), row);
    raw.metadata.fluxUnit = table.fields[*at(chosen, ColumnRole::Flux)].unit;
    if (const auto i = at(chosen, ColumnRole::Sigma)) raw.sigma = columnValues(table, *i, row);
    if (const auto i = at(chosen, ColumnRole::InverseVariance))
        raw.inverseVariance = columnValues(table, *i, row);
    if (const auto i = at(chosen, ColumnRole::Mask)) {
        const std::vector<double> mask = columnValues(table, *i, row);
        raw.mask.resize(mask.size());
        std::transform(mask.begin(), mask.end(), raw.mask.begin(), [](double v) { return v != 0; });
    }

    const auto scale = spectralUnit(field.unit);
    if (!field.unit.empty() && !scale && !logarithmic) {
        return fail(ErrorCode::Unsupported,
                    "the unit of the spectral axis, \"" + field.unit +
                        "\", is none of a wavelength, frequency or energy that is known");
    }
    for (double& value : raw.wavelength) {
        if (logarithmic)
            value = std::pow(10.0, value);
        else if (scale)
            value = scale->angstrom(value);
    }
    if (!scale && !logarithmic)
        raw.metadata.warnings.push_back("the table names no unit of the axis; ångström was taken");
    raw.medium = field.ucd.find("obs.atmos") != std::string::npos
                     ? Medium::Air
                     : mediumSaid(field.description + " " + field.name);
    if (scale && scale->inverse) raw.medium = Medium::Vacuum;
    describeFrom(raw.metadata, params, options);
    if (raw.medium == Medium::Unknown && raw.metadata.survey == "Ondřejov") raw.medium = Medium::Air;
    return makeSpectrum(std::move(raw));
}

} // namespace

Spectra readVotableSpectra(std::span<const std::byte> bytes, const ReadOptions& options) {
    BALMER_TRY(const Votable document, parseVotable(bytes, {.stop = options.stop}));
    std::vector<Spectrum> all;
    std::optional<core::Error> firstError;
    const std::vector<const VotableTable*> tables = document.tables();
    std::string about = "a VOTable without a table";
    for (const VotableTable* table : tables) {
        if (!table->unread.empty() && !firstError)
            firstError.emplace(ErrorCode::Unsupported, "a VOTable that is not read: " + table->unread);
        Chosen chosen = chooseColumns(*table);
        const bool axis = at(chosen, ColumnRole::Wavelength) || at(chosen, ColumnRole::LogWavelength);
        if (table->fieldByUtype("access.reference")) {
            about = "the answer of a spectral service, a list of " + std::to_string(table->rows) +
                    " spectra that are elsewhere";
        } else if (table->field("access_url") && table->field("semantics")) {
            about = "a DataLink document of " + std::to_string(table->rows) + " links, not a spectrum";
        } else if (!axis || !at(chosen, ColumnRole::Flux)) {
            about = "a VOTable of " + std::to_string(table->rows) + " rows and " +
                    std::to_string(table->fields.size()) +
                    " columns, none of which is a spectral axis with a flux";
        } else if (table->rows > 0) {
            if (table->field("DataSpectralPassBand") || endsWithoutCase(table->utype, "segment")) {
                about = "a spectral energy distribution of " + std::to_string(table->rows) +
                        " photometric points, not a spectrum";
                continue;
            }
            std::vector<const VotableField*> params;
            for (const VotableField& param : document.params)
                params.push_back(&param);
            for (const VotableField& param : table->params)
                params.push_back(&param);
            collectParams(table->groups, params);
            const std::size_t flux = *at(chosen, ColumnRole::Flux);
            const bool vectors = table->numbers(0, flux).size() > 1;
            const std::size_t count = vectors ? table->rows : 1;
            if (all.size() + count > options.spectraLimit) {
                return fail(ErrorCode::ResourceExhausted,
                            "the table holds " + std::to_string(count) + " spectra; at most " +
                                std::to_string(options.spectraLimit) + " are taken from one file");
            }
            for (std::size_t row = 0; row < count; ++row) {
                auto one =
                    readTable(*table, chosen, vectors ? std::optional(row) : std::nullopt, params, options);
                if (one)
                    all.push_back(std::move(*one));
                else if (!firstError)
                    firstError = one.error();
            }
        }
    }
    if (!all.empty()) return all;
    if (firstError) return fail(*firstError);
    return fail(about.starts_with("a spectral energy") ? ErrorCode::Unsupported : ErrorCode::Format, about);
}

} // namespace balmer::io
