// FlashLayer: a thin band of a colour at the plot's edge, with a text, that fades in 0.4 s.
#pragma once

#include <functional>

#include <QVariantAnimation>

#include "widgets/plot/plot_layer.h"

namespace balmer::widgets {

class FlashLayer : public PlotLayer {
  public:
    /// redraw is called for each step of the fading.
    explicit FlashLayer(std::function<void()> redraw);
    void flash(const QColor& colour, const QString& text);
    void draw(QCPPainter& painter, const PlotAxes& axes) const override;

  private:
    QVariantAnimation fading_;
    QColor colour_;
    QString text_;
    double strength_ = 0; ///< 1 … 0
};

} // namespace balmer::widgets
