#include "widgets/som/lasso_layer.h"

#include <QPainter>

#include "widgets/common/theme.h"

namespace balmer::widgets {

namespace {
constexpr int dragThreshold = 5;
}

void LassoLayer::begin(QPointF at, bool rectangle) {
    active_ = true;
    dragged_ = false;
    rectangle_ = rectangle;
    path_ = QPolygonF({at});
}

bool LassoLayer::extendTo(QPointF at) {
    if ((at - path_.first()).manhattanLength() > dragThreshold) dragged_ = true;
    path_.append(at);
    return dragged_;
}

QRectF LassoLayer::box() const {
    return path_.isEmpty() ? QRectF() : QRectF(path_.first(), path_.last()).normalized();
}

bool LassoLayer::surrounds(QPointF point) const {
    return rectangle_ ? box().contains(point) : path_.containsPoint(point, Qt::OddEvenFill);
}

void LassoLayer::draw(QPainter& painter, const LatticeGeometry& /*geometry*/) const {
    if (!dragged_) return;
    QColor fill = theme().selection;
    fill.setAlphaF(0.15F);
    painter.setBrush(fill);
    painter.setPen(QPen(theme().selection, 1.2));
    if (rectangle_) {
        painter.drawRect(box());
    } else {
        painter.drawPolygon(path_);
    }
}

} // namespace balmer::widgets
