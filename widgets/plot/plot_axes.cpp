#include "widgets/plot/plot_axes.h"

#include "widgets/plot/custom_plot.h"

namespace balmer::widgets {

PlotAxes::PlotAxes(const QCustomPlot& plot, const QFont& plotFont, const QCPPainter* painter)
    : box(plot.axisRect()->rect()), font(plotFont) {
    const QCPRange across = plot.xAxis->range();
    const QCPRange up = plot.yAxis->range();
    xScale =
        (plot.xAxis->coordToPixel(across.upper) - plot.xAxis->coordToPixel(across.lower)) / across.size();
    xOffset = plot.xAxis->coordToPixel(across.lower) - xScale * across.lower;
    yScale = (plot.yAxis->coordToPixel(up.upper) - plot.yAxis->coordToPixel(up.lower)) / up.size();
    yOffset = plot.yAxis->coordToPixel(up.lower) - yScale * up.lower;
    lower = across.lower;
    upper = across.upper;
    if (painter == nullptr) return;
    vector = painter->modes().testFlag(QCPPainter::pmVectorized);
    column = vector
                 ? 0.25
                 : 1.0 / std::max(1.0, painter->device()->devicePixelRatioF() * painter->transform().m11());
}

} // namespace balmer::widgets
