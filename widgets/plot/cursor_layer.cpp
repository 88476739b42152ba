#include "widgets/plot/cursor_layer.h"

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"

namespace balmer::widgets {

void CursorLayer::draw(QCPPainter& painter, const PlotAxes& axes) const {
    if (!pick_) return;
    const QRect& box = axes.box;
    const QPointF at(axes.x(pick_->at.x()), axes.y(pick_->at.y()));
    pick_->layer->drawPicked(painter, axes, *pick_);
    painter.setPen(QPen(theme().mutedText, 1, Qt::DotLine));
    painter.drawLine(QPointF(at.x(), box.top()), QPointF(at.x(), box.bottom()));
    painter.setPen(QPen(theme().plot, 1.5));
    painter.setBrush(pick_->colour);
    painter.drawEllipse(at, 4, 4);
    painter.setFont(tabularFont(smallFont(axes.font)));
    const QFontMetrics metrics = painter.fontMetrics();
    const QString text = metrics.elidedText(text_, Qt::ElideMiddle, box.width() - 2 * gridStep);
    const QRect label(box.left() + 4, box.bottom() - metrics.height() - 6,
                      metrics.horizontalAdvance(text) + 8, metrics.height() + 4);
    QColor veil = theme().plot;
    veil.setAlphaF(0.85F);
    painter.fillRect(label, veil);
    painter.setPen(theme().text);
    painter.drawText(label, Qt::AlignCenter, text);
}

} // namespace balmer::widgets
