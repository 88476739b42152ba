// CurvesLayer: the spectra of a plot as curves, masked parts grey, gaps where the flux is missing; the
// current one on top. Thinned to the least and greatest value a pixel column, many as one half-transparent
// crowd.
#pragma once

#include "widgets/plot/plot_layer.h"
#include "widgets/spectrum/shown_spectra.h"

namespace balmer::widgets {

class CurvesLayer : public PlotLayer {
  public:
    /// The spectra must outlive the layer.
    explicit CurvesLayer(const ShownSpectra& shown) : shown_(shown) {}
    void draw(QCPPainter& painter, const PlotAxes& axes) const override;
    PlotExtent extent() const override;
    std::vector<LegendEntry> legend() const override;
    std::size_t samplesIn(const QRectF& area, const PlotAxes& axes) const override;
    std::optional<PlotPick> pick(QPointF at, const PlotAxes& axes) const override;
    void drawPicked(QCPPainter& painter, const PlotAxes& axes, const PlotPick& pick) const override;

  private:
    const ShownSpectra& shown_;
};

} // namespace balmer::widgets
