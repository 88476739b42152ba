// LegendLayer: the names of what the plot's other layers draw, the uppermost first, at the right where fewest
// samples lie. The plot must outlive it.
#pragma once

#include "widgets/plot/plot_layer.h"

namespace balmer::widgets {

class PlotView;

class LegendLayer : public PlotLayer {
  public:
    explicit LegendLayer(const PlotView& plot) : plot_(plot) {}
    void draw(QCPPainter& painter, const PlotAxes& axes) const override;

  private:
    const PlotView& plot_;
};

} // namespace balmer::widgets
