#include "widgets/spectrum/line_marks_layer.h"

#include <algorithm>

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"

namespace balmer::widgets {

void LineMarksLayer::setLines(std::vector<MarkedLine> lines) {
    lines_ = std::move(lines);
    std::sort(lines_.begin(), lines_.end(),
              [](const auto& a, const auto& b) { return a.wavelength < b.wavelength; });
}

void LineMarksLayer::draw(QCPPainter& painter, const PlotAxes& axes) const {
    const QRect& box = axes.box;
    painter.setFont(smallFont(axes.font));
    const QFontMetrics metrics = painter.fontMetrics();
    // Where names would overlap, the prominent lines have the right of way.
    std::vector<QRectF> taken;
    for (const bool prominent : {true, false}) {
        for (const MarkedLine& line : lines_) {
            if (line.prominent != prominent || line.wavelength <= axes.lower || line.wavelength >= axes.upper)
                continue;
            const double x = axes.x(line.wavelength);
            painter.setPen(QPen(theme().border, 1, Qt::DashLine));
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()));
            const QRectF name(x + 3, box.top() + 1, metrics.horizontalAdvance(line.name) + 4,
                              metrics.height());
            const bool free =
                std::none_of(taken.begin(), taken.end(), [&](const QRectF& r) { return r.intersects(name); });
            if (!free || name.right() > box.right()) continue;
            painter.setPen(theme().mutedText);
            painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter, line.name);
            taken.push_back(name);
        }
    }
}

} // namespace balmer::widgets
