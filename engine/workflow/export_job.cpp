// export and label-export: the catalogue, or the labels alone, as a table in the form of the file's ending.

#include <cmath>
#include <unordered_map>
#include <variant>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/io/table_formats.h"
#include "engine/store/catalogue.h"
#include "engine/store/label_log.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/scores.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

void declareForm(Fields& fields, io::TableForm& form) {
    fields.optional("format", form.format,
                    {.help = "the form of the table; auto is that of the file's ending, and csv for standard "
                             "output, pipes and devices",
                     .choices = io::tableFormatWords()});
    fields.optional("for_spreadsheets", form.forSpreadsheets,
                    {.help =
                         "put an apostrophe before texts that a spreadsheet would compute (=, +, -, @ …); "
                         "Balmer then reads them with it"});
}

struct ExportParameters {
    static constexpr std::string_view stays = "writes files of this computer";
    std::string file;
    std::string where;
    io::TableForm form;

    void declare(Fields& fields) {
        fields.required("file", file,
                        {.help = "the table to write, - for standard output, in the form of its ending: " +
                                 io::tableEndings(),
                         .names = Names::NewFile,
                         .option = "--out"});
        fields.optional("where", where,
                        {.help = "what meets this filter only, e.g. label = 'double peak'",
                         .title = "Filter",
                         .otherwise = "all spectra",
                         .names = Names::Filter});
        declareForm(fields, form);
    }
    core::Status validate() const { return io::checkTableFile(file, form); }
};

struct LabelExportParameters {
    static constexpr std::string_view stays = "writes files of this computer";
    std::string file;
    io::TableForm form;

    void declare(Fields& fields) {
        fields.required("file", file,
                        {.help = "the table to write, - for standard output, with the columns id and label, "
                                 "in the form of its ending: " +
                                 io::tableEndings(),
                         .names = Names::NewFile,
                         .option = "--out"});
        declareForm(fields, form);
    }
    core::Status validate() const { return io::checkTableFile(file, form); }
};

core::Result<json> write(const std::string& file, const io::TableForm& form, const io::WrittenTable& table) {
    BALMER_TRY(const auto writing, io::writeTable(file, table, form));
    return json{{"rows", table.columns.front().rows()},
                {"file", file},
                {"format", writing.format},
                {"letters_replaced", writing.lettersReplaced}};
}

jobs::Outcome outcomeOf(const json& result) {
    jobs::Outcome outcome;
    outcome.resultJson = core::jsonText(result);
    return outcome;
}

double orNan(const std::optional<double>& value) {
    return value.value_or(std::nan(""));
}

/// What stands about one spectrum, and what is predicted of it.
struct Row {
    const store::SpectrumRecord& record;
    const active::LabelEvent* verdict;    ///< null where none stands
    const workflow::Predicted* predicted; ///< null where nothing was scored
};

/// One column of the catalogue: what it is, and the cell of a row.
struct Column {
    io::WrittenColumn about; ///< its cells are empty
    std::variant<std::string (*)(const Row&), double (*)(const Row&),
                 std::optional<std::int64_t> (*)(const Row&)>
        cell;
};

std::vector<Column> catalogueColumns() {
    using R = const Row&;
    using Text = std::string (*)(R);
    using Number = double (*)(R);
    using Integer = std::optional<std::int64_t> (*)(R);
    std::vector<Column> columns;
    const auto text = [&](std::string name, std::string ucd, std::string description, Text cell) {
        columns.push_back({{std::move(name), "", std::move(ucd), std::move(description), {}}, cell});
    };
    const auto number = [&](std::string name, std::string unit, std::string ucd, std::string description,
                            Number cell) {
        columns.push_back(
            {{std::move(name), std::move(unit), std::move(ucd), std::move(description), {}}, cell});
    };
    text("id", "meta.id;meta.main", "the spectrum's id in Balmer", [](R r) { return r.record.id; });
    text("object", "meta.id;src", "the object", [](R r) { return r.record.object; });
    number("ra", "deg", "pos.eq.ra;meta.main", "right ascension, ICRS",
           [](R r) { return r.record.position ? r.record.position->raDegrees : std::nan(""); });
    number("dec", "deg", "pos.eq.dec;meta.main", "declination, ICRS",
           [](R r) { return r.record.position ? r.record.position->decDegrees : std::nan(""); });
    text("date", "time.start", "start of the exposure, UTC", [](R r) { return r.record.observed; });
    number("mjd", "d", "time.epoch", "modified Julian date, as the archive gives it",
           [](R r) { return orNan(r.record.mjd); });
    number("snr", "", "stat.snr", "signal to noise, as the archive gives it",
           [](R r) { return orNan(r.record.signalToNoise); });
    number("mag", "mag", "phot.mag", "magnitude, as the archive gives it",
           [](R r) { return orNan(r.record.magnitude); });
    number("z", "", "src.redshift", "redshift, as the archive gives it",
           [](R r) { return orNan(r.record.redshift); });
    text("survey", "instr.obsty", "where it was observed", [](R r) { return r.record.survey; });
    text("survey_id", "meta.id", "what the survey calls the spectrum", [](R r) { return r.record.surveyId; });
    text("class", "src.class", "class, as the archive gives it", [](R r) { return r.record.spectralClass; });
    text("label", "meta.code.class;meta.main", "class given by a person", [](R r) { return r.record.label; });
    text("who", "", "who gave the label or flag", [](R r) { return r.verdict ? r.verdict->who : ""; });
    text("when", "time.creation", "when, UTC", [](R r) { return r.verdict ? r.verdict->when : ""; });
    columns.push_back({{"round", "", "meta.number", "the round of active learning in which it was given", {}},
                       Integer([](R r) -> std::optional<std::int64_t> {
                           return r.verdict && r.verdict->round
                                      ? std::optional<std::int64_t>(*r.verdict->round)
                                      : std::nullopt;
                       })});
    text("label_model", "", "the model whose prediction was shown then",
         [](R r) { return r.verdict ? r.verdict->model : ""; });
    text("flags", "meta.code", "not-sure, bad, artefact, noteworthy", [](R r) { return r.record.flags; });
    text("comment", "meta.note", "a person's remark", [](R r) { return r.record.comment; });
    text("predicted", "meta.code.class", "class that the newest scoring proposes",
         [](R r) { return r.predicted ? r.predicted->className : ""; });
    number("probability", "", "stat.probability", "of the proposed class",
           [](R r) { return r.predicted ? r.predicted->probability : std::nan(""); });
    number("entropy", "", "stat.value", "of the probabilities of all classes, 0 to 1",
           [](R r) { return r.predicted ? r.predicted->entropy : std::nan(""); });
    text("model", "", "the model that proposes it",
         [](R r) { return r.predicted ? r.predicted->model : ""; });
    return columns;
}

