#include "widgets/labelling/labelling_plots.h"

#include <utility>

#include "widgets/common/theme.h"
#include "widgets/spectrum/line_plot.h"
#include "widgets/spectrum/line_strip.h"

namespace balmer::widgets {

LabellingPlots::LabellingPlots(QWidget* parent)
    : QSplitter(Qt::Vertical, parent), line_(new LinePlot), window_(new SpectrumPlot),
      whole_(new SpectrumPlot(this)), strip_(new LineStrip(this)) {
    using spectrum::line;
    setObjectName(QStringLiteral("labellingPlots"));
    setChildrenCollapsible(false);
    setHandleWidth(gridStep);
    line_->setObjectName(QStringLiteral("labellingLinePlot"));
    line_->setAccessibleName(tr("Line in velocity"));
    window_->setObjectName(QStringLiteral("labellingWindowPlot"));
    window_->setAccessibleName(tr("Window about the line"));
    window_->setVelocityReference(hAlphaVacuum, QStringLiteral("Hα"));
    for (SpectrumPlot* plot : {static_cast<SpectrumPlot*>(line_), window_}) {
        plot->setRangeLocked(true);
        plot->setFocusPolicy(Qt::ClickFocus);
        plot->setMinimumSize(24 * gridStep, 22 * gridStep);
    }
    whole_->setObjectName(QStringLiteral("labellingWholePlot"));
    whole_->setAccessibleName(tr("Whole spectrum"));
    whole_->setLegendLimit(0);
    whole_->setErrorVisible(false);
    whole_->setFocusPolicy(Qt::ClickFocus);
    whole_->setMinimumHeight(13 * gridStep);
    whole_->setEmptyText(tr("The whole spectrum is not loaded"));
    strip_->setObjectName(QStringLiteral("labellingLineStrip"));
    strip_->setMinimumHeight(13 * gridStep);
    // Hα stands in the line's own plot.
    strip_->setLines({marked(line("Hβ")), marked(line("He I 6678")), marked(line("Ca II K"))});
    auto* top = new QSplitter(Qt::Horizontal);
    top->setObjectName(QStringLiteral("labellingTopPlots"));
    top->setChildrenCollapsible(false);
    top->setHandleWidth(gridStep);
    top->addWidget(line_);
    top->addWidget(window_);
    top->setStretchFactor(0, 3);
    top->setStretchFactor(1, 2);
    top->setSizes({600, 400});
    insertWidget(0, top);
    addWidget(whole_);
    addWidget(strip_);
    setStretchFactor(0, 8);
    setStretchFactor(1, 1);
    setStretchFactor(2, 1);
    setSizes({480, 104, 104});
    connect(line_, &LinePlot::lineChosen, this, [this] {
        lineFitted_ = false;
        showLine();
    });
}

void LabellingPlots::showItem(const LabelItem& item, bool rescale) {
    if (item_.id != item.id) behind_ = {};
    item_ = item;
    if (rescale) forgetRange();
    draw(*window_, item.window, windowFitted_);
    showLine();
    if (item.whole) {
        showWhole(*item.whole);
    } else {
        // The window serves the lines that it covers until the whole comes.
        whole_->clear();
        strip_->setSpectrum(item.window);
    }
}

void LabellingPlots::showWhole(const PlottedSpectrum& whole) {
    const bool late = !item_.whole;
    item_.whole = whole;
    whole_->setSpectrum(whole);
    strip_->setSpectrum(whole);
    if (!late) return;
    showLine();
    if (rawVisible_) draw(*window_, item_.window, windowFitted_);
}

void LabellingPlots::setBehind(BehindCurves curves) {
    behind_ = std::move(curves);
    draw(*window_, item_.window, windowFitted_);
    showLine();
}

void LabellingPlots::setRawVisible(bool visible) {
    rawVisible_ = visible;
    draw(*window_, item_.window, windowFitted_);
    showLine();
}

void LabellingPlots::showLine() {
    const auto [lower, upper] = line_->reach();
    if (covers(item_.window, lower, upper)) {
        draw(*line_, item_.window, lineFitted_);
        return;
    }
    // Another line than the window's: of the whole spectrum, scaled in the same way.
    PlottedSpectrum part;
    if (item_.whole && covers(*item_.whole, lower, upper))
        part = scaledPart(*item_.whole, lower - (upper - lower) / 2, upper + (upper - lower) / 2);
    line_->setEmptyText(item_.whole ? tr("%1 is not covered").arg(line_->line().name)
                                    : tr("The spectrum is being read"));
    draw(*line_, part, lineFitted_);
}

void LabellingPlots::draw(SpectrumPlot& plot, const PlottedSpectrum& spectrum, bool& fitted) const {
    if (spectrum.empty()) {
        plot.clear();
        return;
    }
    const auto [lower, upper] = plot.xRange();
    const bool overlaps = spectrum.wavelength.back() > lower && spectrum.wavelength.front() < upper;
    std::vector<PlottedSpectrum> spectra{spectrum};
    if (rawVisible_ && item_.whole) {
        PlottedSpectrum raw =
            scaledPart(*item_.whole, spectrum.wavelength.front(), spectrum.wavelength.back());
        raw.id = QStringLiteral("raw");
        raw.name = tr("as observed");
        raw.colour = theme().mutedText;
        spectra.push_back(std::move(raw));
    }
    spectra.insert(spectra.end(), behind_.others.begin(), behind_.others.end());
    plot.setLegendLimit(spectra.size() > 1 || behind_.mean ? 12 : 0);
    plot.setBackdrop(behind_.mean);
    plot.setSpectra(std::move(spectra));
    plot.setCurrent(spectrum.id);
    if (!fitted || !overlaps) plot.fit();
    fitted = true;
    plot.redrawNow();
}

} // namespace balmer::widgets
