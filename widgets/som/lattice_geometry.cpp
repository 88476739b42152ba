#include "widgets/som/lattice_geometry.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/common/theme.h"

namespace balmer::widgets {

namespace {
constexpr double rowStep = 0.86602540378443864676; // √3/2: rows of a hexagonal lattice, in cells
}

LatticeGeometry::LatticeGeometry(const MapShape& shape, QSizeF whole, const QFontMetricsF& metrics)
    : size(whole), shape_(shape) {
    const double text = metrics.height();
    const double right = 2 * gridStep + 14 + metrics.horizontalAdvance(QStringLiteral("0.0000")) + gridStep;
    const double left = gridStep + text + 5 + metrics.horizontalAdvance(QStringLiteral("000"));
    const QRectF space(left, text + gridStep + 2, size.width() - right - left,
                       size.height() - 3 * text - 2 * gridStep - 4);
    const double across = shape.columns + (hexagonal() && shape.rows > 1 ? 0.5 : 0.0);
    const double down = hexagonal() ? (shape.rows - 1) * rowStep + 2 / std::sqrt(3.0) : shape.rows;
    if (across <= 0 || down <= 0 || space.width() <= 0 || space.height() <= 0) return;
    cell = std::min(space.width() / across, space.height() / down);
    const QSizeF extent(cell * across, cell * down);
    lattice = QRectF(space.left() + (space.width() - extent.width()) / 2,
                     space.top() + (space.height() - extent.height()) / 2, extent.width(), extent.height());
    first_ = lattice.topLeft() + QPointF(cell / 2, hexagonal() ? cell / std::sqrt(3.0) : cell / 2);
    bar = QRectF(size.width() - right + gridStep, lattice.top(), 14, lattice.height());
}

QPointF LatticeGeometry::centre(int neuron) const {
    const int row = neuron / shape_.columns, column = neuron % shape_.columns;
    if (!hexagonal()) return first_ + cell * QPointF(column, row);
    return first_ + cell * QPointF(column + (row % 2 == 1 ? 0.5 : 0.0), row * rowStep);
}

QPolygonF LatticeGeometry::outline(QPointF middle, double cellSize) const {
    QPolygonF polygon;
    if (hexagonal()) {
        for (int i = 0; i < 6; ++i) {
            const double angle = M_PI / 3 * i;
            polygon << middle + cellSize / std::sqrt(3.0) * QPointF(std::sin(angle), -std::cos(angle));
        }
    } else {
        const double h = cellSize / 2;
        polygon << middle + QPointF(-h, -h) << middle + QPointF(h, -h) << middle + QPointF(h, h)
                << middle + QPointF(-h, h);
    }
    return polygon;
}

int LatticeGeometry::neuronAt(QPointF position) const {
    if (shape_.neurons() <= 0) return -1;
    int best = -1;
    double least = std::numeric_limits<double>::infinity();
    const double rowHeight = cell * (hexagonal() ? rowStep : 1.0);
    const int nearRow = int(std::lround((position.y() - first_.y()) / rowHeight));
    for (int row = std::max(0, nearRow - 1); row <= std::min(shape_.rows - 1, nearRow + 1); ++row) {
        const double shift = hexagonal() && row % 2 == 1 ? 0.5 : 0.0;
        const int column =
            std::clamp(int(std::lround((position.x() - first_.x()) / cell - shift)), 0, shape_.columns - 1);
        const int neuron = row * shape_.columns + column;
        const QPointF d = centre(neuron) - position;
        const double distance = d.x() * d.x() + d.y() * d.y();
        if (distance < least) {
            least = distance;
            best = neuron;
        }
    }
    return best >= 0 && outline(centre(best), cell).containsPoint(position, Qt::OddEvenFill) ? best : -1;
}

} // namespace balmer::widgets
