#include "widgets/labelling/thumbnail.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QPainter>

namespace balmer::widgets {

void drawThumbnail(QPainter& painter, const QRectF& in, const std::vector<float>& flux,
                   const QColor& colour) {
    float low = std::numeric_limits<float>::infinity(), high = -low;
    for (const float v : flux) {
        if (!std::isfinite(v)) continue;
        low = std::min(low, v);
        high = std::max(high, v);
    }
    if (!(high >= low) || flux.size() < 2) return;
    const double span = high > low ? double(high - low) : 1.0;
    painter.setPen(QPen(colour, 1));
    QPointF previous;
    bool connected = false;
    for (std::size_t k = 0; k < flux.size(); ++k) {
        if (!std::isfinite(flux[k])) {
            connected = false;
            continue;
        }
        const QPointF at(in.left() + in.width() * double(k) / double(flux.size() - 1),
                         in.bottom() - in.height() * double(flux[k] - low) / span);
        if (connected) painter.drawLine(previous, at);
        previous = at;
        connected = true;
    }
}

} // namespace balmer::widgets
