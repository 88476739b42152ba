#include "widgets/plot/legend_layer.h"

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"
#include "widgets/plot/plot_view.h"

namespace balmer::widgets {

void LegendLayer::draw(QCPPainter& painter, const PlotAxes& axes) const {
    const std::vector<PlotLayer*> layers = plot_.visibleLayers();
    std::vector<LegendEntry> rows;
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
        for (LegendEntry& row : (*layer)->legend())
            if (!row.name.isEmpty()) rows.push_back(std::move(row));
    if (rows.empty()) return;
    const auto samplesIn = [&](const QRectF& area) {
        std::size_t count = 0;
        for (const PlotLayer* layer : layers)
            count += layer->samplesIn(area, axes);
        return count;
    };

    const QRect& box = axes.box;
    painter.setFont(smallFont(axes.font));
    const QFontMetrics metrics = painter.fontMetrics();
    const int row = metrics.height() + 2;
    const int longest = std::max(60, box.width() / 3);
    int widest = 0;
    for (const LegendEntry& entry : rows)
        widest = std::max(widest, std::min(longest, metrics.horizontalAdvance(entry.name)));
    // Below the names of the lines, or at the bottom where the curves leave more room.
    const double height = double(rows.size()) * row;
    const QRectF top(box.right() - widest - 4 * gridStep, box.top() + row + 4, widest + 4 * gridStep, height);
    const QRectF bottom = top.translated(0, box.bottom() - gridStep - top.bottom());
    const bool below = bottom.top() > top.bottom() && samplesIn(bottom) < samplesIn(top);
    double y = (below ? bottom : top).top() + metrics.ascent();
    for (const LegendEntry& entry : rows) {
        if (y > box.bottom()) break;
        const QString text = metrics.elidedText(entry.name, Qt::ElideMiddle, longest);
        const double left = box.right() - gridStep - metrics.horizontalAdvance(text);
        QColor veil = theme().plot;
        veil.setAlphaF(0.75F);
        painter.fillRect(QRectF(left - 24, y - metrics.ascent(), box.right() - left + 24, row), veil);
        painter.setPen(QPen(entry.colour, 2));
        painter.drawLine(QPointF(left - 20, y - metrics.ascent() * 0.4),
                         QPointF(left - 6, y - metrics.ascent() * 0.4));
        painter.setPen(theme().text);
        painter.drawText(QPointF(left, y), text);
        y += row;
    }
}

} // namespace balmer::widgets
