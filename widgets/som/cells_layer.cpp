#include "widgets/som/cells_layer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QCoreApplication>
#include <QPainter>

#include "widgets/common/theme.h"

namespace balmer::widgets {

void CellsLayer::draw(QPainter& painter, const LatticeGeometry& g) const {
    const ThemeColours& c = theme();
    const ValueScale scale(values_);
    const auto& colours = colourTable(mapInUse());
    // Cells of a small map stand a little apart; those of a large one touch, where edges would be all one
    // sees.
    const bool apart = g.cell >= 9;
    painter.setRenderHint(QPainter::Antialiasing, apart);
    painter.setPen(Qt::NoPen);
    for (int n = 0; n < g.shape().neurons(); ++n) {
        const double value =
            std::size_t(n) < values_.values.size() ? values_.values[std::size_t(n)] : std::nan("");
        const double t = scale.fraction(value);
        painter.setBrush(std::isnan(t)
                             ? c.raised
                             : QColor(colours[std::size_t(std::lround(std::clamp(t, 0.0, 1.0) * 255))]));
        painter.drawPolygon(
            g.outline(g.centre(n), apart ? g.cell - std::min(1.5, g.cell * 0.06) : g.cell + 0.3));
    }
    painter.setRenderHint(QPainter::Antialiasing, true);

    const QFontMetricsF metrics(painter.font());
    painter.setPen(c.text);
    const QString title =
        values_.unit.isEmpty() ? values_.name : QStringLiteral("%1 [%2]").arg(values_.name, values_.unit);
    painter.drawText(
        QRectF(g.lattice.left(), g.lattice.top() - metrics.height() - 4,
               g.size.width() - g.lattice.left() - gridStep, metrics.height()),
        Qt::AlignLeft | Qt::AlignVCenter,
        scale.logarithmic() ? QCoreApplication::translate("CellsLayer", "%1, log scale").arg(title) : title);
    if (!scale.empty()) drawScale(painter, g, scale);
}

void CellsLayer::drawScale(QPainter& painter, const LatticeGeometry& g, const ValueScale& scale) const {
    const QFontMetricsF metrics(painter.font());
    const auto& colours = colourTable(mapInUse());
    painter.setRenderHint(QPainter::Antialiasing, false);
    const int steps = std::max(1, int(g.bar.height()));
    for (int i = 0; i < steps; ++i) {
        const double t = 1.0 - (i + 0.5) / steps;
        painter.fillRect(QRectF(g.bar.left(), g.bar.top() + i * g.bar.height() / steps, g.bar.width(),
                                g.bar.height() / steps + 0.5),
                         QColor(colours[std::size_t(std::lround(t * 255))]));
    }
    painter.setRenderHint(QPainter::Antialiasing, true);
    painter.setPen(theme().mutedText);
    const int room = std::max(2, int(g.bar.height() / (3 * metrics.height())));
    double lastY = std::numeric_limits<double>::infinity();
    for (const double v : scale.ticks(room)) {
        const double y = g.bar.bottom() - std::clamp(scale.fraction(v), 0.0, 1.0) * g.bar.height();
        if (lastY - y < metrics.height()) continue;
        lastY = y;
        painter.drawLine(QPointF(g.bar.right(), y), QPointF(g.bar.right() + 4, y));
        painter.drawText(QRectF(g.bar.right() + 6, y - metrics.height() / 2, 80, metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, QString::number(v, 'g', 4));
    }
}

QString CellsLayer::pick(int neuron) const {
    const auto i = std::size_t(neuron);
    if (i >= values_.values.size() || !std::isfinite(values_.values[i])) return {};
    return QStringLiteral("%1: %2 %3")
        .arg(values_.name, QString::number(values_.values[i], 'g', 4), values_.unit);
}

} // namespace balmer::widgets
