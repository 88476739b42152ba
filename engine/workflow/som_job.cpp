// som: a self-organising map of a dataset, kept as an artefact; each row's neuron and distance as columns.

#include <algorithm>
#include <chrono>
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/core/thread_pool.h"
#include "engine/som/map_file.h"
#include "engine/som/trainer.h"
#include "engine/som/u_matrix.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

constexpr std::string_view automatic = "auto"; ///< grid

/// About 5 √rows neurons (Vesanto's rule of thumb), at most half as many as rows, nearly square.
som::Grid automaticGrid(std::size_t rows, som::Topology topology) {
    const double neurons = std::min(5 * std::sqrt(static_cast<double>(rows)), static_cast<double>(rows) / 2);
    const auto side = std::max<std::size_t>(2, static_cast<std::size_t>(std::sqrt(std::max(neurons, 4.0))));
    return {side, side, topology};
}

struct SomJobParameters {
    std::string dataset;
    std::string grid = "20x20";
    std::string topology{som::toString(som::Topology::Hexagonal)};
    int epochs = static_cast<int>(som::SomParameters{}.epochs);
    double radiusStart = som::SomParameters{}.radiusStart;
    double radiusEnd = som::SomParameters{}.radiusEnd;
    std::string neighbourhood{som::toString(som::SomParameters{}.neighbourhood)};
    std::string initialisation{som::toString(som::SomParameters{}.initialisation)};
    std::uint64_t seed = som::SomParameters{}.seed;
    int threads = 0;

    void declare(Fields& fields) {
        fields.required("dataset", dataset, {.help = "the dataset to map", .names = Names::Dataset});
        fields.optional("grid", grid,
                        {.help = "width x height in neurons, or auto for about 5 √rows of them"});
        fields.optional("topology", topology,
                        {.help = "six neighbours for each neuron, or four",
                         .title = "Lattice",
                         .choices = core::wordsOf(som::topologyWords),
                         .aliases = core::otherWordsOf(som::topologyWords)});
        fields.optional("epochs", epochs,
                        {.help = "passes over the data", .minimum = 1, .maximum = som::mostEpochs});
        fields.optional("radius_start", radiusStart,
                        {.help = "neighbourhood at the start",
                         .unit = "neurons",
                         .minimum = 0,
                         .maximum = som::Grid::longestSide,
                         .otherwise = "half the smaller side",
                         .more = true});
        fields.optional("radius_end", radiusEnd,
                        {.help = "neighbourhood at the end",
                         .unit = "neurons",
                         .minimum = som::leastRadius,
                         .maximum = som::Grid::longestSide,
                         .more = true});
        fields.optional("neighbourhood", neighbourhood,
                        {.help = "how much a neuron follows the winner beside it",
                         .choices = core::wordsOf(som::neighbourhoodWords),
                         .more = true});
        fields.optional("initialisation", initialisation,
                        {.help = "where the neurons begin",
                         .choices = core::wordsOf(som::initialisationWords),
                         .more = true});
        fields.optional("seed", seed, seedField());
        fields.optional("threads", threads, threadsField());
    }

    core::Result<SomJobParameters> tidy() const {
        auto made = *this;
        if (grid == automatic) return made;
        BALMER_TRY(const auto lattice, som::topologyFrom(topology));
        BALMER_TRY(const auto meant, som::Grid::parse(grid, lattice));
        made.grid = meant.toText();
        return made;
    }
    /// For data of so many rows, where the grid is chosen by them.
    core::Result<som::SomParameters> training(std::size_t rows) const {
        som::SomParameters meant;
        BALMER_TRY(const auto lattice, som::topologyFrom(topology));
        if (grid == automatic) {
            meant.grid = automaticGrid(rows, lattice);
        } else {
            BALMER_TRY(meant.grid, som::Grid::parse(grid, lattice));
        }
        meant.epochs = static_cast<std::size_t>(epochs);
        meant.radiusStart = radiusStart;
        meant.radiusEnd = radiusEnd;
        BALMER_TRY(meant.neighbourhood, som::neighbourhoodFrom(neighbourhood));
        BALMER_TRY(meant.initialisation, som::initialisationFrom(initialisation));
        meant.seed = seed;
        BALMER_CHECK(meant.validate());
        return meant;
    }
    core::Status validate() const {
        if (grid == automatic) return {};
        BALMER_TRY([[maybe_unused]] const auto meant, training(0));
        return {};
    }
    core::Status checkProject(store::Project& project) const {
        BALMER_TRY(const auto record, project.datasets().get(dataset));
        const auto rows = static_cast<std::size_t>(record.rows);
        BALMER_TRY(const auto meant, training(rows));
        return som::checkSize(meant.grid, rows);
    }
    Needs needs() const { return {.datasets = {dataset}}; }
};

core::Result<jobs::Outcome> trainMap(const SomJobParameters& parameters, const Run& run) {
    BALMER_TRY(const auto dataset, openDataset(run.project(), parameters.dataset));
    BALMER_TRY(const auto training, parameters.training(dataset.rows()));
    core::ThreadPool pool(run.threads(parameters.threads), "balmer-som");
    const auto began = std::chrono::steady_clock::now();
    BALMER_TRY(const auto trained, som::train(dataset.flux(), training, pool, run.task));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;

    BALMER_TRY(const auto artefact, run.project().artefacts().putBytes(som::serialise(trained.map), "map",
                                                                       "application/x-balmer-map"));
    std::vector<store::ColumnRegistry::NewColumn> columns(2);
    for (auto& column : columns) {
        column.info.dataset = parameters.dataset;
        column.info.job = run.job.id;
        column.info.model = artefact.digest;
    }
    columns[0].info.name = "map_neuron";
    columns[0].values.assign(trained.projection.best.begin(), trained.projection.best.end());
    columns[1].info.name = "map_distance";
    columns[1].values.assign(trained.projection.distance.begin(), trained.projection.distance.end());
    BALMER_TRY([[maybe_unused]] const auto versions, run.project().columns().addAll(columns));

    const auto hits = som::hits(trained.projection, trained.map.grid.neurons());
    jobs::Outcome outcome;
    outcome.artefacts = {artefact};
    outcome.resultJson = core::jsonText(
        json{{"dataset", parameters.dataset},
             {"grid", trained.map.grid.toText()},
             {"topology", som::toString(training.grid.topology)},
             {"quantisation_error", trained.quantisationError},
             {"topographic_error", trained.topographicError},
             {"epochs", trained.map.epochs.size()},
             {"neurons_hit", std::count_if(hits.begin(), hits.end(), [](auto n) { return n > 0; })},
             {"seconds", seconds.count()},
             {"codebook_digest", som::codebookDigest(trained.map)}});
    return outcome;
}

} // namespace

JobKind somKind(const Environment& environment) {
    using jobs::Change;
    return makeKind<SomJobParameters>(
        environment,
        {.kind = "som",
         .title = "Map",
         .help = "train a self-organising map, which puts similar spectra next to each other",
         .command = "som",
         .changes = {Change::Maps, Change::Columns},
         .results = {textField("dataset", "the dataset that was mapped"), textField("grid", "width x height"),
                     textField("topology", "of the grid"),
                     numberField("quantisation_error", "mean distance of a row to its neuron"),
                     numberField("topographic_error",
                                 "share of rows whose two nearest neurons are not neighbours"),
                     countField("epochs", "passes over the data"),
                     countField("neurons_hit", "neurons with rows"),
                     numberField("seconds", "the training took"),
                     textField("codebook_digest", "of the neurons' prototypes")}},
        &trainMap);
}

} // namespace balmer::workflow
