// NumbersLayer: the numbers of the lattice's columns and rows, below and at the left.
#pragma once

#include "widgets/som/map_layer.h"

namespace balmer::widgets {

class NumbersLayer : public MapLayer {
  public:
    void draw(QPainter& painter, const LatticeGeometry& geometry) const override;
};

} // namespace balmer::widgets
