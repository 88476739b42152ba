// table-import: what a table says of spectra of the project, matched by id: columns as versioned columns of a
// dataset, one column as labels.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/io/table_formats.h"
#include "engine/io/table_reader.h"
#include "engine/store/catalogue.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/workflow/id_column.h"
#include "engine/workflow/imported_labels.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

namespace {

using core::ErrorCode;
using core::fail;
using nlohmann::json;

constexpr std::size_t rowsLookedAt = 1000;
constexpr std::size_t mostCategories = 1000;
constexpr std::size_t mostColumns = 200;

struct TableImportParameters {
    static constexpr std::string_view stays = "reads files of this computer";
    std::string file;
    std::string idColumn;
    std::vector<std::string> columns;
    std::string prefix;
    std::string dataset;
    std::string labelColumn;
    std::string who;
    std::string source;
    bool replace = false;

    void declare(Fields& fields) {
        fields.required(
            "file", file,
            {.help = "the table, as " + io::tableForms(), .names = Names::File, .option = "file"});
        fields.optional("id_column", idColumn,
                        {.help = "column with the spectrum's id",
                         .title = "Spectra by",
                         .otherwise = "found by name and by what is in it"});
        fields.optional("columns", columns,
                        {.help = "columns to take for the dataset's rows; \"*\" takes all others",
                         .otherwise = "none",
                         .option = "--column"});
        fields.optional("prefix", prefix,
                        {.help = "put before the columns' names, so that they are told from others"});
        fields.optional("dataset", dataset,
                        {.help = "whose rows get the columns",
                         .title = "Into dataset",
                         .otherwise = "the only one",
                         .names = Names::Dataset});
        fields.optional("label_column", labelColumn,
                        {.help = "column with classes, taken as labels",
                         .title = "Labels from",
                         .otherwise = "none",
                         .option = "--labels"});
        fields.optional(
            "who", who,
            {.help = "who gave the labels", .title = "Labelled by", .otherwise = "you", .option = "--by"});
        fields.optional("source", source,
                        {.help = "where the table comes from, as the labels will say",
                         .otherwise = "its name",
                         .option = "none",
                         .more = true});
        fields.optional(
            "replace", replace,
            {.help = "where another verdict (a class, not sure, bad, artefact) stands, the table's class "
                     "takes its place; otherwise only that of an earlier import by the same observer "
                     "from the same source does, and all others are kept",
             .title = "Replace verdicts that differ"});
    }

    core::Status validate() const {
        if (columns.empty() && labelColumn.empty())
            return fail(ErrorCode::InvalidArgument,
                        "nothing is to be taken: name parameters.columns, parameters.label_column or both");
        return {};
    }
};

core::Result<std::size_t> columnNamed(const io::TableReader& table, const std::string& name) {
    BALMER_TRY(const auto column, table.column(name));
    if (column) return *column;
    std::string there;
    for (const auto& each : table.columns())
        there += (there.empty() ? "" : ", ") + each.name;
    return fail(ErrorCode::InvalidArgument,
                "the table has no column \"" + name + "\"; its columns are: " + there);
}

core::Result<std::size_t> idColumnOf(const TableImportParameters& parameters, const io::TableReader& table,
                                     const NamedSpectra& spectra, core::TaskContext& task) {
    if (!parameters.idColumn.empty()) return columnNamed(table, parameters.idColumn);
    const KnownIds known = [&](std::span<const std::string> asked) -> core::Result<std::set<std::string>> {
        std::set<std::string> there;
        for (const auto& name : asked)
            if (spectra.knows(name)) there.insert(name);
        return there;
    };
    BALMER_TRY(auto again, table.again());
    BALMER_TRY(const auto found, findIdColumn(again, known, rowsLookedAt, task));
    if (found.column) return columnNamed(table, table.columns()[*found.column].name);
    return fail(ErrorCode::InvalidArgument,
                "none of the first " + std::to_string(found.looked) + " rows of " + parameters.file +
                    " names a spectrum of this project; name the column with parameters.id_column");
}

/// A column on its way from the table's rows to the dataset's.
struct TakenColumn {
    std::size_t column = 0;
    std::string name;
    bool number = false;
    std::vector<double> values; ///< one a row of the dataset
    std::vector<std::string> categories;
    std::unordered_map<std::string, std::size_t> places; ///< of the categories
    std::size_t filled = 0;

