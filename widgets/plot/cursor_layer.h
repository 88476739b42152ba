// CursorLayer: what the hand points at – a line across the plot, a dot on the sample, the read-out below. The
// thing itself is made to stand out by the layer that it belongs to.
#pragma once

#include "widgets/plot/plot_layer.h"

namespace balmer::widgets {

class CursorLayer : public PlotLayer {
  public:
    /// With the text to show, which may say more than the pick's own. The pick's layer must outlive this one.
    void show(PlotPick pick, const QString& text) {
        pick_ = std::move(pick);
        text_ = text;
    }
    void clear() { pick_.reset(); }
    /// What is shown; absent: nothing.
    const std::optional<PlotPick>& shown() const { return pick_; }

    void draw(QCPPainter& painter, const PlotAxes& axes) const override;

  private:
    std::optional<PlotPick> pick_;
    QString text_;
};

} // namespace balmer::widgets
