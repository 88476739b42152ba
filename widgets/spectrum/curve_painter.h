// How a spectrum becomes pixels: the curve with its gaps and masked parts, the band of its errors; thinned to
// what a pixel column can show. For the .cpp files of widgets/. UI thread only.
#pragma once

#include <algorithm>

#include <QColor>
#include <QImage>
#include <QList>
#include <QPen>
#include <QPointF>
#include <QRectF>

#include "widgets/spectrum/plotted_spectrum.h"

class QPainter;

namespace balmer::widgets {

/// From data to pixels, and the part of an axis in sight.
struct CurveMapping {
    double xScale = 1, xOffset = 0, yScale = 1, yOffset = 0;
    double lower = 0, upper = 1; // wavelengths in sight
    double column = 1;           // width of a pixel column
    double yTop = 0, yBottom = 0;
    bool vector = false; // the painter writes lines, not pixels

    double x(double wavelength) const { return xOffset + xScale * wavelength; }
    /// Kept near the visible part: a rasteriser must not meet a cosmic ray's 10⁷ pixels.
    double y(double flux) const { return std::clamp(yOffset + yScale * flux, yTop - 4000, yBottom + 4000); }
};

/// An image of the plot's inside in which the columns of many curves are laid over each other, many times
/// faster than a painter's rectangles.
struct CurveCrowd {
    QImage image;
    QPointF origin;
    double pixel = 1; // size of an image pixel, in the painter's units

    CurveCrowd(const QRect& box, double pixelSize);
    void fill(const QList<QRectF>& columns, const QColor& colour);
};

/// flux ± error at 25 %, as pixel columns where samples are dense, otherwise one polygon for each stretch
/// without gaps.
void drawBand(QPainter& painter, const PlottedSpectrum& s, const CurveMapping& m, QColor colour);

/// The curve: good stretches with the pen, masked ones grey, gaps where the flux is no number. Dense
/// stretches go into the crowd where there is one.
void drawCurve(QPainter& painter, const PlottedSpectrum& s, const CurveMapping& m, const QPen& pen,
               CurveCrowd* crowd = nullptr);

} // namespace balmer::widgets
