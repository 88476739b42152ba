#include "widgets/spectrum/backdrop_layer.h"

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"
#include "widgets/spectrum/curve_painter.h"
#include "widgets/spectrum/shown_spectra.h"

namespace balmer::widgets {

void BackdropLayer::draw(QCPPainter& painter, const PlotAxes& axes) const {
    if (!spectrum_ || spectrum_->empty()) return;
    drawBand(painter, *spectrum_, axes, theme().model);
    drawCurve(painter, *spectrum_, axes, QPen(theme().model, 1.2));
}

PlotExtent BackdropLayer::extent() const {
    return spectrum_ ? extentOf(*spectrum_) : PlotExtent{};
}

std::vector<LegendEntry> BackdropLayer::legend() const {
    if (!spectrum_) return {};
    return {{spectrum_->shownName(), theme().model}};
}

} // namespace balmer::widgets
