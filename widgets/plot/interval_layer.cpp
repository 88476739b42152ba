#include "widgets/plot/interval_layer.h"

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"

namespace balmer::widgets {

std::pair<double, double> IntervalLayer::finish() {
    const auto [from, to] = interval_.value_or(std::pair(0.0, 0.0));
    interval_.reset();
    return {std::min(from, to), std::max(from, to)};
}

void IntervalLayer::draw(QCPPainter& painter, const PlotAxes& axes) const {
    if (!interval_) return;
    QColor fill = theme().selection;
    fill.setAlphaF(0.18F);
    painter.fillRect(QRectF(QPointF(axes.x(interval_->first), axes.box.top()),
                            QPointF(axes.x(interval_->second), axes.box.bottom()))
                         .normalized(),
                     fill);
}

} // namespace balmer::widgets
