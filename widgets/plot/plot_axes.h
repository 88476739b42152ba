// PlotAxes: from data to the painter's units and back, and what else a layer has to know of the place where
// it draws. A value, made for each drawing; UI thread only.
#pragma once

#include <algorithm>

#include <QFont>
#include <QRect>

class QCPPainter;
class QCustomPlot;

namespace balmer::widgets {

struct PlotAxes {
    double xScale = 1, xOffset = 0, yScale = 1, yOffset = 0;
    double lower = 0, upper = 1; ///< of the x axis in sight
    double column = 1;           ///< width of a pixel column
    QRect box;                   ///< the inside of the axes
    QFont font;                  ///< the plot's
    bool vector = false;         ///< the painter writes lines, not pixels

    PlotAxes() = default;
    /// Those of the plot's first axis rect. Without a painter (for a gesture): as on the screen.
    PlotAxes(const QCustomPlot& plot, const QFont& font, const QCPPainter* painter = nullptr);

    double x(double value) const { return xOffset + xScale * value; }
    /// Kept near the visible part: a rasteriser must not meet a cosmic ray's 10⁷ pixels.
    double y(double value) const {
        return std::clamp(yOffset + yScale * value, double(box.top()) - 4000, double(box.bottom()) + 4000);
    }
    double valueAtX(double x) const { return (x - xOffset) / xScale; }
    double valueAtY(double y) const { return (y - yOffset) / yScale; }
};

} // namespace balmer::widgets
