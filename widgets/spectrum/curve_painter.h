// How a spectrum becomes pixels: the curve with its gaps and masked parts, the band of its errors; thinned to
// what a pixel column can show. For the .cpp files of widgets/. UI thread only.
#pragma once

#include <QColor>
#include <QImage>
#include <QList>
#include <QPen>
#include <QPointF>
#include <QRectF>

#include "widgets/plot/plot_axes.h"
#include "widgets/spectrum/plotted_spectrum.h"

class QPainter;

namespace balmer::widgets {

/// An image of the plot's inside in which the columns of many curves are laid over each other, many times
/// faster than a painter's rectangles.
struct CurveRaster {
    QImage image;
    QPointF origin;
    double pixel = 1; // size of an image pixel, in the painter's units

    CurveRaster(const QRect& box, double pixelSize);
    void fill(const QList<QRectF>& columns, const QColor& colour);
};

/// flux ± error at 25 %, as pixel columns where samples are dense, otherwise one polygon for each stretch
/// without gaps.
void drawBand(QPainter& painter, const PlottedSpectrum& s, const PlotAxes& axes, QColor colour);

/// The curve: good stretches with the pen, masked ones grey, gaps where the flux is not a number. Dense
/// stretches go into the raster where there is one.
void drawCurve(QPainter& painter, const PlottedSpectrum& s, const PlotAxes& axes, const QPen& pen,
               CurveRaster* raster = nullptr);

} // namespace balmer::widgets
