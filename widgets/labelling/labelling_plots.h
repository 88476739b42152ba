// LabellingPlots: the window about the decisive line, the whole spectrum below it, and the strip of other
// lines. UI thread only.
#pragma once

#include <QSplitter>

#include "widgets/labelling/label_item.h"

namespace balmer::widgets {

class LineStrip;
class SpectrumPlot;

class LabellingPlots : public QSplitter {
    Q_OBJECT
  public:
    explicit LabellingPlots(QWidget* parent);

    /// Draws the window at once. Its range stays what it was unless `rescale`, or nothing was shown before or
    /// the window's wavelengths do not overlap the range.
    void showItem(const LabelItem& item, bool rescale);
    void showWhole(const PlottedSpectrum& whole);
    /// The next spectrum is fitted.
    void forgetRange() { fitted_ = false; }

    SpectrumPlot* windowPlot() const { return window_; }
    SpectrumPlot* wholePlot() const { return whole_; }
    LineStrip* lineStrip() const { return strip_; }

  private:
    SpectrumPlot* window_;
    SpectrumPlot* whole_;
    LineStrip* strip_;
    bool fitted_ = false;
};

} // namespace balmer::widgets
