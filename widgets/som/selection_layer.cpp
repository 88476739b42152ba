#include "widgets/som/selection_layer.h"

#include <algorithm>

#include <QPainter>

#include "widgets/common/theme.h"

namespace balmer::widgets {

void drawRing(QPainter& painter, const LatticeGeometry& g, int neuron, const QColor& colour) {
    const double width = std::clamp(g.cell * 0.12, 1.5, 3.0);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Qt::white, width + 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawPolygon(g.outline(g.centre(neuron), g.cell));
    painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawPolygon(g.outline(g.centre(neuron), g.cell));
}

void SelectionLayer::draw(QPainter& painter, const LatticeGeometry& g) const {
    const double radius = std::clamp(g.cell * 0.17, 1.5, 6.0);
    painter.setPen(QPen(Qt::white, 1));
    painter.setBrush(theme().selection);
    for (const int n : highlighted)
        if (g.shape().has(n)) painter.drawEllipse(g.centre(n), radius, radius);
    for (const int n : selected)
        drawRing(painter, g, n, theme().selection);
}

void SelectionLayer::reset() {
    selected.clear();
    highlighted.clear();
}

} // namespace balmer::widgets
