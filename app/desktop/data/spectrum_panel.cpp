#include "app/desktop/data/spectrum_panel.h"

#include <QMenu>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "app/bridge/plotted.h"
#include "app/desktop/data/plot_feeder.h"
#include "app/desktop/place/actions.h"
#include "app/desktop/place/export_plot.h"
#include "widgets/common/icons.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::desktop {

namespace {
/// Half the width that is shown about a line, ångström.
constexpr double aboutLine = 60;
} // namespace

SpectrumPanel::SpectrumPanel(bridge::Session& session, QWidget* parent)
    : FollowingPanel(session, parent), plot_(new widgets::SpectrumPlot),
      feeder_(new PlotFeeder(session, plot_, nullptr, this)) {
    build();
    const QString nothing = tr("Choose a spectrum in the table to see it here");
    plot_->setEmptyText(nothing);
    connect(feeder_, &PlotFeeder::shown, this, [this, nothing](const QString& problem) {
        plot_->setEmptyText(problem.isEmpty() ? nothing : problem);
        if (!problem.isEmpty() && !plot_->spectra().empty()) Q_EMIT said(problem);
    });
    connect(plot_, &widgets::SpectrumPlot::readOut, this, &Panel::readOut);
    connect(plot_, &widgets::PlotView::exportRequested, this, &SpectrumPanel::exportPicture);
    connect(plot_, &widgets::PlotView::contextMenuAboutToShow, this, &Panel::sendMenuWanted);
    connect(plot_, &widgets::SpectrumPlot::spectrumClicked, this,
            [this](const QString& id) { session_.selection().setCurrent(id, QStringLiteral("plot")); });
}

void SpectrumPanel::build() {
    plot_->setObjectName(QStringLiteral("dataPlot"));
    plot_->setLines(widgets::commonLines());
    plot_->setVelocityReference(widgets::hAlphaVacuum, QStringLiteral("Hα"));
    plot_->setAxisLabels(bridge::wavelengthLabel(true), tr("flux [arbitrary units]"));
    plot_->setMinimumHeight(240);
    auto* save = makeAction(this, "exportPlotAction", tr("Export plot…"), QKeySequence(Qt::CTRL | Qt::Key_E),
                            tr("Save the plot as PNG, SVG or PDF"), [this] { exportPicture(); });
    save->setIcon(widgets::icon(widgets::Icon::Export));
    makeAction(this, "clearOverlayAction", tr("Clear the overlay"),
               QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Space),
               tr("Take all spectra added by Space from the plot"), [this] {
                   overlay_.clear();
                   follow();
               });
    makeAction(this, "fitPlotAction", tr("Show the whole plot"), QKeySequence(Qt::CTRL | Qt::Key_0),
               tr("Both axes from end to end"), [this] {
                   plot_->fit();
                   plot_->redraw();
               });
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(plot_);
}

bool SpectrumPanel::settled() const {
    return !feeder_->busy();
}

QString SpectrumPanel::differs(const Chosen& chosen) const {
    return feeder_->differs(chosen.current);
}

void SpectrumPanel::follow() {
    QStringList ids = overlay_;
    for (const QString& id : session_.selection().ids()) {
        if (ids.size() >= PlotFeeder::mostSpectra) break;
        if (!ids.contains(id)) ids << id;
    }
    feeder_->show(ids, session_.selection().current());
}

void SpectrumPanel::toggleOverlay(const QStringList& ids) {
    for (const QString& id : ids)
        if (!overlay_.removeOne(id)) overlay_ << id;
    Q_EMIT said(overlay_.isEmpty() ? tr("The overlay is empty")
                                   : tr("%1 in the overlay")
                                         .arg(bridge::countText(std::size_t(overlay_.size()), tr("spectrum"),
                                                                tr("spectra"))));
    follow();
}

void SpectrumPanel::showLine(double wavelengthAngstrom) {
    plot_->setXRange(wavelengthAngstrom - aboutLine, wavelengthAngstrom + aboutLine);
    plot_->redraw();
}

void SpectrumPanel::exportPicture() {
    const QString current = session_.selection().current();
    exportPlot(plot_, current.isEmpty() ? QStringLiteral("spectra") : current,
               [this](const QString& sentence) { Q_EMIT said(sentence); });
}

} // namespace balmer::desktop
