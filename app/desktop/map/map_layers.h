// The layers of a trained map as the lattice draws them, made from the map's content. Pure functions; any
// thread.
#pragma once

#include <optional>

#include "engine/api/maps.h"
#include "widgets/som/map_view.h"

namespace balmer::desktop {

enum class LayerKind { UMatrix, Hits, ComponentPlane };

struct LayerChoice {
    LayerKind kind = LayerKind::UMatrix;
    double wavelengthAngstrom = 0; ///< vacuum, of a component plane
    bool logarithmic = false;      ///< not for component planes, whose flux has both signs
};

/// Nothing for a component plane of a map that does not know its wavelengths.
std::optional<widgets::NeuronValues> layerOf(const api::MapContent& map, const LayerChoice& choice);

} // namespace balmer::desktop
