// LabellingPlots: the decisive line in velocity, as large as there is room, the window beside it, the whole
// spectrum thin below, and the strip of other lines. UI thread only.
#pragma once

#include <QSplitter>

#include "widgets/labelling/label_item.h"

namespace balmer::widgets {

class LinePlot;
class LineStrip;
class SpectrumPlot;

class LabellingPlots : public QSplitter {
    Q_OBJECT
  public:
    explicit LabellingPlots(QWidget* parent);

    /// Draws line and window at once. Their ranges stay what they were unless `rescale`, or nothing was shown
    /// before or the wavelengths do not overlap the range.
    void showItem(const LabelItem& item, bool rescale);
    void showWhole(const PlottedSpectrum& whole);
    /// The next spectrum is fitted.
    void forgetRange() { windowFitted_ = lineFitted_ = false; }

    /// Behind line and window, until the next spectrum is shown.
    void setBehind(BehindCurves curves);
    /// What the window was made of, in grey.
    void setRawVisible(bool visible);

    LinePlot* linePlot() const { return line_; }
    SpectrumPlot* windowPlot() const { return window_; }
    SpectrumPlot* wholePlot() const { return whole_; }
    LineStrip* lineStrip() const { return strip_; }

  private:
    void showLine();
    /// With what the user wants beside it; keeps the range where `fitted` and it overlaps.
    void draw(SpectrumPlot& plot, const PlottedSpectrum& spectrum, bool& fitted) const;

    LinePlot* line_;
    SpectrumPlot* window_;
    SpectrumPlot* whole_;
    LineStrip* strip_;
    LabelItem item_;
    BehindCurves behind_;
    bool rawVisible_ = false;
    bool windowFitted_ = false, lineFitted_ = false;
};

} // namespace balmer::widgets
