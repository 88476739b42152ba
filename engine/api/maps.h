// Maps: the self-organising maps that an open project has trained.
//
// Handed out by Workbench::maps and lives as long. Any thread, several at once; both functions read files or
// many rows and belong on a thread of their own. Wavelengths are ångström; times are ISO 8601 UTC text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/jobs/job.h"
#include "engine/som/grid.h"

namespace balmer::api {

struct MapInfo {
    std::int64_t job = 0;
    std::string label;
    std::string dataset;
    som::Grid grid;
    double quantisationError = 0, topographicError = 0;
    std::string created;
};

struct MapMember {
    std::string id;
    double distance = 0; ///< Euclidean, to the neuron's prototype
};

/// A trained map with everything that its view draws; index of a neuron = y · width + x.
struct MapContent {
    MapInfo info;
    std::vector<double> wavelengthAngstrom;
    core::FloatMatrix codebook;                                ///< [neurons × columns]
    std::vector<float> uMatrix;                                ///< mean distance to the neighbours
    std::vector<std::vector<MapMember>> members;               ///< nearest first
    std::vector<double> quantisationErrors, topographicErrors; ///< before the first epoch, then after each
};

/// The neuron of a map that a spectrum is nearest to.
struct Prototype {
    jobs::JobId map = 0;
    std::size_t neuron = 0;
    double distance = 0; ///< Euclidean, to the prototype
    std::vector<double> wavelengthAngstrom;
    std::vector<float> flux;
};

class Maps {
  public:
    virtual ~Maps() = default;

    virtual core::Result<std::vector<MapInfo>> list() = 0; ///< newest first
    virtual core::Result<MapContent> content(jobs::JobId job) = 0;
    /// By the newest map of the dataset. Errors: NotFound where it has no map, or the map no place for it.
    virtual core::Result<Prototype> prototype(const std::string& dataset, const std::string& id) = 0;
};

} // namespace balmer::api
