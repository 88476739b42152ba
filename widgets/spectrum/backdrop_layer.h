// BackdropLayer: a mean with its spread (error = spread), violet, behind the spectra: the neighbours of a
// neuron, a prototype.
#pragma once

#include "widgets/plot/plot_layer.h"
#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::widgets {

class BackdropLayer : public PlotLayer {
  public:
    void setSpectrum(std::optional<PlottedSpectrum> spectrum) { spectrum_ = std::move(spectrum); }
    const std::optional<PlottedSpectrum>& spectrum() const { return spectrum_; }
    void draw(QCPPainter& painter, const PlotAxes& axes) const override;
    PlotExtent extent() const override;
    std::vector<LegendEntry> legend() const override;

  private:
    std::optional<PlottedSpectrum> spectrum_;
};

} // namespace balmer::widgets
