// What is drawn of a map: one number a neuron, in the order of the grid.
//
// Pure functions; any thread. The map must satisfy validate().
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/som/projection.h"
#include "engine/som/self_organising_map.h"

namespace balmer::som {

/// Mean Euclidean distance of each neuron to its neighbours on the grid (Ultsch & Siemon 1990): high values
/// are borders between groups.
std::vector<double> uMatrix(const Map& map);

/// Number of rows whose nearest neuron it is.
std::vector<std::uint32_t> hits(const Projection& projection, std::size_t neurons);

/// One column of the codebook; column < map.codebook.columns().
std::vector<float> componentPlane(const Map& map, std::size_t column);

} // namespace balmer::som