    core::Status take(const io::TableReader& table, std::size_t row) {
        if (number) {
            const auto value = table.number(column);
            values[row] = value.value_or(std::nan(""));
            filled += value.has_value();
            return {};
        }
        const auto text = table.text(column);
        if (text.empty()) return {};
        const auto [place, isNew] = places.emplace(text, categories.size());
        if (isNew) categories.push_back(text);
        if (categories.size() > mostCategories)
            return fail(ErrorCode::InvalidArgument,
                        "the column \"" + name + "\" has more than " + std::to_string(mostCategories) +
                            " different texts; only columns of numbers or of categories are taken");
        values[row] = static_cast<double>(place->second);
        ++filled;
        return {};
    }
};

/// The names that Balmer's own results have, which other parts of the program rely on.
bool isReserved(const std::string& name) {
    return name == "predicted" || name == "probability" || name == "entropy" || name.starts_with("p_") ||
           name.starts_with("map_");
}

/// The columns that are to be taken, and the rows of the dataset by id.
class Taking {
  public:
    static core::Result<Taking> of(const TableImportParameters& parameters, const io::TableReader& table,
                                   std::size_t idColumn, store::Project& project) {
        Taking taking;
        if (parameters.columns.empty()) return taking;
        BALMER_TRY(taking.dataset_, datasetOf(parameters, project));
        BALMER_TRY(const auto ids, project.datasets().ids(taking.dataset_));
        for (std::size_t row = 0; row < ids.size(); ++row)
            taking.rows_.emplace(ids[row], row);
        BALMER_TRY(const auto chosen, chosenColumns(parameters, table, idColumn));
        for (const auto column : chosen) {
            const auto& described = table.columns()[column];
            TakenColumn made;
            made.column = column;
            made.name = parameters.prefix + described.name;
            made.number = described.number;
            made.values.assign(ids.size(), std::nan(""));
            if (isReserved(made.name))
                return fail(ErrorCode::InvalidArgument,
                            "\"" + made.name + "\" is a column of Balmer's own; give a prefix");
            if (std::any_of(taking.columns_.begin(), taking.columns_.end(),
                            [&](const auto& other) { return other.name == made.name; }))
                return fail(ErrorCode::InvalidArgument,
                            "the column \"" + described.name + "\" is to be taken twice");
            taking.columns_.push_back(std::move(made));
        }
        return taking;
    }

    core::Status row(const io::TableReader& table, const std::string& id) {
        const auto row = rows_.find(id);
        if (row == rows_.end()) return {};
        for (auto& column : columns_)
            BALMER_CHECK(column.take(table, row->second));
        ++matched_;
        return {};
    }

    core::Status check() const {
        if (!columns_.empty() && matched_ == 0)
            return fail(ErrorCode::InvalidArgument, "no row of the table names a spectrum of the dataset " +
                                                        dataset_ + "; check the id column and the dataset");
        return {};
    }

    core::Result<json> store(store::Project& project, jobs::JobId job) {
        if (columns_.empty()) return json::object();
        json said = json::array();
        std::vector<store::ColumnRegistry::NewColumn> made;
        for (auto& column : columns_) {
            store::ColumnInfo info;
            info.dataset = dataset_;
            info.name = column.name;
            info.kind = column.number ? store::ColumnKind::Number : store::ColumnKind::Category;
            info.categories = column.categories;
            info.job = job;
            said.push_back({{"name", column.name},
                            {"kind", column.number ? "number" : "category"},
                            {"values", column.filled}});
            made.push_back({std::move(info), std::move(column.values)});
        }
        BALMER_TRY(const auto versions, project.columns().addAll(made));
        for (std::size_t i = 0; i < versions.size(); ++i)
            said[i]["version"] = versions[i];
        return json{{"dataset", dataset_}, {"dataset_rows", matched_}, {"columns", std::move(said)}};
    }

  private:
    static core::Result<std::string> datasetOf(const TableImportParameters& parameters,
                                               store::Project& project) {
        if (!parameters.dataset.empty()) return parameters.dataset;
        BALMER_TRY(const auto all, project.datasets().list());
        if (all.size() == 1) return all.front().name;
        if (all.empty())
            return fail(ErrorCode::NotFound,
                        "columns belong to a dataset, and the project has none; make one with preprocess");
        std::string names;
        for (const auto& each : all)
            names += (names.empty() ? "" : ", ") + each.name;
        return fail(ErrorCode::InvalidArgument,
                    "parameters.dataset must say whose rows get the columns: one of " + names);
    }

