#include "widgets/labelling/labelling_plots.h"

#include "widgets/common/theme.h"
#include "widgets/spectrum/line_strip.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::widgets {

LabellingPlots::LabellingPlots(QWidget* parent)
    : QSplitter(Qt::Vertical, parent), window_(new SpectrumPlot(this)), whole_(new SpectrumPlot(this)),
      strip_(new LineStrip(this)) {
    using spectrum::line;
    setObjectName(QStringLiteral("labellingPlots"));
    setChildrenCollapsible(false);
    setHandleWidth(gridStep);
    window_->setObjectName(QStringLiteral("labellingWindowPlot"));
    window_->setAccessibleName(tr("Window about Hα"));
    window_->setRangeLocked(true);
    window_->setVelocityReference(hAlphaVacuum, QStringLiteral("Hα"));
    window_->setFocusPolicy(Qt::ClickFocus);
    window_->setMinimumHeight(22 * gridStep);
    whole_->setObjectName(QStringLiteral("labellingWholePlot"));
    whole_->setAccessibleName(tr("Whole spectrum"));
    whole_->setLegendLimit(0);
    whole_->setErrorVisible(false);
    whole_->setFocusPolicy(Qt::ClickFocus);
    whole_->setMinimumHeight(15 * gridStep);
    whole_->setEmptyText(tr("The whole spectrum is not loaded"));
    strip_->setObjectName(QStringLiteral("labellingLineStrip"));
    strip_->setMinimumHeight(14 * gridStep);
    // Hα stands in the window above.
    strip_->setLines({marked(line("Hβ")), marked(line("He I 6678")), marked(line("Ca II K"))});
    addWidget(window_);
    addWidget(whole_);
    addWidget(strip_);
    setStretchFactor(0, 5);
    setStretchFactor(1, 2);
    setStretchFactor(2, 2);
    setSizes({420, 150, 140});
}

void LabellingPlots::showItem(const LabelItem& item, bool rescale) {
    const auto [lower, upper] = window_->xRange();
    const bool overlaps = !item.window.empty() && item.window.wavelength.back() > lower &&
                          item.window.wavelength.front() < upper;
    window_->setBackdrop(item.neighbours);
    if (item.window.empty())
        window_->clear();
    else
        window_->setSpectrum(item.window);
    if (rescale || !fitted_ || !overlaps) window_->fit();
    fitted_ = true;
    window_->redrawNow();

    if (item.whole) {
        showWhole(*item.whole);
    } else {
        // The window serves the lines that it covers until the whole comes.
        whole_->clear();
        strip_->setSpectrum(item.window);
    }
}

void LabellingPlots::showWhole(const PlottedSpectrum& whole) {
    whole_->setSpectrum(whole);
    strip_->setSpectrum(whole);
}

} // namespace balmer::widgets
