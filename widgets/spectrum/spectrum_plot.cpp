#include "widgets/spectrum/spectrum_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QEvent>
#include <QMouseEvent>
#include <QVariantAnimation>

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"
#include "widgets/spectrum/curve_painter.h"

namespace balmer::widgets {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

const QString& nameOf(const PlottedSpectrum& s) {
    return s.name.isEmpty() ? s.id : s.name;
}

bool masked(const PlottedSpectrum& s, std::size_t i) {
    return i < s.mask.size() && s.mask[i] != 0;
}

} // namespace

struct SpectrumPlot::Private {
    class Curves;
    class Overlay;

    SpectrumPlot* view = nullptr;
    std::vector<PlottedSpectrum> spectra;
    std::optional<PlottedSpectrum> backdrop;
    std::vector<MarkedLine> lines = commonLines();
    QString currentId;
    QString velocityName;
    QString emptyText;
    double velocityReference = 0;
    int legendLimit = 12;
    bool linesVisible = true;
    bool errorVisible = true;
    bool locked = false;
    bool fitted = false;

    // What the overlay shows.
    std::size_t cursorSpectrum = 0;
    double cursorWavelength = nan;
    double cursorFlux = nan;
    QString cursorText;
    double intervalFrom = nan;
    double intervalTo = nan;
    QColor flashColour;
    QString flashText;
    double flashStrength = 0;
    QVariantAnimation* flashAnimation = nullptr;
    QPoint pressed;

    bool many() const { return spectra.size() > 12; }

    /// The chosen one, or the first.
    std::size_t currentIndex() const {
        const auto it =
            std::find_if(spectra.begin(), spectra.end(), [&](const auto& s) { return s.id == currentId; });
        return it == spectra.end() ? 0 : std::size_t(it - spectra.begin());
    }

    QColor colourOf(std::size_t i) const {
        const PlottedSpectrum& s = spectra[i];
        if (s.colour) return *s.colour;
        if (s.model) return theme().model;
        // Among many a colour would name nothing; they are one grey crowd from which the cursor picks.
        if (many()) return s.id == currentId ? theme().spectrum : theme().mutedText;
        if (i == 0) return theme().spectrum;
        return classColour(int(i - 1));
    }

    CurveMapping mapping(const QCPPainter& painter) const {
        QCustomPlot* plot = view->plot();
        const QCPRange x = plot->xAxis->range();
        const QCPRange y = plot->yAxis->range();
        CurveMapping m;
        m.xScale = (plot->xAxis->coordToPixel(x.upper) - plot->xAxis->coordToPixel(x.lower)) / x.size();
        m.xOffset = plot->xAxis->coordToPixel(x.lower) - m.xScale * x.lower;
        m.yScale = (plot->yAxis->coordToPixel(y.upper) - plot->yAxis->coordToPixel(y.lower)) / y.size();
        m.yOffset = plot->yAxis->coordToPixel(y.lower) - m.yScale * y.lower;
        m.lower = x.lower;
        m.upper = x.upper;
        m.vector = painter.modes().testFlag(QCPPainter::pmVectorized);
        m.column =
            m.vector ? 0.25
                     : 1.0 / std::max(1.0, painter.device()->devicePixelRatioF() * painter.transform().m11());
        m.yTop = plot->axisRect()->top();
        m.yBottom = plot->axisRect()->bottom();
        return m;
    }

    /// The index of the sample nearest to this wavelength; the size where it lies outside by more than a
    /// sample.
    static std::size_t nearest(const PlottedSpectrum& s, double wavelength) {
        const std::size_t n = s.wavelength.size();
        if (s.empty() || !std::isfinite(wavelength)) return n;
        const auto it = std::lower_bound(s.wavelength.begin(), s.wavelength.end(), wavelength);
        auto i = std::size_t(it - s.wavelength.begin());
        if (i == n || (i > 0 && wavelength - s.wavelength[i - 1] < s.wavelength[i] - wavelength)) --i;
        const double step = n < 2 ? 1
                                  : (i + 1 < n ? s.wavelength[i + 1] - s.wavelength[i]
                                               : s.wavelength[i] - s.wavelength[i - 1]);
        return std::abs(s.wavelength[i] - wavelength) <= step ? i : n;
    }

