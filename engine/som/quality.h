// Quality of a map: how near the rows lie to their neurons, and how well the grid keeps their neighbourhoods.
//
// Pure functions; any thread. Kiviluoto 1996 (ICNN'96, 294) for the topographic error.
#pragma once

#include "engine/som/grid.h"
#include "engine/som/projection.h"

namespace balmer::som {

/// Mean Euclidean distance of a row to its nearest neuron, in the units of the data; 0 without rows.
double quantisationError(const Projection& projection);

/// Share of the rows whose second nearest neuron is not a neighbour (4 or 6) of the nearest; 0 without rows.
double topographicError(const Projection& projection, const Grid& grid);

} // namespace balmer::som
