// som: a self-organising map of a dataset, kept as an artefact; each row's neuron and distance as columns.

#include <algorithm>
#include <chrono>
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/core/thread_pool.h"
#include "engine/som/map_file.h"
#include "engine/som/trainer.h"
#include "engine/som/u_matrix.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/column_registry.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/spectrum_source.h"

namespace balmer::workflow {

namespace {

using nlohmann::json;

struct SomJobParameters {
    std::string dataset;
    std::string grid = "20x20";
    std::string topology = "hexagonal";
    int epochs = 10;
    double radiusStart = 0;
    double radiusEnd = 0.7;
    std::string neighbourhood = "gaussian";
    std::string initialisation = "principal-plane";
    std::uint64_t seed = 1;
    int threads = 0;

    void declare(Fields& fields) {
        fields.required("dataset", dataset, "the dataset to map");
        fields.optional("grid", grid, "width x height in neurons, or auto for about 5 √rows neurons");
        fields.optional("topology", topology, "hexagonal or rectangular");
        fields.optional("epochs", epochs, "passes over the data");
        fields.optional("radius_start", radiusStart,
                        "neighbourhood at the start, in neurons; 0: half the smaller side");
        fields.optional("radius_end", radiusEnd, "neighbourhood at the end, in neurons");
        fields.optional("neighbourhood", neighbourhood, "gaussian or bubble");
        fields.optional("initialisation", initialisation, "principal-plane or random-rows");
        fields.optional("seed", seed, "of everything random");
        fields.optional("threads", threads, "0: all processors; does not change the result");
    }
    Needs needs() const { return {.datasets = {dataset}}; }
};

/// About 5 √rows neurons (Vesanto's rule of thumb), at most half as many as rows, nearly square.
som::Grid automaticGrid(std::size_t rows, som::Topology topology) {
    const double neurons = std::min(5 * std::sqrt(static_cast<double>(rows)), static_cast<double>(rows) / 2);
    const auto side = std::max<std::size_t>(2, static_cast<std::size_t>(std::sqrt(std::max(neurons, 4.0))));
    return {side, side, topology};
}

core::Result<jobs::Outcome> trainMap(const SomJobParameters& parameters, const Run& run) {
    BALMER_TRY(const auto topology, som::topologyFrom(parameters.topology));
    BALMER_TRY(const auto neighbourhood, som::neighbourhoodFrom(parameters.neighbourhood));
    BALMER_TRY(const auto initialisation, som::initialisationFrom(parameters.initialisation));
    if (parameters.epochs < 1)
        return core::fail(core::ErrorCode::InvalidArgument, "parameters.epochs must be at least 1");
    BALMER_TRY(const auto threads, run.threads(parameters.threads));
    BALMER_TRY(const auto dataset, openDataset(run.project(), parameters.dataset));

    som::SomParameters training;
    if (parameters.grid == "auto") {
        training.grid = automaticGrid(dataset.rows(), topology);
    } else {
        BALMER_TRY(training.grid, som::Grid::parse(parameters.grid, topology));
    }
    training.epochs = static_cast<std::size_t>(parameters.epochs);
    training.radiusStart = parameters.radiusStart;
    training.radiusEnd = parameters.radiusEnd;
    training.neighbourhood = neighbourhood;
    training.initialisation = initialisation;
    training.seed = parameters.seed;

    core::ThreadPool pool(threads, "balmer-som");
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
    outcome.resultJson =
        json{{"dataset", parameters.dataset},
             {"grid", trained.map.grid.toText()},
             {"topology", som::toString(topology)},
             {"quantisation_error", trained.quantisationError},
             {"topographic_error", trained.topographicError},
             {"epochs", trained.map.epochs.size()},
             {"neurons_hit", std::count_if(hits.begin(), hits.end(), [](auto n) { return n > 0; })},
             {"seconds", seconds.count()},
             {"codebook_digest", som::codebookDigest(trained.map)}}
            .dump();
    return outcome;
}

} // namespace

JobKind somKind(const Environment& environment) {
    return makeKind<SomJobParameters>(environment, "som", "Train a map", &trainMap);
}

} // namespace balmer::workflow
