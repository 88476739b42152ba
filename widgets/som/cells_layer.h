// CellsLayer: the cells of the lattice in the colours of one value a neuron – U-matrix, hits, the flux at a
// wavelength – with its name above and the colour scale beside.
#pragma once

#include "widgets/common/colour_map.h"
#include "widgets/som/map_layer.h"
#include "widgets/som/value_scale.h"

namespace balmer::widgets {

class CellsLayer : public MapLayer {
  public:
    void setValues(NeuronValues values) { values_ = std::move(values); }
    void setLogarithmic(bool logarithmic) { values_.logarithmic = logarithmic; }
    void setColourMap(ColourMap map) { colourMap_ = map; }

    void draw(QPainter& painter, const LatticeGeometry& geometry) const override;
    QString pick(int neuron) const override;
    void reset() override { values_ = {}; }

  private:
    ColourMap mapInUse() const { return values_.diverging ? ColourMap::Diverging : colourMap_; }
    void drawScale(QPainter& painter, const LatticeGeometry& geometry, const ValueScale& scale) const;
    NeuronValues values_;
    ColourMap colourMap_ = ColourMap::Viridis;
};

} // namespace balmer::widgets