    static core::Result<std::vector<std::size_t>> chosenColumns(const TableImportParameters& parameters,
                                                                const io::TableReader& table,
                                                                std::size_t idColumn) {
        std::vector<std::size_t> chosen;
        for (const auto& name : parameters.columns) {
            if (name != "*") {
                BALMER_TRY(chosen.emplace_back(), columnNamed(table, name));
                continue;
            }
            BALMER_TRY(const auto labels, table.column(parameters.labelColumn));
            for (std::size_t c = 0; c < table.columns().size(); ++c)
                if (c != idColumn && c != labels &&
                    std::find(chosen.begin(), chosen.end(), c) == chosen.end())
                    chosen.push_back(c);
        }
        if (chosen.size() > mostColumns)
            return fail(ErrorCode::InvalidArgument,
                        std::to_string(chosen.size()) + " columns are too many; name at most " +
                            std::to_string(mostColumns) + " in parameters.columns");
        return chosen;
    }

    std::string dataset_;
    std::unordered_map<std::string, std::size_t> rows_;
    std::vector<TakenColumn> columns_;
    std::size_t matched_ = 0;
};

core::Result<jobs::Outcome> importTable(const TableImportParameters& parameters, const Run& run) {
    auto& project = run.project();
    BALMER_CHECK(run.task.checkpoint(0, "reading the table"));
    BALMER_TRY(auto table, io::TableReader::open(parameters.file, run.task.stopToken()));
    BALMER_TRY(const auto spectra, NamedSpectra::of(project.catalogue()));
    BALMER_TRY(const auto idColumn, idColumnOf(parameters, table, spectra, run.task));
    BALMER_TRY(auto taking, Taking::of(parameters, table, idColumn, project));
    std::optional<ImportedLabels> labels;
    std::size_t labelColumn = 0;
    if (!parameters.labelColumn.empty()) {
        BALMER_TRY(labelColumn, columnNamed(table, parameters.labelColumn));
        const auto source = parameters.source.empty()
                                ? std::filesystem::path(parameters.file).filename().string()
                                : parameters.source;
        labels.emplace(project, spectra, parameters.who.empty() ? run.environment.who : parameters.who,
                       "table " + source,
                       parameters.replace ? ImportedLabels::Replaces::All
                                          : ImportedLabels::Replaces::SameSource);
    }
    // Of columns the first row that names a spectrum counts; labels of several rows must agree.
    std::set<std::string> seen;
    std::size_t rows = 0, repeated = 0;
    while (true) {
        BALMER_TRY(const bool there, table.nextRow());
        if (!there) break;
        if (++rows % 1000 == 0) BALMER_CHECK(run.task.checkpoint(0.1, "reading the table"));
        const auto name = table.text(idColumn);
        const auto match = spectra.find(name);
        // Rows of a matrix need not be in the catalogue.
        const auto id = match.id.empty() && !match.ambiguous ? name : std::string(match.id);
        if (labels) BALMER_CHECK(labels->add(name, table.text(labelColumn)));
        if (id.empty() || seen.insert(id).second)
            BALMER_CHECK(taking.row(table, id));
        else
            ++repeated;
    }
    json result = json::object();
    BALMER_CHECK(run.task.checkpoint(0.9, "keeping what was read"));
    BALMER_CHECK(taking.check());
    // The labels first: run again after a failure, the job gives none twice and makes each column once.
    if (labels) {
        BALMER_TRY(result, labels->store());
    }
    BALMER_TRY(const auto taken, taking.store(project, run.job.id));
    result.update(taken);
    result["rows"] = rows;
    result["repeated"] = repeated;
    result["id_column"] = table.columns()[idColumn].name;
    jobs::Outcome outcome;
    outcome.resultJson = core::jsonText(result);
    return outcome;
}

} // namespace

JobKind tableImportKind(const Environment& environment) {
    using jobs::Change;
    std::vector<Field> results{
        countField("rows", "of the table"), countField("repeated", "rows that came again"),
        textField("id_column", "the column with ids"), orAbsent(textField("dataset", "")),
        orAbsent(listField(
            "columns",
            objectField("", {textField("name", ""), countField("version", ""), countField("values", "")}, ""),
            "that were taken"))};
    for (auto& field : labelFields())
        results.push_back(orAbsent(std::move(field)));
    return makeKind<TableImportParameters>(
        environment,
        {.kind = "table-import",
         .title = "Table import",
         .help = "what a table says of spectra of the project: columns, labels",
         .command = "table import",
         .changes = {Change::Columns, Change::Labels},
         .results = std::move(results)},
        &importTable);
}

} // namespace balmer::workflow
