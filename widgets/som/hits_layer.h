// HitsLayer: how many spectra each neuron holds, as bubbles.
#pragma once

#include "widgets/som/map_layer.h"

namespace balmer::widgets {

class HitsLayer : public MapLayer {
  public:
    void setHits(std::vector<int> hits) { hits_ = std::move(hits); }
    const std::vector<int>& hits() const { return hits_; }
    /// -1 without hits.
    int densestNeuron() const;
    /// Of a bubble, or pie, for so many spectra in a cell of this size.
    double radius(int spectra, double cell) const;

    void draw(QPainter& painter, const LatticeGeometry& geometry) const override;
    void reset() override { hits_.clear(); }

  private:
    std::vector<int> hits_;
};

} // namespace balmer::widgets
