// IntervalLayer: the part of the x axis that is being chosen.
#pragma once

#include <optional>
#include <utility>

#include "widgets/plot/plot_layer.h"

namespace balmer::widgets {

class IntervalLayer : public PlotLayer {
  public:
    void begin(double at) { interval_ = {at, at}; }
    void extendTo(double at) {
        if (interval_) interval_->second = at;
    }
    bool active() const { return interval_.has_value(); }
    /// Ends the choice: {lower, upper}, which are equal where nothing was dragged.
    std::pair<double, double> finish();

    void draw(QCPPainter& painter, const PlotAxes& axes) const override;

  private:
    std::optional<std::pair<double, double>> interval_; ///< from where it began to where the hand is
};

} // namespace balmer::widgets
