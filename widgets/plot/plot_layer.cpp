#include "widgets/plot/plot_layer.h"

namespace balmer::widgets {

std::size_t PlotLayer::samplesIn(const QRectF& /*area*/, const PlotAxes& /*axes*/) const {
    return 0;
}

std::optional<PlotPick> PlotLayer::pick(QPointF /*at*/, const PlotAxes& /*axes*/) const {
    return std::nullopt;
}

void PlotLayer::drawPicked(QCPPainter& /*painter*/, const PlotAxes& /*axes*/,
                           const PlotPick& /*pick*/) const {}

} // namespace balmer::widgets
