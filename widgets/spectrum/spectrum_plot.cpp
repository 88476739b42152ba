#include "widgets/spectrum/spectrum_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QEvent>
#include <QMouseEvent>

#include "widgets/plot/cursor_layer.h"
#include "widgets/plot/custom_plot.h"
#include "widgets/plot/flash_layer.h"
#include "widgets/plot/interval_layer.h"
#include "widgets/plot/legend_layer.h"
#include "widgets/plot/message_layer.h"
#include "widgets/spectrum/backdrop_layer.h"
#include "widgets/spectrum/curves_layer.h"
#include "widgets/spectrum/error_band_layer.h"
#include "widgets/spectrum/line_marks_layer.h"
#include "widgets/spectrum/velocity_ticker.h"

namespace balmer::widgets {

namespace {
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
}

struct SpectrumPlot::Private {
    SpectrumPlot* view = nullptr;
    ShownSpectra shown;
    QString velocityName;
    double velocityReference = 0;
    int legendLimit = 12;
    bool linesVisible = true;
    bool locked = false;
    bool fitted = false;
    QPoint pressed;

    // Owned by the view, in the order in which they are drawn.
    MessageLayer* message = nullptr;
    LineMarksLayer* marks = nullptr;
    BackdropLayer* backdrop = nullptr;
    ErrorBandLayer* errors = nullptr;
    CurvesLayer* curves = nullptr;
    LegendLayer* legend = nullptr;
    IntervalLayer* interval = nullptr;
    CursorLayer* cursor = nullptr;
    FlashLayer* flash = nullptr;

