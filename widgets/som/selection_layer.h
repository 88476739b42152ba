// SelectionLayer: the selected neurons with an outline, and a dot in those that hold spectra of the shared
// selection.
#pragma once

#include <set>

#include "widgets/som/map_layer.h"

class QColor;

namespace balmer::widgets {

class SelectionLayer : public MapLayer {
  public:
    std::set<int> selected;
    std::vector<int> highlighted;

    void draw(QPainter& painter, const LatticeGeometry& geometry) const override;
    void reset() override;
};

/// The outline of a neuron's cell, white beneath so that it is seen on every colour of the map.
void drawRing(QPainter& painter, const LatticeGeometry& geometry, int neuron, const QColor& colour);

} // namespace balmer::widgets
