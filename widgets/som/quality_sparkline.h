// QualitySparkline: quantisation and topographic error by epoch, two small lines with labelled axes that grow
// while a map trains. UI thread only.
#pragma once

#include <vector>

#include "widgets/plot/plot_view.h"

namespace balmer::widgets {

class QualitySparkline : public PlotView {
    Q_OBJECT
  public:
    explicit QualitySparkline(QWidget* parent = nullptr);

    /// Epoch 0 is the map before the first pass. NaN where an error was not computed for that epoch.
    void append(int epoch, double quantisationError, double topographicError);
    /// By epoch, from 0.
    void setHistory(const std::vector<double>& quantisationError,
                    const std::vector<double>& topographicError);
    void clear();
    int epochs() const { return epochs_; }
    void fit() override;
    QSize sizeHint() const override;

  protected:
    void applyColours() override;

  private:
    int epochs_ = 0;
};

} // namespace balmer::widgets
