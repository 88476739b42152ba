// dataset-import and dataset-export: a matrix of spectra as text, in and out.

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/core/output_file.h"
#include "engine/core/text_number.h"
#include "engine/io/matrix_text.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/workflow/dataset_output.h"
#include "engine/workflow/imported_labels.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

constexpr const char* importedFrom = "imported_from"; ///< in the provenance

struct DatasetImportParameters {
    static constexpr std::string_view stays = "reads files of this computer";
    std::string file;
    std::string name;

    void declare(Fields& fields) {
        fields.required(
            "file", file,
            {.help = "table with commas: id, label (may be missing), then a column for each wavelength",
             .names = Names::File,
             .option = "file"});
        fields.required(
            "name", name,
            {.help = "what the dataset shall be called", .title = "Dataset", .names = Names::NewDataset});
    }
    core::Status validate() const { return checkDatasetName(name); }
    /// Only a table that was imported before can have the content of this one.
    core::Status checkProject(store::Project& project) const {
        const auto present = project.datasets().get(name);
        if (!present) return {};
        if (const auto made = core::parseJson<json>(present->pipeline); made && made->contains(importedFrom))
            return {};
        return core::fail(otherDataset(name));
    }
};

core::Status checkValues(const io::MatrixText& matrix) {
    for (std::size_t r = 0; r < matrix.values.rows(); ++r) {
        const auto row = matrix.values.row(r);
        const auto missing = static_cast<std::size_t>(
            std::count_if(row.begin(), row.end(), [](float value) { return !std::isfinite(value); }));
        if (missing != 0)
            return core::fail(core::ErrorCode::InvalidArgument,
                              "the row of " + matrix.ids[r] + " lacks " + std::to_string(missing) +
                                  " of its " + std::to_string(row.size()) +
                                  " values; fill them in or remove the row");
    }
    return {};
}

core::Result<jobs::Outcome> importDataset(const DatasetImportParameters& parameters, const Run& run) {
    BALMER_CHECK(run.task.checkpoint(0, "reading the table"));
    BALMER_TRY(auto matrix, io::readMatrixText(parameters.file));
    dataset::DatasetContent content;
    content.ids = matrix.ids;
    content.wavelengthAngstrom = matrix.wavelengthAngstrom;
    content.medium = spectrum::Medium::Vacuum;
    BALMER_CHECK(checkValues(matrix));
    content.flux = std::move(matrix.values);
    content.provenance = core::jsonText(json{{importedFrom, parameters.file}});
    BALMER_CHECK(run.task.checkpoint(0.4, "writing the dataset"));
    BALMER_TRY(const auto record, keepDataset(run, parameters.name, "", content.provenance, content));

    // Rows that the catalogue does not know are entered, so that they can be looked at and labelled like the
    // others.
    std::vector<store::NewSpectrum> unknown;
    BALMER_TRY(auto known, run.project().catalogue().ids({}));
    std::sort(known.begin(), known.end());
    for (std::size_t row = 0; row < matrix.ids.size(); ++row) {
        if (std::binary_search(known.begin(), known.end(), matrix.ids[row])) continue;
        store::NewSpectrum entry;
        entry.collection = parameters.name;
        entry.metadata.id = matrix.ids[row];
        entry.metadata.rule = "matrix";
        entry.medium = content.medium;
        entry.firstWavelength = content.wavelengthAngstrom.front();
        entry.lastWavelength = content.wavelengthAngstrom.back();
        entry.samples = static_cast<std::int64_t>(content.wavelengthAngstrom.size());
        entry.contentDigest = record.digest;
        entry.part = static_cast<std::int64_t>(row);
        entry.dataset = record.name;
        unknown.push_back(std::move(entry));
    }
    constexpr auto batch = store::Catalogue::inOneWrite;
    for (std::size_t first = 0; first < unknown.size(); first += batch) {
        BALMER_CHECK(
            run.task.checkpoint(0.5 + 0.3 * static_cast<double>(first) / static_cast<double>(unknown.size()),
                                "entering spectra"));
        BALMER_TRY([[maybe_unused]] const auto added,
                   run.project().catalogue().add(
                       std::span(unknown).subspan(first, std::min(batch, unknown.size() - first))));
    }

    BALMER_CHECK(run.task.checkpoint(0.9, "keeping labels"));
    BALMER_TRY(const auto spectra, NamedSpectra::of(run.project().catalogue()));
    ImportedLabels labels(run.project(), spectra, run.environment.who, "dataset " + parameters.name,
                          ImportedLabels::Replaces::SameSource);
    for (std::size_t row = 0; row < matrix.labels.size(); ++row)
        BALMER_CHECK(labels.add(matrix.ids[row], matrix.labels[row]));
    BALMER_TRY(const auto given, labels.store());
    jobs::Outcome outcome;
    outcome.resultJson = describeDataset(
        record,
        json{{"labels", given["labelled"]}, {"labels_kept", given["kept"]}, {"entered", unknown.size()}});
    return outcome;
}

