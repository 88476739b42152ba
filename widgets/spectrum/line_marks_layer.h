// LineMarksLayer: dashed lines at the wavelengths of spectral lines, with their names where there is room.
#pragma once

#include "widgets/plot/plot_layer.h"
#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::widgets {

class LineMarksLayer : public PlotLayer {
  public:
    void setLines(std::vector<MarkedLine> lines);
    void draw(QCPPainter& painter, const PlotAxes& axes) const override;

  private:
    std::vector<MarkedLine> lines_; ///< ascending
};

} // namespace balmer::widgets
