#include "widgets/som/neuron_cursor_layer.h"

#include <QPainter>

#include "widgets/common/theme.h"
#include "widgets/som/selection_layer.h"

namespace balmer::widgets {

void NeuronCursorLayer::draw(QPainter& painter, const LatticeGeometry& g) const {
    const ThemeColours& c = theme();
    if (g.shape().has(hovered)) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(c.text, 1));
        painter.drawPolygon(g.outline(g.centre(hovered), g.cell));
    }
    if (g.shape().has(current)) drawRing(painter, g, current, focused ? c.accent : c.selection);
    if (shown() < 0) return;
    painter.setPen(c.text);
    const double height = painter.fontMetrics().height();
    painter.drawText(QRectF(gridStep, g.size.height() - height - 2, g.size.width() - 2 * gridStep, height),
                     Qt::AlignLeft | Qt::AlignVCenter, text);
}

} // namespace balmer::widgets
