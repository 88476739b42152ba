#include "widgets/som/numbers_layer.h"

#include <algorithm>

#include <QCoreApplication>
#include <QPainter>

#include "widgets/common/theme.h"

namespace balmer::widgets {

void NumbersLayer::draw(QPainter& painter, const LatticeGeometry& g) const {
    const MapShape& shape = g.shape();
    const QFontMetricsF metrics(painter.font());
    painter.setPen(theme().mutedText);
    const int most = std::max(shape.rows, shape.columns);
    const int every = most > 50 ? 10 : most > 12 ? 5 : 2;
    for (int column = 0; column < shape.columns; column += every)
        painter.drawText(QRectF(g.centre(column).x() - 20, g.lattice.bottom() + 3, 40, metrics.height()),
                         Qt::AlignCenter, QString::number(column));
    for (int row = 0; row < shape.rows; row += every)
        painter.drawText(QRectF(0, g.centre(row * shape.columns).y() - metrics.height() / 2,
                                g.lattice.left() - 5, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, QString::number(row));
    painter.drawText(QRectF(g.lattice.left(), g.lattice.bottom() + 3 + metrics.height(), g.lattice.width(),
                            metrics.height()),
                     Qt::AlignCenter, QCoreApplication::translate("NumbersLayer", "column"));
    painter.translate(g.lattice.left() - 6 - metrics.horizontalAdvance(QStringLiteral("000")) -
                          metrics.height(),
                      g.lattice.center().y());
    painter.rotate(-90);
    painter.drawText(QRectF(-100, 0, 200, metrics.height()), Qt::AlignCenter,
                     QCoreApplication::translate("NumbersLayer", "row"));
}

} // namespace balmer::widgets
