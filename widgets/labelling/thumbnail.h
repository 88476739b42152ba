// A spectrum as small as a stamp. Free function; UI thread only.
#pragma once

#include <vector>

#include <QColor>
#include <QRectF>

class QPainter;

namespace balmer::widgets {

/// The curve fills the rectangle from its least to its greatest value; NaN leaves a gap. Fewer than two
/// values, or none that is finite: nothing.
void drawThumbnail(QPainter& painter, const QRectF& in, const std::vector<float>& flux, const QColor& colour);

} // namespace balmer::widgets