    /// The spectrum and sample that a position means; false outside all.
    bool pick(double wavelength, double value, std::size_t& spectrum, std::size_t& sample) const {
        double least = std::numeric_limits<double>::infinity();
        bool found = false;
        const std::size_t current = currentIndex();
        for (std::size_t k = 0; k < spectra.size(); ++k) {
            if (std::isnan(value) && k != current) continue;
            const std::size_t i = nearest(spectra[k], wavelength);
            if (i >= spectra[k].flux.size() || !std::isfinite(spectra[k].flux[i])) continue;
            const double distance = std::isnan(value) ? 0 : std::abs(double(spectra[k].flux[i]) - value);
            if (distance >= least) continue;
            least = distance;
            spectrum = k;
            sample = i;
            found = true;
        }
        return found;
    }

    static QString describe(const PlottedSpectrum& s, std::size_t i) {
        const QString value = QString::number(double(s.flux[i]), 'g', 4);
        return QStringLiteral("%1 Å: %2: %3").arg(QString::number(s.wavelength[i], 'f', 2), nameOf(s), value);
    }

    void moveCursor(const QPoint& at);
    void clearCursor();
    void redrawOverlay() { view->plot()->layer(QStringLiteral("overlay"))->replot(); }
    void replaced(bool refit);
    /// Without a spectrum the numbers at the axes would mean nothing.
    void showAxes() {
        const bool any = backdrop || !spectra.empty();
        for (QCPAxis* axis : {view->plot()->xAxis, view->plot()->yAxis}) {
            axis->setTicks(any);
            axis->setTickLabels(any);
            axis->grid()->setVisible(any);
        }
    }
};

/// Everything of the plot that the data decide.
class SpectrumPlot::Private::Curves : public QCPLayerable {
  public:
    Curves(QCustomPlot* plot, Private& d) : QCPLayerable(plot, QStringLiteral("main")), d_(d) {}

  protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }
    QRect clipRect() const override { return mParentPlot->axisRect()->rect(); }

    void draw(QCPPainter* painter) override {
        const ThemeColours& c = theme();
        const CurveMapping m = d_.mapping(*painter);
        if (d_.spectra.empty() && !d_.backdrop) {
            painter->setPen(c.mutedText);
            painter->drawText(clipRect().adjusted(gridStep, 0, -gridStep, 0),
                              Qt::AlignCenter | Qt::TextWordWrap, d_.emptyText);
            return;
        }
        if (d_.linesVisible) drawLines(*painter, m);
        if (d_.backdrop && !d_.backdrop->empty()) {
            drawBand(*painter, *d_.backdrop, m, c.model);
            drawCurve(*painter, *d_.backdrop, m, QPen(c.model, 1.2));
        }
        // Many curves are drawn without antialiasing and half transparent: where they agree they grow dense.
        const bool many = d_.many();
        // Among many, only one that was chosen stands out.
        const std::size_t first = d_.currentIndex();
        const bool chosen = first < d_.spectra.size() && d_.spectra[first].id == d_.currentId;
        const std::size_t current = many && !chosen ? d_.spectra.size() : first;
        if (d_.errorVisible && current < d_.spectra.size() && !d_.spectra[current].empty())
            drawBand(*painter, d_.spectra[current], m, d_.colourOf(current));
        painter->setAntialiasing(!many);
        std::optional<CurveCrowd> crowd;
        if (many && !m.vector) crowd.emplace(clipRect(), m.column);
        for (std::size_t i = d_.spectra.size(); i-- > 0;) {
            if (i == current || d_.spectra[i].empty()) continue; // drawn last
            QColor colour = d_.colourOf(i);
            if (many) colour.setAlphaF(std::clamp(12.0F / float(d_.spectra.size()), 0.15F, 0.6F));
            drawCurve(*painter, d_.spectra[i], m,
                      QPen(colour, 1, d_.spectra[i].model ? Qt::DashLine : Qt::SolidLine),
                      crowd ? &*crowd : nullptr);
        }
        if (crowd) {
            const QSizeF size = QSizeF(crowd->image.size()) * crowd->pixel;
            painter->drawImage(QRectF(crowd->origin, size), crowd->image);
        }
        painter->setAntialiasing(true);
        if (current < d_.spectra.size() && !d_.spectra[current].empty()) {
            const double width = d_.spectra.size() > 1 && chosen ? 1.5 : 1.1;
            drawCurve(*painter, d_.spectra[current], m, QPen(d_.colourOf(current), width));
        }
        drawLegend(*painter, m);
    }

  private:
    void drawLines(QCPPainter& painter, const CurveMapping& m) {
        const QRect box = clipRect();
        painter.setFont(smallFont(d_.view->font()));
        const QFontMetrics metrics = painter.fontMetrics();
        // Where names would overlap, the prominent lines have the right of way.
        std::vector<QRectF> taken;
        for (const bool prominent : {true, false}) {
            for (const MarkedLine& line : d_.lines) {
                if (line.prominent != prominent || line.wavelength <= m.lower || line.wavelength >= m.upper)
                    continue;
                const double x = m.x(line.wavelength);
                painter.setPen(QPen(theme().border, 1, Qt::DashLine));
                painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()));
                const QRectF name(x + 3, box.top() + 1, metrics.horizontalAdvance(line.name) + 4,
                                  metrics.height());
                const bool free = std::none_of(taken.begin(), taken.end(),
                                               [&](const QRectF& r) { return r.intersects(name); });
                if (!free || name.right() > box.right()) continue;
                painter.setPen(theme().mutedText);
                painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter, line.name);
                taken.push_back(name);
            }
        }
    }

    /// How many of the samples drawn lie in this rectangle of the widget.
    std::size_t crossings(const QRectF& area, const CurveMapping& m) const {
        std::size_t count = 0;
        const double from = (area.left() - m.xOffset) / m.xScale, to = (area.right() - m.xOffset) / m.xScale;
        for (const PlottedSpectrum& s : d_.spectra) {
            const auto first = std::lower_bound(s.wavelength.begin(), s.wavelength.end(), from);
            const auto last = std::upper_bound(first, s.wavelength.end(), to);
            for (auto i = std::size_t(first - s.wavelength.begin());
                 i < std::size_t(last - s.wavelength.begin()); ++i)
                if (const double y = m.y(double(s.flux[i])); y >= area.top() && y <= area.bottom()) ++count;
        }
        return count;
    }

    void drawLegend(QCPPainter& painter, const CurveMapping& m) {
        if (int(d_.spectra.size()) > d_.legendLimit) return;
        std::vector<std::pair<QString, QColor>> rows;
        for (std::size_t i = 0; i < d_.spectra.size(); ++i)
            rows.emplace_back(nameOf(d_.spectra[i]), d_.colourOf(i));
        if (d_.backdrop) rows.emplace_back(nameOf(*d_.backdrop), theme().model);
        const QRect box = clipRect();
        painter.setFont(smallFont(d_.view->font()));
        const QFontMetrics metrics = painter.fontMetrics();
        const int row = metrics.height() + 2;
        const int longest = std::max(60, box.width() / 3);
        std::erase_if(rows, [](const auto& one) { return one.first.isEmpty(); });
        int widest = 0;
        for (const auto& [name, colour] : rows)
            widest = std::max(widest, std::min(longest, metrics.horizontalAdvance(name)));
        // Below the names of the lines, or at the bottom where the curves leave more room.
        const double height = double(rows.size()) * row;
        const QRectF top(box.right() - widest - 4 * gridStep, box.top() + row + 4, widest + 4 * gridStep,
                         height);
        const QRectF bottom = top.translated(0, box.bottom() - gridStep - top.bottom());
        double y =
            (bottom.top() > top.bottom() && crossings(bottom, m) < crossings(top, m) ? bottom : top).top() +
            metrics.ascent();
        for (const auto& [name, colour] : rows) {
            if (y > box.bottom()) continue;
            const QString text = metrics.elidedText(name, Qt::ElideMiddle, longest);
            const double left = box.right() - gridStep - metrics.horizontalAdvance(text);
            QColor veil = theme().plot;
            veil.setAlphaF(0.75F);
            painter.fillRect(QRectF(left - 24, y - metrics.ascent(), box.right() - left + 24, row), veil);
            painter.setPen(QPen(colour, 2));
            painter.drawLine(QPointF(left - 20, y - metrics.ascent() * 0.4),
                             QPointF(left - 6, y - metrics.ascent() * 0.4));
            painter.setPen(theme().text);
            painter.drawText(QPointF(left, y), text);
            y += row;
        }
    }

    Private& d_;
};

