// ErrorBandLayer: flux ± 1 σ of the current spectrum, at 25 %.
#pragma once

#include "widgets/plot/plot_layer.h"
#include "widgets/spectrum/shown_spectra.h"

namespace balmer::widgets {

class ErrorBandLayer : public PlotLayer {
  public:
    /// The spectra must outlive the layer.
    explicit ErrorBandLayer(const ShownSpectra& shown) : shown_(shown) {}
    void draw(QCPPainter& painter, const PlotAxes& axes) const override;

  private:
    const ShownSpectra& shown_;
};

} // namespace balmer::widgets
