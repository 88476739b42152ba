// PlotLayer: one kind of thing that a plot shows – curves, the marks of lines, the cursor. A plot owns its
// layers (PlotView::addLayer) and draws them one over the other; it asks them what to fit the axes to, what
// to write into the legend, and what lies under the cursor. A new layer is a class of its own; no plot has to
// know it but the one that adds it. UI thread only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QString>

#include "widgets/common/layers.h"
#include "widgets/plot/plot_axes.h"

class QCPPainter;

namespace balmer::widgets {

class PlotLayer;

/// The part of the axes that data cover; empty in x or y where there are none.
struct PlotExtent {
    double left = std::numeric_limits<double>::infinity(), right = -left;
    double low = left, high = -left;

    bool hasX() const { return right > left; }
    bool hasY() const { return high >= low; }
    void include(const PlotExtent& other) {
        left = std::min(left, other.left);
        right = std::max(right, other.right);
        low = std::min(low, other.low);
        high = std::max(high, other.high);
    }
};

/// What lies under the cursor.
struct PlotPick {
    const PlotLayer* layer = nullptr;
    std::size_t item = 0; ///< the layer's own numbering
    QString id;
    QString text; ///< for the read-out
    QPointF at;   ///< in the axes' units
    QColor colour;
};

class PlotLayer {
  public:
    PlotLayer() = default;
    virtual ~PlotLayer() = default;
    PlotLayer(const PlotLayer&) = delete;
    PlotLayer& operator=(const PlotLayer&) = delete;

    /// A hidden layer is not asked for anything. The caller redraws.
    void setVisible(bool visible) { visible_ = visible; }
    bool visible() const { return visible_; }

    /// Antialiasing is on, pen, brush and font are the layer's to set; what it changes does not reach the
    /// next layer. Drawing is clipped to the inside of the axes.
    virtual void draw(QCPPainter& painter, const PlotAxes& axes) const = 0;

    virtual PlotExtent extent() const { return {}; }
    virtual std::vector<LegendEntry> legend() const { return {}; }
    /// How much of the layer lies in this part of the plot, in samples; the legend goes where there is least.
    virtual std::size_t samplesIn(const QRectF& area, const PlotAxes& axes) const;
    /// The thing nearest to this place, in the axes' units; absent where none is near.
    virtual std::optional<PlotPick> pick(QPointF at, const PlotAxes& axes) const;
    /// Makes the thing under the cursor stand out; drawn below the cursor.
    virtual void drawPicked(QCPPainter& painter, const PlotAxes& axes, const PlotPick& pick) const;

  private:
    bool visible_ = true;
};

} // namespace balmer::widgets
