// export and label-export: the catalogue, or the labels alone, as a table with commas.

#include <nlohmann/json.hpp>

#include "engine/core/text_number.h"
#include "engine/io/table_text.h"
#include "engine/store/catalogue.h"
#include "engine/store/label_log.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/scores.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

struct ExportParameters {
    static constexpr std::string_view stays = "writes files of this computer";
    std::string file;
    std::string where;

    void declare(Fields& fields) {
        fields.required("file", file,
                        {.help = "the table to write", .names = Names::NewFile, .option = "--out"});
        fields.optional("where", where,
                        {.help = "what meets this filter only, e.g. label = 'double peak'",
                         .title = "Filter",
                         .otherwise = "all spectra",
                         .names = Names::Filter});
    }
};

struct LabelExportParameters {
    static constexpr std::string_view stays = "writes files of this computer";
    std::string file;

    void declare(Fields& fields) {
        fields.required("file", file,
                        {.help = "the table to write, with the columns id and label",
                         .names = Names::NewFile,
                         .option = "--out"});
    }
};

core::Result<jobs::Outcome> write(const std::string& file, const io::TableText& table) {
    BALMER_CHECK(io::writeTableText(file, table));
    jobs::Outcome outcome;
    outcome.resultJson = json{{"rows", table.rows.size()}, {"file", file}}.dump(
        -1, ' ', false, json::error_handler_t::replace);
    return outcome;
}

std::string digits(const std::optional<double>& value) {
    return value ? core::formatDouble(*value) : std::string();
}

core::Result<jobs::Outcome> exportCatalogue(const ExportParameters& parameters, const Run& run) {
    store::CatalogueQuery query;
    query.where = parameters.where;
    BALMER_TRY(const auto records, run.project().catalogue().list(query));
    BALMER_CHECK(run.task.checkpoint(0.3, "reading predictions"));
    std::vector<std::string_view> ids;
    for (const auto& record : records)
        ids.push_back(record.id);
    BALMER_TRY(const auto predictions, newestPredictions(run.project(), ids, [&](const std::string& name) {
                   return openDataset(run.project(), name);
               }));
    BALMER_CHECK(run.task.checkpoint(0.6, "writing"));
    io::TableText table;
    table.columns = {"id",    "object", "ra",    "dec",     "date",      "snr",         "survey", "survey_id",
                     "class", "label",  "flags", "comment", "predicted", "probability", "entropy"};
    table.rows.reserve(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto& record = records[i];
        const auto& predicted = predictions[i];
        table.rows.push_back(
            {record.id, record.object, record.position ? core::formatDouble(record.position->raDegrees) : "",
             record.position ? core::formatDouble(record.position->decDegrees) : "", record.observed,
             digits(record.signalToNoise), record.survey, record.surveyId, record.spectralClass, record.label,
             record.flags, record.comment, predicted ? predicted->className : "",
             predicted ? core::formatDouble(predicted->probability) : "",
             predicted ? core::formatDouble(predicted->entropy) : ""});
    }
    return write(parameters.file, table);
}

/// Labels of spectra that the catalogue does not have are among them: label-import takes and keeps those too.
core::Result<jobs::Outcome> exportLabels(const LabelExportParameters& parameters, const Run& run) {
    BALMER_TRY(const auto labels, run.project().labels().classes());
    io::TableText table{{"id", "label"}, {}};
    for (const auto& [id, label] : labels)
        table.rows.push_back({id, label});
    return write(parameters.file, table);
}

} // namespace

JobKind exportKind(const Environment& environment) {
    return makeKind<ExportParameters>(
        environment,
        {.kind = "export",
         .title = "Export",
         .help = "the catalogue with labels and predictions as a table with commas",
         .command = "export",
         .changes = {},
         .results = {countField("rows", "that were written"), textField("file", "the table")}},
        &exportCatalogue);
}

JobKind labelExportKind(const Environment& environment) {
    return makeKind<LabelExportParameters>(
        environment,
        {.kind = "label-export",
         .title = "Label export",
         .help = "the labels that stand now, as a table with id and label",
         .command = "label export",
         .changes = {},
         .results = {countField("rows", "labels"), textField("file", "the table")}},
        &exportLabels);
}

} // namespace balmer::workflow
