#include "app/desktop/map/map_layers.h"

#include <algorithm>
#include <cmath>

#include <QObject>

#include "app/bridge/display_text.h"

namespace balmer::desktop {

std::optional<widgets::NeuronValues> layerOf(const api::MapContent& map, const LayerChoice& choice) {
    widgets::NeuronValues layer;
    layer.logarithmic = choice.logarithmic && choice.kind != LayerKind::ComponentPlane;
    switch (choice.kind) {
    case LayerKind::UMatrix:
        layer.name = QObject::tr("U-matrix");
        layer.unit = QObject::tr("mean distance to the neighbours");
        layer.values.assign(map.uMatrix.begin(), map.uMatrix.end());
        break;
    case LayerKind::Hits:
        layer.name = QObject::tr("hits");
        layer.unit = QObject::tr("spectra");
        for (const auto& members : map.members)
            layer.values.push_back(double(members.size()));
        break;
    case LayerKind::ComponentPlane: {
        const auto& wavelengths = map.wavelengthAngstrom;
        if (wavelengths.empty()) return std::nullopt;
        const auto nearest =
            std::min_element(wavelengths.begin(), wavelengths.end(), [&](double a, double b) {
                return std::abs(a - choice.wavelengthAngstrom) < std::abs(b - choice.wavelengthAngstrom);
            });
        const auto column = std::size_t(nearest - wavelengths.begin());
        layer.name = QObject::tr("flux at %1 Å").arg(bridge::numberText(*nearest, 1));
        for (std::size_t n = 0; n < map.codebook.rows(); ++n)
            layer.values.push_back(double(map.codebook(n, column)));
        break;
    }
    }
    return layer;
}

} // namespace balmer::desktop