/// Cursor, interval and flash, in a buffer of their own: moving the cursor draws no curve.
class SpectrumPlot::Private::Overlay : public QCPLayerable {
  public:
    Overlay(QCustomPlot* plot, Private& d) : QCPLayerable(plot, QStringLiteral("overlay")), d_(d) {}

  protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }
    QRect clipRect() const override { return mParentPlot->axisRect()->rect(); }

    void draw(QCPPainter* painter) override {
        if (painter->modes().testFlag(QCPPainter::pmNoCaching)) return; // a figure shows no cursor
        const QRect box = clipRect();
        const CurveMapping m = d_.mapping(*painter);
        if (!std::isnan(d_.intervalFrom)) {
            QColor fill = theme().selection;
            fill.setAlphaF(0.18F);
            painter->fillRect(
                QRectF(QPointF(m.x(d_.intervalFrom), box.top()), QPointF(m.x(d_.intervalTo), box.bottom()))
                    .normalized(),
                fill);
        }
        if (!std::isnan(d_.cursorWavelength)) {
            const QPointF at(m.x(d_.cursorWavelength), m.y(d_.cursorFlux));
            if (d_.many()) drawCurve(*painter, d_.spectra[d_.cursorSpectrum], m, QPen(theme().accent, 1.2));
            painter->setPen(QPen(theme().mutedText, 1, Qt::DotLine));
            painter->drawLine(QPointF(at.x(), box.top()), QPointF(at.x(), box.bottom()));
            painter->setPen(QPen(theme().plot, 1.5));
            painter->setBrush(d_.many() ? theme().accent : d_.colourOf(d_.cursorSpectrum));
            painter->drawEllipse(at, 4, 4);
            painter->setFont(tabularFont(smallFont(d_.view->font())));
            const QFontMetrics metrics = painter->fontMetrics();
            const QString text =
                metrics.elidedText(d_.cursorText, Qt::ElideMiddle, box.width() - 2 * gridStep);
            const QRect label(box.left() + 4, box.bottom() - metrics.height() - 6,
                              metrics.horizontalAdvance(text) + 8, metrics.height() + 4);
            QColor veil = theme().plot;
            veil.setAlphaF(0.85F);
            painter->fillRect(label, veil);
            painter->setPen(theme().text);
            painter->drawText(label, Qt::AlignCenter, text);
        }
        if (d_.flashStrength > 0) {
            QColor colour = d_.flashColour;
            colour.setAlphaF(float(d_.flashStrength));
            // Four bars: filling is many times quicker than stroking so long a line.
            constexpr int wide = 4;
            const bool smooth = painter->antialiasing();
            painter->setAntialiasing(false);
            painter->fillRect(QRect(box.left(), box.top(), box.width(), wide), colour);
            painter->fillRect(QRect(box.left(), box.bottom() - wide + 1, box.width(), wide), colour);
            painter->fillRect(QRect(box.left(), box.top() + wide, wide, box.height() - 2 * wide), colour);
            painter->fillRect(QRect(box.right() - wide + 1, box.top() + wide, wide, box.height() - 2 * wide),
                              colour);
            painter->setAntialiasing(smooth);
            QFont bold = d_.view->font();
            bold.setBold(true);
            painter->setFont(bold);
            QColor ink = theme().text;
            ink.setAlphaF(float(d_.flashStrength));
            painter->setPen(ink);
            painter->drawText(box.adjusted(0, 0, 0, -2 * gridStep), Qt::AlignHCenter | Qt::AlignBottom,
                              d_.flashText);
        }
    }

  private:
    Private& d_;
};

