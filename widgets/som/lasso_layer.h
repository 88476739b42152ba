// LassoLayer: the lasso, or rectangle, that a drag draws about neurons.
#pragma once

#include <QPolygonF>

#include "widgets/som/map_layer.h"

namespace balmer::widgets {

class LassoLayer : public MapLayer {
  public:
    void begin(QPointF at, bool rectangle);
    /// True where the hand has by now moved further than a click trembles: the lasso is drawn.
    bool extendTo(QPointF at);
    void cancel() { active_ = dragged_ = false; }
    bool active() const { return active_; }
    bool dragged() const { return dragged_; }
    bool surrounds(QPointF point) const;

    void draw(QPainter& painter, const LatticeGeometry& geometry) const override;

  private:
    QRectF box() const;
    bool active_ = false;
    bool dragged_ = false;
    bool rectangle_ = false;
    QPolygonF path_;
};

} // namespace balmer::widgets
