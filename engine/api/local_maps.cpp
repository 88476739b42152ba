#include "engine/api/local_maps.h"

#include <algorithm>
#include <optional>

#include "engine/api/job_kinds.h"
#include "engine/api/job_result.h"
#include "engine/som/map_file.h"
#include "engine/som/u_matrix.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/column_registry.h"

namespace balmer::api {

namespace {

std::optional<MapInfo> mapInfo(const jobs::Job& job) {
    if (artefactNamed(job, "map") == nullptr) return std::nullopt;
    const auto result = resultOf(job);
    const auto topology = som::topologyFrom(textIn(result, "topology"));
    const auto grid = som::Grid::parse(textIn(result, "grid"), topology.value_or(som::Topology::Hexagonal));
    if (!grid) return std::nullopt;
    MapInfo info;
    info.job = job.id;
    info.label = job.spec.label;
    info.dataset = textIn(result, "dataset");
    info.grid = *grid;
    info.quantisationError = numberIn(result, "quantisation_error");
    info.topographicError = numberIn(result, "topographic_error");
    info.created = job.created;
    return info;
}

} // namespace

core::Result<std::vector<MapInfo>> LocalMaps::list() {
    std::vector<MapInfo> maps;
    for (const auto& kind : jobKinds()) {
        if (!kind.makes(jobs::Change::Maps)) continue;
        BALMER_TRY(const auto all, project_.jobs().list({jobs::Phase::Completed, kind.kind, 0}));
        for (const auto& job : all)
            if (auto info = mapInfo(job)) maps.push_back(std::move(*info));
    }
    return maps;
}

core::Result<Prototype> LocalMaps::prototype(const std::string& name, const std::string& id) {
    BALMER_TRY(const auto dataset, datasets_.get(name));
    const auto none = [&](const std::string& what) {
        return core::fail(core::ErrorCode::NotFound, what + "; train a map of " + name);
    };
    const auto row = dataset.rowOf(id);
    if (!row) return none("the dataset " + name + " has no row for " + id);
    const auto placed = project_.columns().info(name, "map_neuron");
    if (!placed || !placed->job) return none("no map places the spectra of " + name);
    BALMER_TRY(const auto job, project_.jobs().get(*placed->job));
    const auto* const artefact = artefactNamed(job, "map");
    if (artefact == nullptr) return none("the map that placed the spectra of " + name + " was removed");
    BALMER_TRY(const auto neurons, project_.columns().values(name, "map_neuron", placed->version));
    BALMER_TRY(const auto distances, project_.columns().values(name, "map_distance"));
    BALMER_TRY(const auto bytes, project_.artefacts().read(artefact->digest));
    BALMER_TRY(const auto map, som::deserialise(bytes));
    if (*row >= neurons.size() || *row >= distances.size() || !(neurons[*row] >= 0) ||
        !(neurons[*row] < static_cast<double>(map.grid.neurons())) ||
        map.codebook.columns() != dataset.columns())
        return none("the map has no place for " + id);
    Prototype found{job.id, static_cast<std::size_t>(neurons[*row]), distances[*row], {}, {}};
    const auto wavelengths = dataset.wavelengthAngstrom();
    found.wavelengthAngstrom.assign(wavelengths.begin(), wavelengths.end());
    const auto flux = map.codebook.row(found.neuron);
    found.flux.assign(flux.begin(), flux.end());
    return found;
}

core::Result<MapContent> LocalMaps::content(jobs::JobId id) {
    BALMER_TRY(const auto job, project_.jobs().get(id));
    const auto info = mapInfo(job);
    if (!info)
        return core::fail(core::ErrorCode::NotFound,
                          "job " + std::to_string(id) +
                              " made no map; `balmer jobs` lists those of kind som");
    BALMER_TRY(const auto bytes, project_.artefacts().read(artefactNamed(job, "map")->digest));
    BALMER_TRY(auto map, som::deserialise(bytes));
    BALMER_TRY(const auto dataset, datasets_.get(info->dataset));
    if (const auto& inputs = job.spec.inputs;
        !inputs.empty() && std::ranges::find(inputs, dataset.digest()) == inputs.end())
        return core::fail(core::ErrorCode::NotFound, "the dataset of that map was removed, and " +
                                                         info->dataset +
                                                         " is another one now; train a map of it");

    MapContent content;
    content.info = *info;
    const auto wavelengths = dataset.wavelengthAngstrom();
    content.wavelengthAngstrom.assign(wavelengths.begin(), wavelengths.end());
    const auto distances = som::uMatrix(map);
    content.uMatrix.assign(distances.begin(), distances.end());
    content.members.resize(map.grid.neurons());
    BALMER_TRY(const auto versions, project_.columns().versions(info->dataset, "map_neuron"));
    for (const auto& version : versions) {
        if (version.job != id) continue;
        BALMER_TRY(const auto neurons,
                   project_.columns().values(info->dataset, "map_neuron", version.version));
        BALMER_TRY(const auto lengths,
                   project_.columns().values(info->dataset, "map_distance", version.version));
        const auto& ids = dataset.ids();
        for (std::size_t row = 0; row < ids.size() && row < neurons.size(); ++row) {
            const auto neuron = static_cast<std::size_t>(neurons[row]);
            if (neurons[row] >= 0 && neuron < content.members.size())
                content.members[neuron].push_back({ids[row], lengths[row]});
        }
    }
    for (auto& members : content.members)
        std::stable_sort(members.begin(), members.end(),
                         [](const auto& a, const auto& b) { return a.distance < b.distance; });
    for (const auto& epoch : map.epochs) {
        content.quantisationErrors.push_back(epoch.quantisationError);
        content.topographicErrors.push_back(epoch.topographicError);
    }
    content.quantisationErrors.push_back(info->quantisationError);
    content.topographicErrors.push_back(info->topographicError);
    content.codebook = std::move(map.codebook);
    return content;
}

} // namespace balmer::api