    void addLayers();
    void moveCursor(const QPoint& at);
    void clearCursor();
    void arrange();
    void replaced(bool refit);
};

void SpectrumPlot::Private::addLayers() {
    message = view->addLayer(std::make_unique<MessageLayer>(), LayerDepth::Front);
    marks = view->addLayer(std::make_unique<LineMarksLayer>(), LayerDepth::Behind);
    backdrop = view->addLayer(std::make_unique<BackdropLayer>(), LayerDepth::Behind);
    errors = view->addLayer(std::make_unique<ErrorBandLayer>(shown));
    curves = view->addLayer(std::make_unique<CurvesLayer>(shown));
    legend = view->addLayer(std::make_unique<LegendLayer>(*view), LayerDepth::Front);
    interval = view->addLayer(std::make_unique<IntervalLayer>(), LayerDepth::Overlay);
    cursor = view->addLayer(std::make_unique<CursorLayer>(), LayerDepth::Overlay);
    flash = view->addLayer(std::make_unique<FlashLayer>([plot = view] { plot->redrawOverlay(); }),
                           LayerDepth::Overlay);
}

void SpectrumPlot::Private::moveCursor(const QPoint& at) {
    std::optional<PlotPick> pick = view->pickAt(at);
    if (!pick) {
        clearCursor();
        return;
    }
    if (cursor->shown() && cursor->shown()->at == pick->at) return;
    const QPointF there = pick->at;
    const QString text = pick->text, id = pick->id;
    QString shownText = text;
    double v = nan;
    if (velocityReference > 0) {
        v = velocity(there.x(), velocityReference);
        shownText += QStringLiteral("  %1 %2%3 km/s")
                         .arg(velocityName, v < 0 ? QStringLiteral("−") : QStringLiteral("+"),
                              QString::number(std::abs(std::round(v))));
    }
    cursor->show(std::move(*pick), shownText);
    view->redrawOverlay();
    Q_EMIT view->readOut(text, there.x(), there.y(), v, id);
}

void SpectrumPlot::Private::clearCursor() {
    if (!cursor->shown()) return;
    cursor->clear();
    view->redrawOverlay();
    Q_EMIT view->readOut(QString(), nan, nan, nan, QString());
}

/// Without a spectrum the numbers at the axes and the marks would mean nothing.
void SpectrumPlot::Private::arrange() {
    const bool any = backdrop->spectrum() || !shown.spectra.empty();
    for (QCPAxis* axis : {view->plot()->xAxis, view->plot()->yAxis}) {
        axis->setTicks(any);
        axis->setTickLabels(any);
        axis->grid()->setVisible(any);
    }
    message->setVisible(!any);
    marks->setVisible(any && linesVisible);
    legend->setVisible(any && int(shown.spectra.size()) <= legendLimit);
}

void SpectrumPlot::Private::replaced(bool refit) {
    cursor->clear();
    arrange();
    if ((refit && !locked) || !fitted) {
        view->fit();
    } else {
        view->redraw();
    }
}

SpectrumPlot::SpectrumPlot(QWidget* parent) : PlotView(parent), d_(std::make_unique<Private>()) {
    d_->view = this;
    setObjectName(QStringLiteral("spectrumPlot"));
    setAccessibleName(tr("Spectrum"));
    plot()->xAxis->setLabel(tr("λ (vacuum) [Å]"));
    plot()->yAxis->setLabel(tr("flux"));
    d_->addLayers();
    d_->message->setText(tr("No spectrum chosen"));
    d_->marks->setLines(commonLines());
    d_->arrange();
}

SpectrumPlot::~SpectrumPlot() = default;

void SpectrumPlot::setSpectra(std::vector<PlottedSpectrum> spectra) {
    const auto& now = d_->shown.spectra;
    const bool same = std::equal(spectra.begin(), spectra.end(), now.begin(), now.end(),
                                 [](const auto& a, const auto& b) { return a.id == b.id; });
    d_->shown.spectra = std::move(spectra);
    d_->replaced(!same);
}

void SpectrumPlot::setSpectrum(PlottedSpectrum spectrum) {
    std::vector<PlottedSpectrum> one;
    one.push_back(std::move(spectrum));
    setSpectra(std::move(one));
}

void SpectrumPlot::clear() {
    d_->backdrop->setSpectrum({});
    setSpectra({});
}

const std::vector<PlottedSpectrum>& SpectrumPlot::spectra() const {
    return d_->shown.spectra;
}

void SpectrumPlot::setCurrent(const QString& id) {
    if (d_->shown.currentId == id) return;
    d_->shown.currentId = id;
    redraw();
}

const std::optional<PlottedSpectrum>& SpectrumPlot::backdrop() const {
    return d_->backdrop->spectrum();
}

void SpectrumPlot::setBackdrop(std::optional<PlottedSpectrum> backdrop) {
    d_->backdrop->setSpectrum(std::move(backdrop));
    d_->arrange();
    if (!d_->fitted) fit();
    redraw();
}

void SpectrumPlot::setRangeLocked(bool locked) {
    d_->locked = locked;
}

bool SpectrumPlot::rangeLocked() const {
    return d_->locked;
}

void SpectrumPlot::fit() {
    PlotView::fit();
    d_->fitted = d_->fitted || extent().hasX();
}

void SpectrumPlot::setLines(std::vector<MarkedLine> lines) {
    d_->marks->setLines(std::move(lines));
    redraw();
}

void SpectrumPlot::setLinesVisible(bool visible) {
    d_->linesVisible = visible;
    d_->arrange();
    redraw();
}

bool SpectrumPlot::linesVisible() const {
    return d_->linesVisible;
}

void SpectrumPlot::setErrorVisible(bool visible) {
    d_->errors->setVisible(visible);
    redraw();
}

void SpectrumPlot::setLegendLimit(int spectra) {
    d_->legendLimit = spectra;
    d_->arrange();
    redraw();
}

void SpectrumPlot::setVelocityReference(double restWavelength, const QString& name) {
    d_->velocityReference = restWavelength;
    d_->velocityName = name;
}

void SpectrumPlot::setVelocityAxis(const MarkedLine& line) {
    setVelocityReference(line.wavelength, line.name);
    QCPAxis& axis = *plot()->xAxis;
    const auto ticker = velocityTicker(line.wavelength);
    ticker->setTickCount(axis.ticker()->tickCount());
    axis.setTicker(ticker);
    axis.setLabel(tr("v (%1) [km s⁻¹]").arg(line.name));
    redraw();
}

QString SpectrumPlot::readOutAt(double wavelength, double value) const {
    const auto sample = d_->shown.sampleAt(wavelength, value);
    return sample ? d_->shown.describe(*sample) : QString();
}

void SpectrumPlot::flash(const QColor& colour, const QString& text) {
    d_->flash->flash(colour, text);
}

void SpectrumPlot::setEmptyText(const QString& text) {
    d_->message->setText(text);
    redraw();
}

bool SpectrumPlot::eventFilter(QObject* watched, QEvent* event) {
    if (watched != plot()) return PlotView::eventFilter(watched, event);
    const auto* mouse = static_cast<QMouseEvent*>(event);
    const auto wavelengthAtMouse = [&] { return plot()->xAxis->pixelToCoord(mouse->pos().x()); };
    switch (event->type()) {
    case QEvent::MouseButtonPress:
        d_->pressed = mouse->pos();
        if (mouse->button() == Qt::LeftButton && mouse->modifiers().testFlag(Qt::ControlModifier) &&
            plot()->axisRect()->rect().contains(mouse->pos())) {
            d_->interval->begin(wavelengthAtMouse());
            return true;
        }
        break;
    case QEvent::MouseMove:
        if (d_->interval->active()) {
            d_->interval->extendTo(wavelengthAtMouse());
            redrawOverlay();
            return true;
        }
        if (mouse->buttons() == Qt::NoButton) {
            d_->moveCursor(mouse->pos());
        } else {
            d_->clearCursor();
        }
        break;
    case QEvent::MouseButtonRelease:
        if (d_->interval->active()) {
            const auto [lower, upper] = d_->interval->finish();
            redrawOverlay();
            if (upper > lower) Q_EMIT intervalSelected(lower, upper);
            return true;
        }
        if (mouse->button() == Qt::LeftButton && (mouse->pos() - d_->pressed).manhattanLength() < 4)
            if (const auto pick = pickAt(mouse->pos())) Q_EMIT spectrumClicked(pick->id);
        break;
    case QEvent::Leave:
        d_->clearCursor();
        break;
    default:
        break;
    }
    return PlotView::eventFilter(watched, event);
}

} // namespace balmer::widgets