void SpectrumPlot::Private::moveCursor(const QPoint& at) {
    QCustomPlot* plot = view->plot();
    std::size_t sample = 0;
    if (!plot->axisRect()->rect().contains(at) ||
        !pick(plot->xAxis->pixelToCoord(at.x()), plot->yAxis->pixelToCoord(at.y()), cursorSpectrum, sample)) {
        clearCursor();
        return;
    }
    const PlottedSpectrum& s = spectra[cursorSpectrum];
    if (cursorWavelength == s.wavelength[sample] && cursorFlux == double(s.flux[sample])) return;
    cursorWavelength = s.wavelength[sample];
    cursorFlux = double(s.flux[sample]);
    const QString text = describe(s, sample);
    cursorText = text;
    double v = nan;
    if (velocityReference > 0) {
        v = velocity(cursorWavelength, velocityReference);
        cursorText += QStringLiteral("  %1 %2%3 km/s")
                          .arg(velocityName, v < 0 ? QStringLiteral("−") : QStringLiteral("+"),
                               QString::number(std::abs(std::round(v))));
    }
    redrawOverlay();
    Q_EMIT view->readOut(text, cursorWavelength, cursorFlux, v, s.id);
}

void SpectrumPlot::Private::clearCursor() {
    if (std::isnan(cursorWavelength)) return;
    cursorWavelength = cursorFlux = nan;
    redrawOverlay();
    Q_EMIT view->readOut(QString(), nan, nan, nan, QString());
}

void SpectrumPlot::Private::replaced(bool refit) {
    cursorWavelength = cursorFlux = nan;
    showAxes();
    if ((refit && !locked) || !fitted) {
        view->fit();
    } else {
        view->redraw();
    }
}

SpectrumPlot::SpectrumPlot(QWidget* parent) : PlotView(parent), d_(std::make_unique<Private>()) {
    d_->view = this;
    d_->emptyText = tr("No spectrum chosen");
    setObjectName(QStringLiteral("spectrumPlot"));
    setAccessibleName(tr("Spectrum"));
    plot()->xAxis->setLabel(tr("λ (vacuum) [Å]"));
    plot()->yAxis->setLabel(tr("flux"));
    new Private::Curves(plot(), *d_);
    new Private::Overlay(plot(), *d_);
    d_->flashAnimation = new QVariantAnimation(this);
    d_->flashAnimation->setDuration(400);
    d_->flashAnimation->setStartValue(1.0);
    d_->flashAnimation->setEndValue(0.0);
    d_->flashAnimation->setEasingCurve(QEasingCurve::InQuad);
    connect(d_->flashAnimation, &QVariantAnimation::valueChanged, this, [this](const QVariant& value) {
        d_->flashStrength = value.toDouble();
        d_->redrawOverlay();
    });
    d_->showAxes();
    SpectrumPlot::applyColours();
}

SpectrumPlot::~SpectrumPlot() {
    // The plot's layerables look at d_; they go first.
    delete plot();
}

void SpectrumPlot::setSpectra(std::vector<PlottedSpectrum> spectra) {
    const bool same = std::equal(spectra.begin(), spectra.end(), d_->spectra.begin(), d_->spectra.end(),
                                 [](const auto& a, const auto& b) { return a.id == b.id; });
    d_->spectra = std::move(spectra);
    d_->replaced(!same);
}

void SpectrumPlot::setSpectrum(PlottedSpectrum spectrum) {
    std::vector<PlottedSpectrum> one;
    one.push_back(std::move(spectrum));
    setSpectra(std::move(one));
}

void SpectrumPlot::clear() {
    d_->backdrop.reset();
    setSpectra({});
}

const std::vector<PlottedSpectrum>& SpectrumPlot::spectra() const {
    return d_->spectra;
}

void SpectrumPlot::setCurrent(const QString& id) {
    if (d_->currentId == id) return;
    d_->currentId = id;
    redraw();
}

void SpectrumPlot::setBackdrop(std::optional<PlottedSpectrum> backdrop) {
    d_->backdrop = std::move(backdrop);
    d_->showAxes();
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
    double left = std::numeric_limits<double>::infinity(), right = -left, low = left, high = -left;
    const auto include = [&](const PlottedSpectrum& s) {
        if (s.empty()) return;
        left = std::min(left, s.wavelength.front());
        right = std::max(right, s.wavelength.back());
        for (std::size_t i = 0; i < s.flux.size(); ++i) {
            if (!std::isfinite(s.flux[i]) || masked(s, i)) continue;
            low = std::min(low, double(s.flux[i]));
            high = std::max(high, double(s.flux[i]));
        }
    };
    for (const PlottedSpectrum& s : d_->spectra)
        include(s);
    if (d_->backdrop) include(*d_->backdrop);
    if (right > left) {
        plot()->xAxis->setRange(left, right);
        d_->fitted = true;
    }
    if (high >= low) {
        // Room above for the names of the lines.
        const double span = high > low ? high - low : std::max(1e-30, std::abs(high));
        plot()->yAxis->setRange(low - 0.05 * span, high + 0.12 * span);
    }
    redraw();
}

