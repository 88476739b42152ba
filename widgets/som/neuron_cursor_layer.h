// NeuronCursorLayer: the neuron under the hand, the one that the keyboard walks from, and below the map what
// there is to say of it.
#pragma once

#include "widgets/som/map_layer.h"

namespace balmer::widgets {

class NeuronCursorLayer : public MapLayer {
  public:
    int current = -1;
    int hovered = -1;
    bool focused = false; ///< the map has the keyboard
    QString text;         ///< of the neuron that shown() names

    /// The one to speak of: under the hand, or else the current one.
    int shown() const { return hovered >= 0 ? hovered : current; }

    void draw(QPainter& painter, const LatticeGeometry& geometry) const override;
    void reset() override { current = hovered = -1; }
};

} // namespace balmer::widgets
