// label-import: a list of labels from a table with the columns id and label, as label events.

#include <set>

#include <nlohmann/json.hpp>

#include "engine/core/text_number.h"
#include "engine/io/table_text.h"
#include "engine/store/catalogue.h"
#include "engine/store/label_log.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

struct LabelImportParameters {
    static constexpr std::string_view stays = "reads files of this computer";
    std::string file;
    std::string idColumn;
    std::string labelColumn;

    void declare(Fields& fields) {
        fields.required("file", file, "table with commas, its first line naming the columns");
        fields.optional("id_column", idColumn,
                        "column with the spectrum's id; \"\" takes id, or the first column");
        fields.optional("label_column", labelColumn,
                        "column with the class; \"\" takes label, class, or the second");
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

    BALMER_TRY(const auto catalogued, run.project().catalogue().ids({}));
    const std::set<std::string, std::less<>> known(catalogued.begin(), catalogued.end());
    BALMER_TRY(const auto standing, run.project().labels().classes());
    std::vector<active::LabelEvent> events;
    std::size_t unknown = 0, unchanged = 0, empty = 0;
    for (const auto& row : table.rows) {
        active::LabelEvent event;
        event.spectrum = row[idColumn];
        event.className = row[labelColumn];
        event.who = run.environment.who;
        event.view = "import";
        if (event.className.empty() || event.spectrum.empty()) {
            ++empty;
            continue;
        }
        // Kept although nobody has imported the spectrum yet: what a user gave is never lost.
        unknown += !known.contains(event.spectrum);
        if (const auto found = standing.find(event.spectrum);
            found != standing.end() && found->second == event.className) {
            ++unchanged;
            continue;
        }
        events.push_back(std::move(event));
    }
    BALMER_TRY(const auto stored, run.project().labels().appendAll(events));
    jobs::Outcome outcome;
    outcome.resultJson = json{
        {"labelled", stored.size()},
        {"unchanged", unchanged},
        {"without_label", empty},
        {"not_in_catalogue",
         unknown}}.dump();
    return outcome;
}

} // namespace

JobKind labelImportKind(const Environment& environment) {
    return makeKind<LabelImportParameters>(environment, "label-import", "Import labels", &importLabels);
}

} // namespace balmer::workflow
