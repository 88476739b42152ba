// LineStrip: a row of small plots of one spectrum about its lines, in velocity, each scaled for itself. UI
// thread only.
#pragma once

#include <memory>

#include <QWidget>

#include "widgets/spectrum/plotted_spectrum.h"

class QCustomPlot;

namespace balmer::widgets {

class LineStrip : public QWidget {
    Q_OBJECT
  public:
    /// At first: Hα, Hβ, He I 6678, Ca II K, ± 1500 km/s.
    explicit LineStrip(QWidget* parent = nullptr);
    ~LineStrip() override;

    void setLines(std::vector<MarkedLine> lines, double halfWidthKmPerSecond = 1500);
    /// A line that the spectrum does not cover says so in its place, so that the others do not move.
    void setSpectrum(const PlottedSpectrum& spectrum);
    void clear();
    QCustomPlot* plot() const;
    QSize sizeHint() const override;

  Q_SIGNALS:
    void lineClicked(const QString& name, double wavelength);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace balmer::widgets
