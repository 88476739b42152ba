// MessageLayer: a sentence in the middle of a plot that has nothing to show.
#pragma once

#include "widgets/plot/plot_layer.h"

namespace balmer::widgets {

class MessageLayer : public PlotLayer {
  public:
    void setText(const QString& text) { text_ = text; }
    void draw(QCPPainter& painter, const PlotAxes& axes) const override;

  private:
    QString text_;
};

} // namespace balmer::widgets
