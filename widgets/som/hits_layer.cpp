#include "widgets/som/hits_layer.h"

#include <algorithm>
#include <cmath>

#include <QPainter>

namespace balmer::widgets {

int HitsLayer::densestNeuron() const {
    const auto most = std::max_element(hits_.begin(), hits_.end());
    return most == hits_.end() ? -1 : int(most - hits_.begin());
}

double HitsLayer::radius(int spectra, double cell) const {
    const int most = hits_.empty() ? 0 : *std::max_element(hits_.begin(), hits_.end());
    const double share = most > 0 ? std::sqrt(double(spectra) / most) : 1.0;
    return std::max(1.0, 0.42 * cell * share);
}

void HitsLayer::draw(QPainter& painter, const LatticeGeometry& g) const {
    // On every colour of the map: white, with an edge.
    QColor fill = QColor(Qt::white);
    fill.setAlphaF(0.85F);
    painter.setPen(QPen(QColor(0x24292E), 0.7));
    painter.setBrush(fill);
    const auto neurons = std::min(std::size_t(g.shape().neurons()), hits_.size());
    for (std::size_t i = 0; i < neurons; ++i) {
        if (hits_[i] <= 0) continue;
        const double r = radius(hits_[i], g.cell);
        painter.drawEllipse(g.centre(int(i)), r, r);
    }
}

} // namespace balmer::widgets
