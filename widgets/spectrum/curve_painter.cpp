#include "widgets/spectrum/curve_painter.h"

#include <algorithm>
#include <cmath>

#include <QPainter>

#include "widgets/common/theme.h"

namespace balmer::widgets {

namespace {

/// The samples in sight, and one more on either side: [first, last).
std::pair<std::size_t, std::size_t> inSight(const PlottedSpectrum& s, const PlotAxes& axes) {
    const auto begin = s.wavelength.begin();
    auto first = std::lower_bound(begin, s.wavelength.end(), axes.lower);
    auto last = std::upper_bound(first, s.wavelength.end(), axes.upper);
    if (first != begin) --first;
    if (last != s.wavelength.end()) ++last;
    return {std::size_t(first - begin), std::size_t(last - begin)};
}

/// More than three samples a pixel column: the curve is then what its columns cover.
bool dense(const PlottedSpectrum& s, std::size_t first, std::size_t last, const PlotAxes& axes) {
    return double(last - first) >
           3 * (s.wavelength[last - 1] - s.wavelength[first]) * axes.xScale / axes.column + 3;
}

/// One rectangle a pixel column, from the least to the greatest flux there, joined to the column before and
/// as thick as the pen where the curve is flat.
void columnsOf(const PlottedSpectrum& s, std::size_t first, std::size_t last, const PlotAxes& axes,
               double thickness, QList<QRectF>& columns) {
    columns.clear();
    float before = s.flux[first];
    std::size_t i = first;
    while (i < last) {
        const double left = std::floor(axes.x(s.wavelength[i]) / axes.column) * axes.column;
        const double endWavelength = (left + axes.column - axes.xOffset) / axes.xScale;
        float least = std::min(before, s.flux[i]), greatest = std::max(before, s.flux[i]);
        for (++i; i < last && s.wavelength[i] < endWavelength; ++i) {
            least = std::min(least, s.flux[i]);
            greatest = std::max(greatest, s.flux[i]);
        }
        before = s.flux[i - 1];
        const double top = axes.y(double(greatest)) - thickness / 2,
                     bottom = axes.y(double(least)) + thickness / 2;
        columns.append(QRectF(left, top, axes.column, bottom - top));
    }
}

/// Fills whole pixel columns in the brush's colour. QCPPainter shifts by half a pixel while it antialiases;
/// columns must lie on the pixels themselves, or each would be two pale ones.
void fillColumns(QPainter& painter, const QList<QRectF>& columns, const QColor& colour,
                 CurveRaster* raster = nullptr) {
    if (raster != nullptr) {
        raster->fill(columns, colour);
        return;
    }
    const double shift = painter.testRenderHint(QPainter::Antialiasing) ? 0.5 : 0.0;
    painter.translate(-shift, -shift);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawRects(columns);
    painter.setBrush(Qt::NoBrush);
    painter.translate(shift, shift);
}

} // namespace

CurveRaster::CurveRaster(const QRect& box, double pixelSize)
    : image(int(std::ceil(box.width() / pixelSize)), int(std::ceil(box.height() / pixelSize)),
            QImage::Format_ARGB32_Premultiplied),
      origin(box.topLeft()), pixel(pixelSize) {
    image.fill(0);
}

void CurveRaster::fill(const QList<QRectF>& columns, const QColor& colour) {
    const QRgb source = qPremultiply(colour.rgba());
    const unsigned keep = 255U - unsigned(qAlpha(source));
    const auto stride = image.bytesPerLine() / qsizetype(sizeof(QRgb));
    auto* bits = reinterpret_cast<QRgb*>(image.bits());
    for (const QRectF& column : columns) {
        const auto x = int(std::lround((column.left() - origin.x()) / pixel));
        const int top = std::clamp(int(std::lround((column.top() - origin.y()) / pixel)), 0, image.height());
        const int bottom = std::min(
            image.height(), std::max(top + 1, int(std::lround((column.bottom() - origin.y()) / pixel))));
        if (x < 0 || x >= image.width()) continue;
        QRgb* at = bits + top * stride + x;
        for (int y = top; y < bottom; ++y, at += stride) {
            // Two channels at a time: c + d (255 − a) / 255, rounded as (v + 128 + (v + 128 >> 8)) >> 8.
            unsigned low = (*at & 0x00FF00FFU) * keep + 0x00800080U;
            unsigned high = ((*at >> 8) & 0x00FF00FFU) * keep + 0x00800080U;
            low = ((low + ((low >> 8) & 0x00FF00FFU)) >> 8) & 0x00FF00FFU;
            high = (high + ((high >> 8) & 0x00FF00FFU)) & 0xFF00FF00U;
            *at = source + (low | high);
        }
    }
}

void drawBand(QPainter& painter, const PlottedSpectrum& s, const PlotAxes& axes, QColor colour) {
    if (s.error.size() != s.flux.size()) return;
    colour.setAlphaF(0.25F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    const auto [first, last] = inSight(s, axes);
    if (first == last) return;
    const bool byColumns = !axes.vector && dense(s, first, last, axes);
    QList<QPointF> above, below;
    QList<QRectF> columns;
    const auto flush = [&] {
        if (!byColumns && above.size() > 1) {
            QPolygonF polygon(above);
            for (auto it = below.crbegin(); it != below.crend(); ++it)
                polygon.append(*it);
            painter.drawPolygon(polygon);
        }
        above.clear();
        below.clear();
    };
    std::size_t i = first;
    while (i < last) {
        if (!std::isfinite(s.flux[i]) || !std::isfinite(s.error[i]) || s.masked(i)) {
            flush();
            ++i;
            continue;
        }
        const double at = axes.x(s.wavelength[i]);
        const double x = byColumns ? std::floor(at / axes.column) * axes.column : at;
        double high = double(s.flux[i]) + double(s.error[i]), low = double(s.flux[i]) - double(s.error[i]);
        for (++i; i < last && axes.x(s.wavelength[i]) < x + axes.column; ++i) {
            if (!std::isfinite(s.flux[i]) || !std::isfinite(s.error[i]) || s.masked(i)) break;
            high = std::max(high, double(s.flux[i]) + double(s.error[i]));
            low = std::min(low, double(s.flux[i]) - double(s.error[i]));
        }
        if (byColumns) {
            columns.append(QRectF(QPointF(x, axes.y(high)), QPointF(x + axes.column, axes.y(low))));
        } else {
            above.append(QPointF(x, axes.y(high)));
            below.append(QPointF(x, axes.y(low)));
        }
    }
    flush();
    if (byColumns) fillColumns(painter, columns, colour);
    painter.setBrush(Qt::NoBrush);
}

void drawCurve(QPainter& painter, const PlottedSpectrum& s, const PlotAxes& axes, const QPen& pen,
               CurveRaster* raster) {
    const QPen grey(theme().masked, pen.widthF(), Qt::SolidLine);
    const auto [first, last] = inSight(s, axes);
    QList<QPointF> points;
    QList<QLineF> segments;
    QList<QRectF> columns;
    std::size_t i = first;
    while (i < last) {
        if (!std::isfinite(s.flux[i])) {
            ++i;
            continue;
        }
        const bool bad = s.masked(i);
        const std::size_t start = i;
        while (i < last && std::isfinite(s.flux[i]) && s.masked(i) == bad)
            ++i;
        // A masked stretch reaches to the good samples beside it, so that the line does not break.
        const std::size_t from = bad && start > first && std::isfinite(s.flux[start - 1]) ? start - 1 : start;
        const std::size_t to = bad && i < last && std::isfinite(s.flux[i]) ? i + 1 : i;
        const QPen& ink = bad ? grey : pen;
        if (!axes.vector && dense(s, from, to, axes)) {
            columnsOf(s, from, to, axes, pen.widthF(), columns);
            fillColumns(painter, columns, ink.color(), raster);
            continue;
        }
        points.clear();
        for (std::size_t k = from; k < to; ++k)
            points.append(QPointF(axes.x(s.wavelength[k]), axes.y(double(s.flux[k]))));
        painter.setPen(ink);
        if (points.size() == 1) {
            painter.drawPoint(points.front());
        } else if (axes.vector) {
            painter.drawPolyline(points);
        } else {
            // Line by line is many times faster than a stroked polyline, and looks the same at these widths.
            segments.clear();
            for (qsizetype k = 1; k < points.size(); ++k)
                segments.append(QLineF(points[k - 1], points[k]));
            painter.drawLines(segments);
        }
    }
}

} // namespace balmer::widgets