struct DatasetExportParameters {
    static constexpr std::string_view stays = "writes files of this computer";
    std::string dataset;
    std::string file;
    bool labels = true;

    void declare(Fields& fields) {
        fields.required("dataset", dataset,
                        {.help = "the dataset to write", .names = Names::Dataset, .option = "name"});
        fields.required(
            "file", file,
            {.help = "table with commas: id, label, then a column for each wavelength; - for standard "
                     "output",
             .names = Names::NewFile,
             .option = "--out"});
        fields.optional("labels", labels, {.help = "with a column of the labels that stand now"});
    }

    core::Status validate() const {
        const auto ending = core::lowerCase(std::filesystem::path(file).extension().string());
        if (ending == ".csv" || ending == ".txt" || core::OutputFile::isStream(file)) return {};
        return core::fail(core::ErrorCode::InvalidArgument,
                          "a dataset is written as text with commas, so the name in parameters.file, " +
                              file + ", must end in .csv or .txt");
    }
};

core::Result<jobs::Outcome> exportDataset(const DatasetExportParameters& parameters, const Run& run) {
    BALMER_TRY(const auto dataset, openDataset(run.project(), parameters.dataset));
    BALMER_TRY(const auto classes, run.project().labels().classes());
    BALMER_TRY(auto writer, io::MatrixTextWriter::create(parameters.file, dataset.wavelengthAngstrom(),
                                                         parameters.labels));
    for (std::size_t row = 0; row < dataset.rows(); ++row) {
        if (row % 256 == 0)
            BALMER_CHECK(run.task.checkpoint(static_cast<double>(row) / static_cast<double>(dataset.rows()),
                                             "writing"));
        const auto found = classes.find(dataset.ids()[row]);
        BALMER_CHECK(writer.row(dataset.ids()[row], found == classes.end() ? "" : found->second,
                                dataset.flux().row(row)));
    }
    BALMER_CHECK(writer.finish());
    jobs::Outcome outcome;
    outcome.resultJson = core::jsonText(json{{"dataset", parameters.dataset},
                                             {"rows", dataset.rows()},
                                             {"columns", dataset.columns()},
                                             {"digest", dataset.digest()},
                                             {"file", parameters.file}});
    return outcome;
}

} // namespace

JobKind datasetImportKind(const Environment& environment) {
    using jobs::Change;
    auto results = datasetFields();
    for (auto&& field :
         {countField("labels", "that were given"), countField("labels_kept", "that stood before"),
          countField("entered", "rows that are new in the catalogue")})
        results.push_back(field);
    return makeKind<DatasetImportParameters>(
        environment,
        {.kind = "dataset-import",
         .title = "Dataset import",
         .help = "a matrix as text: id, label, then one column a wavelength",
         .command = "dataset import",
         .changes = {Change::Datasets, Change::Catalogue, Change::Labels},
         .results = std::move(results)},
        &importDataset);
}

JobKind datasetExportKind(const Environment& environment) {
    auto results = datasetFields();
    results.push_back(textField("file", "that was written"));
    return makeKind<DatasetExportParameters>(environment,
                                             {.kind = "dataset-export",
                                              .title = "Dataset export",
                                              .help = "a matrix as text, with the labels that stand now",
                                              .command = "dataset export",
                                              .changes = {},
                                              .results = std::move(results)},
                                             &exportDataset);
}

} // namespace balmer::workflow
