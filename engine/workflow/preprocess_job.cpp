// preprocess: spectra of the catalogue through a preset's pipeline into a dataset.

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/core/thread_pool.h"
#include "engine/preprocess/pipeline.h"
#include "engine/store/dataset_registry.h"
#include "engine/workflow/dataset_output.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

constexpr const char *byId = "id", *byImport = "import";

struct PreprocessParameters {
    std::string preset = "halpha-140";
    std::string name;
    std::string collection;
    std::string where;
    std::optional<double> blurSigmaPixels;
    bool bridgeMasked = false;
    std::string order = byId;

    void declare(Fields& fields) {
        fields.required(
            "name", name,
            {.help = "what the dataset shall be called", .title = "Dataset", .names = Names::NewDataset});
        fields.optional(
            "preset", preset,
            {.help = "the steps that each spectrum goes through", .choices = preprocess::presetNames()});
        fields.optional(
            "collection", collection,
            {.help = "take this collection only", .otherwise = "all spectra", .names = Names::Collection});
        fields.optional("where", where,
                        {.help = "take what meets this filter only, e.g. snr > 10",
                         .title = "Filter",
                         .otherwise = "all spectra",
                         .names = Names::Filter,
                         .more = true});
        fields.optional("blur_sigma_pixels", blurSigmaPixels,
                        {.help = "Gaussian blur; 0 switches it off",
                         .title = "Blur",
                         .unit = "pixels",
                         .minimum = 0,
                         .maximum = 1000,
                         .otherwise = "left to the recipe",
                         .option = "--blur",
                         .more = true});
        fields.optional("bridge_masked", bridgeMasked,
                        {.help = "interpolate across masked samples", .more = true});
        fields.optional("order", order,
                        {.help =
                             "how the rows lie: by the spectra's ids, which is the same whichever file was "
                             "imported first, or as they were imported",
                         .title = "Order of rows",
                         .choices = {byId, byImport},
                         .more = true});
    }
    core::Result<preprocess::Pipeline> pipeline() const {
        return preprocess::preset(preset, {blurSigmaPixels, bridgeMasked});
    }
    /// How the dataset came about, as it says itself.
    std::string provenance(const preprocess::Pipeline& made) const {
        return core::jsonText(
            json{{"preset", preset}, {"steps", core::parseJson<json>(made.describe()).value()}});
    }
    core::Status validate() const {
        BALMER_TRY([[maybe_unused]] const auto made, pipeline());
        return checkDatasetName(name);
    }
    core::Status checkProject(store::Project& project) const {
        BALMER_TRY(const auto made, pipeline());
        const auto present = project.datasets().get(name);
        if (!present || present->pipeline == provenance(made)) return {};
        return core::fail(otherDataset(name));
    }
    store::CatalogueQuery choice() const {
        store::CatalogueQuery query;
        query.where = where;
        if (!collection.empty()) query.collection = collection;
        if (order == byId) query.sort = "id";
        return query;
    }
    Needs needs() const { return {.spectra = choice(), .makes = name}; }
};

/// Rows of one block of spectra, in order; an error where a spectrum gave no row.
using Rows = std::vector<core::Result<preprocess::Row>>;

/// Such an error says nothing of the spectrum: with a disk that works and memory enough it has a row, and a
/// dataset does not depend on that.
bool isOfTheComputer(const core::Error& error) {
    return error.code() == core::ErrorCode::Io || error.code() == core::ErrorCode::ResourceExhausted;
}

void append(dataset::DatasetContent& content, const preprocess::Row& row, const std::string& id,
            std::vector<double>& minima, std::vector<double>& maxima) {
    content.flux.appendRow(row.flux);
    content.inverseVariance.appendRow(row.inverseVariance.empty() ? std::vector<float>(row.flux.size())
                                                                  : row.inverseVariance);
    content.mask.appendRow(row.mask);
    content.ids.push_back(id);
    minima.push_back(row.scaleMinimum);
    maxima.push_back(row.scaleMaximum);
}