void SpectrumPlot::setLines(std::vector<MarkedLine> lines) {
    d_->lines = std::move(lines);
    std::sort(d_->lines.begin(), d_->lines.end(),
              [](const auto& a, const auto& b) { return a.wavelength < b.wavelength; });
    redraw();
}

void SpectrumPlot::setLinesVisible(bool visible) {
    d_->linesVisible = visible;
    redraw();
}

bool SpectrumPlot::linesVisible() const {
    return d_->linesVisible;
}

void SpectrumPlot::setErrorVisible(bool visible) {
    d_->errorVisible = visible;
    redraw();
}

void SpectrumPlot::setLegendLimit(int spectra) {
    d_->legendLimit = spectra;
    redraw();
}

void SpectrumPlot::setVelocityReference(double restWavelength, const QString& name) {
    d_->velocityReference = restWavelength;
    d_->velocityName = name;
}

QString SpectrumPlot::readOutAt(double wavelength, double value) const {
    std::size_t spectrum = 0, sample = 0;
    return d_->pick(wavelength, value, spectrum, sample) ? Private::describe(d_->spectra[spectrum], sample)
                                                         : QString();
}

void SpectrumPlot::flash(const QColor& colour, const QString& text) {
    d_->flashColour = colour;
    d_->flashText = text;
    d_->flashAnimation->stop();
    d_->flashAnimation->start();
}

void SpectrumPlot::setEmptyText(const QString& text) {
    d_->emptyText = text;
    redraw();
}

bool SpectrumPlot::eventFilter(QObject* watched, QEvent* event) {
    if (watched == plot()) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        switch (event->type()) {
        case QEvent::MouseButtonPress:
            d_->pressed = mouse->pos();
            if (mouse->button() == Qt::LeftButton && mouse->modifiers().testFlag(Qt::ControlModifier) &&
                plot()->axisRect()->rect().contains(mouse->pos())) {
                d_->intervalFrom = d_->intervalTo = plot()->xAxis->pixelToCoord(mouse->pos().x());
                return true;
            }
            break;
        case QEvent::MouseMove:
            if (!std::isnan(d_->intervalFrom)) {
                d_->intervalTo = plot()->xAxis->pixelToCoord(mouse->pos().x());
                d_->redrawOverlay();
                return true;
            }
            if (mouse->buttons() == Qt::NoButton) {
                d_->moveCursor(mouse->pos());
            } else {
                d_->clearCursor();
            }
            break;
        case QEvent::MouseButtonRelease:
            if (!std::isnan(d_->intervalFrom)) {
                const auto [lower, upper] = std::minmax(d_->intervalFrom, d_->intervalTo);
                const double from = lower, to = upper;
                d_->intervalFrom = d_->intervalTo = nan;
                d_->redrawOverlay();
                if (to > from) Q_EMIT intervalSelected(from, to);
                return true;
            }
            if (mouse->button() == Qt::LeftButton && (mouse->pos() - d_->pressed).manhattanLength() < 4) {
                std::size_t spectrum = 0, sample = 0;
                if (plot()->axisRect()->rect().contains(mouse->pos()) &&
                    d_->pick(plot()->xAxis->pixelToCoord(mouse->pos().x()),
                             plot()->yAxis->pixelToCoord(mouse->pos().y()), spectrum, sample))
                    Q_EMIT spectrumClicked(d_->spectra[spectrum].id);
            }
            break;
        case QEvent::Leave:
            d_->clearCursor();
            break;
        default:
            break;
        }
    }
    return PlotView::eventFilter(watched, event);
}

void SpectrumPlot::applyColours() {
    PlotView::applyColours();
}

} // namespace balmer::widgets
