// label-import: a list of labels from a table with the columns id and label, as label events.

#include <nlohmann/json.hpp>

#include "engine/io/table_text.h"
#include "engine/workflow/imported_labels.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

namespace {

struct LabelImportParameters {
    static constexpr std::string_view stays = "reads files of this computer";
    std::string file;
    std::string idColumn;
    std::string labelColumn;
    bool replace = false;

    void declare(Fields& fields) {
        fields.required("file", file,
                        {.help = "table with commas, its first line naming the columns",
                         .names = Names::File,
                         .option = "file"});
        fields.optional("id_column", idColumn,
                        {.help = "column with the spectrum's id", .otherwise = "id, or the first column"});
        fields.optional("label_column", labelColumn,
                        {.help = "column with the class", .otherwise = "label, class, or the second"});
        fields.optional(
            "replace", replace,
            {.help = "where another observer's verdict (a class, not sure, bad, artefact) stands, the "
                     "file's class takes its place; otherwise it is kept. Your own verdicts are always "
                     "replaced: with a file you correct yourself"});
    }
};

core::Result<std::size_t> columnOf(const io::TableText& table, const std::string& wanted,
                                   std::initializer_list<std::string_view> usual, std::size_t otherwise) {
    if (!wanted.empty()) {
        if (const auto column = table.column(wanted)) return *column;
        return core::fail(core::ErrorCode::InvalidArgument, "the table has no column \"" + wanted + "\"");
    }
    for (const auto name : usual)
        if (const auto column = table.column(name)) return *column;
    if (otherwise < table.columns.size()) return otherwise;
    return core::fail(core::ErrorCode::Format, "the table needs a column id and a column label");
}

core::Result<jobs::Outcome> importLabels(const LabelImportParameters& parameters, const Run& run) {
    BALMER_TRY(const auto table, io::readTableText(parameters.file));
    BALMER_TRY(const auto idColumn, columnOf(table, parameters.idColumn, {"id", "spectrum", "name"}, 0));
    BALMER_TRY(const auto labelColumn, columnOf(table, parameters.labelColumn, {"label", "class"}, 1));
    if (table.rows.empty())
        return core::fail(core::ErrorCode::InvalidArgument,
                          "the table " + parameters.file + " has no row; give one row for each label");
    BALMER_CHECK(run.task.checkpoint(0.2, "reading labels"));

    BALMER_TRY(auto labels, ImportedLabels::into(run.project(), run.environment.who, "import",
                                                 parameters.replace ? ImportedLabels::Replaces::All
                                                                    : ImportedLabels::Replaces::Own));
    for (const auto& row : table.rows)
        labels.add(row[idColumn], row[labelColumn]);
    BALMER_TRY(const auto result, labels.store());
    jobs::Outcome outcome;
    outcome.resultJson = result.dump();
    return outcome;
}

} // namespace

JobKind labelImportKind(const Environment& environment) {
    return makeKind<LabelImportParameters>(environment,
                                           {.kind = "label-import",
                                            .title = "Label import",
                                            .help = "labels from a table with the columns id and label",
                                            .command = "label import",
                                            .changes = {jobs::Change::Labels},
                                            .results = labelFields()},
                                           &importLabels);
}

} // namespace balmer::workflow