core::Result<jobs::Outcome> preprocessSpectra(const PreprocessParameters& parameters, const Run& run) {
    BALMER_TRY(const auto pipeline, parameters.pipeline());
    const auto* carried = run.environment.carried.get();
    // What travelled here is the choice already, in its order.
    BALMER_TRY(const auto records, run.project().catalogue().list(carried != nullptr ? store::CatalogueQuery()
                                                                                     : parameters.choice()));
    if (records.empty())
        return core::fail(core::ErrorCode::InvalidArgument,
                          parameters.collection.empty() && parameters.where.empty()
                              ? "the project has no spectra yet; import some first"
                              : "no spectrum meets this choice of collection and filter; `balmer list` shows "
                                "what is there");

    dataset::DatasetContent content;
    content.wavelengthAngstrom.assign(pipeline.wavelengthAngstrom().begin(),
                                      pipeline.wavelengthAngstrom().end());
    content.medium = spectrum::Medium::Vacuum;
    std::vector<double> minima, maxima;
    json refused = json::array();
    std::size_t warned = 0;
    core::ThreadPool pool(run.environment.threads, "balmer-prep");
    OpenDatasets datasets(run.project());
    constexpr std::size_t block = 128;
    for (std::size_t first = 0; first < records.size(); first += block) {
        BALMER_CHECK(run.task.checkpoint(
            0.95 * static_cast<double>(first) / static_cast<double>(records.size()), "preprocessing"));
        const std::size_t count = std::min(block, records.size() - first);
        Rows rows(count, core::fail(core::ErrorCode::Cancelled, "stopped on request"));
        pool.parallelFor(count, [&](std::size_t i, std::size_t) {
            if (run.task.stopRequested()) return;
            auto spectrum = loadSpectrum(datasets, records[first + i], carried);
            rows[i] = spectrum ? pipeline.apply(*spectrum)
                               : core::Result<preprocess::Row>(core::fail(std::move(spectrum).error()));
        });
        BALMER_CHECK(run.task.checkpoint(
            0.95 * static_cast<double>(first) / static_cast<double>(records.size()), "preprocessing"));
        for (std::size_t i = 0; i < count; ++i) {
            if (rows[i]) {
                append(content, *rows[i], records[first + i].id, minima, maxima);
                warned += !rows[i]->warnings.empty();
            } else if (isOfTheComputer(rows[i].error())) {
                return core::fail(std::move(rows[i]).error().during("reading " + records[first + i].id));
            } else {
                refused.push_back({{"id", records[first + i].id}, {"reason", rows[i].error().describe()}});
            }
        }
    }
    if (content.ids.empty())
        return core::fail(core::ErrorCode::InvalidArgument, "none of the " + std::to_string(records.size()) +
                                                                " spectra gives a row; the first: " +
                                                                refused.front()["reason"].get<std::string>());
    content.columns = {{"scale_minimum", std::move(minima)}, {"scale_maximum", std::move(maxima)}};
    content.provenance = parameters.provenance(pipeline);
    BALMER_TRY(const auto record,
               keepDataset(run, parameters.name, parameters.collection, content.provenance, content));
    jobs::Outcome outcome;
    outcome.resultJson =
        describeDataset(record, {{"refused", std::move(refused)}, {"with_warnings", warned}});
    return outcome;
}

} // namespace

JobKind preprocessKind(const Environment& environment) {
    using jobs::Change;
    auto results = datasetFields();
    results.push_back(listField("refused",
                                objectField("", {textField("id", ""), textField("reason", "")}, ""),
                                "spectra that do not fit the recipe"));
    results.push_back(countField("with_warnings", "rows"));
    return makeKind<PreprocessParameters>(
        environment,
        {.kind = "preprocess",
         .title = "Preprocess",
         .help = "bring spectra onto one grid of wavelengths, as a dataset that maps and networks train on",
         .command = "preprocess",
         .changes = {Change::Datasets},
         .results = std::move(results)},
        &preprocessSpectra);
}

} // namespace balmer::workflow
