#include "widgets/som/pies_layer.h"

#include <cmath>

#include <QPainter>

#include "widgets/common/theme.h"

namespace balmer::widgets {

void PiesLayer::setCounts(std::vector<std::vector<int>> counts, QStringList classNames) {
    counts_ = std::move(counts);
    classNames_ = std::move(classNames);
}

int PiesLayer::countOf(std::size_t classIndex, int neuron) const {
    const auto i = std::size_t(neuron);
    return i < counts_[classIndex].size() ? std::max(0, counts_[classIndex][i]) : 0;
}

void PiesLayer::draw(QPainter& painter, const LatticeGeometry& g) const {
    for (int n = 0; n < g.shape().neurons(); ++n) {
        int total = 0;
        for (std::size_t k = 0; k < counts_.size(); ++k)
            total += countOf(k, n);
        const auto i = std::size_t(n);
        const int spectra = i < hits_.hits().size() ? hits_.hits()[i] : total;
        if (total <= 0 || spectra <= 0) continue;
        const QPointF middle = g.centre(n);
        const double radius = hits_.radius(spectra, g.cell);
        const QRectF box(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius);
        painter.setPen(Qt::NoPen);
        double start = 90;
        for (std::size_t k = 0; k < counts_.size(); ++k) {
            if (countOf(k, n) == 0) continue;
            const double sweep = -360.0 * countOf(k, n) / total;
            painter.setBrush(classColour(int(k)));
            painter.drawPie(box, int(std::lround(start * 16)), int(std::lround(sweep * 16)));
            start += sweep;
        }
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().plot, 1));
        painter.drawEllipse(middle, radius, radius);
    }
}

std::vector<LegendEntry> PiesLayer::legend() const {
    std::vector<LegendEntry> rows;
    for (int k = 0; k < int(counts_.size()); ++k)
        rows.push_back({classNames_.value(k), classColour(k)});
    return rows;
}

QString PiesLayer::pick(int neuron) const {
    QStringList lines;
    for (std::size_t k = 0; k < counts_.size(); ++k)
        if (const int count = countOf(k, neuron); count > 0)
            lines << QStringLiteral("%1: %2").arg(classNames_.value(int(k))).arg(count);
    return lines.join(QLatin1Char('\n'));
}

} // namespace balmer::widgets
