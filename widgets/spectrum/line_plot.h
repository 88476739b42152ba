// LinePlot: a spectrum in velocity about one line, which can be chosen from the table of lines in its corner.
// UI thread only.
#pragma once

#include "widgets/spectrum/spectrum_plot.h"

class QToolButton;

namespace balmer::widgets {

class LinePlot : public SpectrumPlot {
    Q_OBJECT
  public:
    /// What fit() shows to either side.
    static constexpr double halfWidthKmPerSecond = 1500;

    explicit LinePlot(QWidget* parent = nullptr);

    const MarkedLine& line() const { return line_; }
    /// Shows the whole of the velocities about it; no signal.
    void setLine(const MarkedLine& line);
    /// The wavelengths that fit() shows, Å.
    std::pair<double, double> reach() const;
    void fit() override;

  Q_SIGNALS:
    /// In the corner; the plot has it already.
    void lineChosen(const QString& name);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    MarkedLine line_;
    QToolButton* choice_;
};

} // namespace balmer::widgets
