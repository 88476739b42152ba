// label-import: a list of labels from a table, a column of names and a column of classes, as label events.

#include <algorithm>
#include <array>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/core/text_number.h"
#include "engine/io/table_formats.h"
#include "engine/io/table_reader.h"
#include "engine/workflow/imported_labels.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

namespace {

struct LabelImportParameters {
    static constexpr std::string_view stays = "reads files of this computer";
    std::string file;
    std::string idColumn;
    std::string labelColumn;
    std::map<std::string, std::string> map;
    bool replace = false;

    void declare(Fields& fields) {
        fields.required("file", file,
                        {.help = "table with a column of names and one of classes, as " + io::tableForms() +
                                 "; text may also have semicolons between its cells",
                         .names = Names::File,
                         .option = "file"});
        fields.optional("id_column", idColumn,
                        {.help = "column with the spectrum's id, survey id, file or object",
                         .otherwise = "found by its name"});
        fields.optional("label_column", labelColumn,
                        {.help = "column with the class", .otherwise = "label or class"});
        fields.optional("map", map,
                        {.help = "what codes of that column stand for, CODE=CLASS; CODE= leaves its rows out",
                         .title = "Codes"});
        fields.optional(
            "replace", replace,
            {.help = "where another observer's verdict (a class, not sure, bad, artefact) stands, the "
                     "file's class takes its place; otherwise it is kept. Your own verdicts are always "
                     "replaced: with a file you correct yourself"});
    }

    core::Status validate() const {
        BALMER_TRY([[maybe_unused]] const auto codes, ClassCodes::of(map));
        return {};
    }
};

constexpr std::array<std::string_view, 16> idNames{
    "id",   "spectrum",  "spectrum_id", "specid", "specobjid", "obsid",  "survey_id", "surveyid",
    "name", "file_name", "filename",    "file",   "path",      "object", "desig",     "designation"};
constexpr std::array<std::string_view, 2> labelNames{"label", "class"};

std::string namesOf(const io::TableText& table) {
    std::string names;
    for (const auto& column : table.columns)
        names += (names.empty() ? "\"" : ", \"") + column + "\"";
    return names;
}

core::Error noColumn(const io::TableText& table, const std::string& what) {
    return core::Error(core::ErrorCode::InvalidArgument,
                       "no column of the table is called " + what +
                           "; its first line, which must be a title line, names the columns " +
                           namesOf(table) +
                           ". Name those to take with parameters.id_column and parameters.label_column");
}

core::Result<std::size_t> columnOf(const io::TableText& table, const std::string& name,
                                   const std::string& parameter) {
    BALMER_TRY(const auto column, io::columnNamed(table.columns, name));
    if (column) return *column;
    return core::fail(core::ErrorCode::InvalidArgument, "parameters." + parameter +
                                                            ": the table has no column \"" + name +
                                                            "\"; its columns are " + namesOf(table));
}

/// Of the columns with a usual name the one with most names of spectra, the first of equals.
core::Result<std::size_t> idColumnOf(const io::TableText& table, const std::string& wanted,
                                     const NamedSpectra& spectra) {
    if (!wanted.empty()) return columnOf(table, wanted, "id_column");
    std::optional<std::size_t> best;
    std::size_t most = 0;
    for (const auto name : idNames) {
        BALMER_TRY(const auto column, io::columnNamed(table.columns, name));
        if (!column) continue;
        const auto matched = static_cast<std::size_t>(
            std::count_if(table.rows.begin(), table.rows.end(),
                          [&](const auto& row) { return spectra.knows(row[*column]); }));
        if (!best || matched > most) {
            best = column;
            most = matched;
        }
    }
    if (!best) return core::fail(noColumn(table, "id"));
    return *best;
}

core::Result<std::size_t> labelColumnOf(const io::TableText& table, const std::string& wanted) {
    if (!wanted.empty()) return columnOf(table, wanted, "label_column");
    for (const auto name : labelNames) {
        BALMER_TRY(const auto column, io::columnNamed(table.columns, name));
        if (column) return *column;
    }
    return core::fail(noColumn(table, "label or class"));
}

core::Result<jobs::Outcome> importLabels(const LabelImportParameters& parameters, const Run& run) {
    BALMER_TRY(const auto codes, ClassCodes::of(parameters.map));
    BALMER_TRY(const auto table, io::readTable(parameters.file, run.task.stopToken()));
    BALMER_TRY(const auto labelColumn, labelColumnOf(table, parameters.labelColumn));
    BALMER_TRY(const auto spectra, NamedSpectra::of(run.project().catalogue()));
    BALMER_TRY(const auto idColumn, idColumnOf(table, parameters.idColumn, spectra));
    if (idColumn == labelColumn)
        return core::fail(core::ErrorCode::InvalidArgument,
                          "the column \"" + table.columns[idColumn] + "\" cannot be both id and label");
    if (spectra.knows(table.columns[idColumn]))
        return core::fail(core::ErrorCode::InvalidArgument,
                          "the first line of " + parameters.file + " names the spectrum \"" +
                              table.columns[idColumn] +
                              "\"; put a title line with the columns' names above it");
    if (table.rows.empty())
        return core::fail(core::ErrorCode::InvalidArgument,
                          "the table " + parameters.file + " has no row; give one row for each label");
    BALMER_CHECK(run.task.checkpoint(0.2, "reading labels"));

    ImportedLabels labels(run.project(), spectra, run.environment.who, "import",
                          parameters.replace ? ImportedLabels::Replaces::All : ImportedLabels::Replaces::Own);
    for (const auto& row : table.rows) {
        BALMER_TRY(const auto className, codes.classOf(row[labelColumn]));
        BALMER_CHECK(labels.add(row[idColumn], className));
    }
    BALMER_TRY(auto result, labels.store());
    result["columns"] = {table.columns[idColumn], table.columns[labelColumn]};
    jobs::Outcome outcome;
    outcome.resultJson = core::jsonText(result);
    return outcome;
}

} // namespace

JobKind labelImportKind(const Environment& environment) {
    auto results = labelFields();
    results.push_back(listField("columns", textField("", ""), "the two that were taken"));
    return makeKind<LabelImportParameters>(environment,
                                           {.kind = "label-import",
                                            .title = "Label import",
                                            .help = "labels from a table: a column of ids and one of classes",
                                            .command = "label import",
                                            .changes = {jobs::Change::Labels},
                                            .results = std::move(results)},
                                           &importLabels);
}

} // namespace balmer::workflow