core::Result<jobs::Outcome> exportCatalogue(const ExportParameters& parameters, const Run& run) {
    store::CatalogueQuery query;
    query.where = parameters.where;
    BALMER_TRY(const auto records, run.project().catalogue().list(query));
    BALMER_CHECK(run.task.checkpoint(0.3, "reading predictions"));
    std::vector<std::string_view> ids;
    for (const auto& record : records)
        ids.push_back(record.id);
    auto leftOut = json::array();
    BALMER_TRY(const auto predictions,
               newestPredictions(run.project(), ids,
                                 {[&](const std::string& name) { return openDataset(run.project(), name); },
                                  [&](const std::string& name, const core::Error& why) {
                                      leftOut.push_back({{"dataset", name}, {"reason", why.message()}});
                                      run.notes.log("without predictions: " + why.message());
                                  }}));
    BALMER_TRY(const auto labels, run.project().labels().currentAll());
    std::unordered_map<std::string_view, const active::LabelEvent*> verdicts;
    for (const auto& label : labels)
        if (label.label.verdict) verdicts.emplace(label.spectrum, &*label.label.verdict);
    BALMER_CHECK(run.task.checkpoint(0.6, "writing"));
    io::WrittenTable table{"catalogue", {}};
    for (auto& column : catalogueColumns()) {
        auto& made = table.columns.emplace_back(std::move(column.about));
        std::visit(
            [&](const auto& cell) {
                std::vector<std::decay_t<decltype(cell(std::declval<const Row&>()))>> cells;
                for (std::size_t i = 0; i < records.size(); ++i) {
                    const auto verdict = verdicts.find(records[i].id);
                    cells.push_back(cell({records[i], verdict == verdicts.end() ? nullptr : verdict->second,
                                          predictions[i] ? &*predictions[i] : nullptr}));
                }
                made.cells = std::move(cells);
            },
            column.cell);
    }
    BALMER_TRY(auto result, write(parameters.file, parameters.form, table));
    result["whole"] = leftOut.empty();
    result["left_out"] = std::move(leftOut);
    return outcomeOf(result);
}

/// Labels of spectra that the catalogue does not have are among them.
core::Result<jobs::Outcome> exportLabels(const LabelExportParameters& parameters, const Run& run) {
    BALMER_TRY(const auto labels, run.project().labels().classes());
    io::WrittenColumn::Texts ids, classes;
    for (const auto& [id, label] : labels) {
        ids.push_back(id);
        classes.push_back(label);
    }
    io::WrittenTable table{"labels", {}};
    table.columns.push_back({"id", "", "meta.id;meta.main", "the spectrum's id in Balmer", std::move(ids)});
    table.columns.push_back(
        {"label", "", "meta.code.class;meta.main", "class given by a person", std::move(classes)});
    BALMER_TRY(const auto result, write(parameters.file, parameters.form, table));
    return outcomeOf(result);
}

} // namespace

JobKind exportKind(const Environment& environment) {
    return makeKind<ExportParameters>(
        environment,
        {.kind = "export",
         .title = "Export",
         .help = "the catalogue with labels and predictions, as a table in the form of its ending",
         .command = "export",
         .changes = {},
         .results = {countField("rows", "that were written"), textField("file", "the table"),
                     textField("format", "its form"),
                     countField("letters_replaced", "cells with letters that the form does not hold"),
                     booleanField("whole", "nothing was left out"),
                     listField("left_out",
                               objectField("",
                                           {textField("dataset", "its name"),
                                            textField("reason", "what is wrong with it")},
                                           ""),
                               "datasets whose predictions are not in the table")}},
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
         .results = {countField("rows", "labels"), textField("file", "the table"),
                     textField("format", "its form"),
                     countField("letters_replaced", "cells with letters that the form does not hold")}},
        &exportLabels);
}

} // namespace balmer::workflow
