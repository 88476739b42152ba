// MapLayer: one kind of thing that a map shows – the colours of its cells, pies, the selection. A map owns
// its layers (MapView::addLayer), draws them one over the other, and asks them what to write into the legend
// and what there is to say of a neuron. A new layer is a class of its own; no map has to know it but the one
// that adds it. UI thread only.
#pragma once

#include <vector>

#include <QString>

#include "widgets/common/layers.h"
#include "widgets/som/lattice_geometry.h"

class QPainter;

namespace balmer::widgets {

class MapLayer {
  public:
    MapLayer() = default;
    virtual ~MapLayer() = default;
    MapLayer(const MapLayer&) = delete;
    MapLayer& operator=(const MapLayer&) = delete;

    /// A hidden layer is not drawn and not in the legend. The caller redraws.
    void setVisible(bool visible) { visible_ = visible; }
    bool visible() const { return visible_; }

    /// The lattice has at least one neuron. Antialiasing is on, the font is small with tabular figures; what
    /// the layer changes does not reach the next.
    virtual void draw(QPainter& painter, const LatticeGeometry& geometry) const = 0;

    virtual std::vector<LegendEntry> legend() const { return {}; }
    /// What there is to say of a neuron, shown or not; lines of text, may be empty.
    virtual QString pick(int neuron) const;
    /// The map has another lattice: what belonged to the neurons of the old one is forgotten.
    virtual void reset() {}

  private:
    bool visible_ = true;
};

} // namespace balmer::widgets
