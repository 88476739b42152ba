#include "widgets/spectrum/error_band_layer.h"

#include "widgets/plot/custom_plot.h"
#include "widgets/spectrum/curve_painter.h"

namespace balmer::widgets {

void ErrorBandLayer::draw(QCPPainter& painter, const PlotAxes& axes) const {
    const std::optional<std::size_t> foremost = shown_.foremost();
    if (foremost && !shown_.spectra[*foremost].empty())
        drawBand(painter, shown_.spectra[*foremost], axes, shown_.colourOf(*foremost));
}

} // namespace balmer::widgets
