// LatticeGeometry: where the neurons of a map and its colour scale lie in a widget or figure of a given size.
// A value; any thread.
#pragma once

#include <QFontMetricsF>
#include <QPointF>
#include <QPolygonF>
#include <QRectF>
#include <QSizeF>

#include "widgets/som/map_shape.h"

namespace balmer::widgets {

class LatticeGeometry {
  public:
    /// The lattice as large as fits beside its labels, which take their room from the metrics.
    LatticeGeometry(const MapShape& shape, QSizeF size, const QFontMetricsF& metrics);

    const MapShape& shape() const { return shape_; }
    QSizeF size; ///< of the widget or figure
    QRectF lattice;
    QRectF bar;      ///< the colour scale
    double cell = 1; ///< distance between neighbours in a row, in the painter's units

    /// The neuron must be one of the shape's.
    QPointF centre(int neuron) const;
    /// The cell about a centre, of this size.
    QPolygonF outline(QPointF middle, double size) const;
    /// -1 beside the lattice.
    int neuronAt(QPointF position) const;

  private:
    bool hexagonal() const { return shape_.lattice == Lattice::Hexagonal; }
    MapShape shape_;
    QPointF first_; // centre of neuron 0
};

} // namespace balmer::widgets
