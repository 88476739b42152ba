#include "widgets/spectrum/line_strip.h"

#include <algorithm>
#include <cmath>

#include <QEvent>
#include <QMouseEvent>
#include <QVBoxLayout>

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"
#include "widgets/plot/house_style.h"

namespace balmer::widgets {

struct LineStrip::Private {
    struct Cell {
        MarkedLine line;
        QCPAxisRect* rect = nullptr;
        QCPGraph* masked = nullptr; ///< every sample, in grey; the good ones are drawn over it
        QCPGraph* graph = nullptr;
        QCPItemText* title = nullptr;
        QCPItemText* absent = nullptr;
        QCPItemStraightLine* rest = nullptr;
    };

    QCustomPlot* plot = nullptr;
    std::vector<Cell> cells;
    double halfWidth = 1500;

    void applyColours(const QFont& font) {
        const ThemeColours& c = theme();
        applyHouseStyle(*plot, font);
        for (Cell& cell : cells) {
            cell.masked->setPen(QPen(c.masked, 1.1));
            cell.graph->setPen(QPen(c.spectrum, 1.1));
            cell.rest->setPen(QPen(c.border, 1, Qt::DashLine));
            cell.title->setFont(smallFont(font));
            cell.title->setColor(c.text);
            cell.absent->setFont(smallFont(font));
            cell.absent->setColor(c.mutedText);
        }
    }

    void fill(Cell& cell, const PlottedSpectrum& s) const {
        const double from = wavelengthAt(-halfWidth, cell.line.wavelength);
        const double to = wavelengthAt(halfWidth, cell.line.wavelength);
        const auto first = std::lower_bound(s.wavelength.begin(), s.wavelength.end(), from);
        const auto last = std::upper_bound(first, s.wavelength.end(), to);
        QVector<QCPGraphData> data, all;
        double low = 0, high = 0;
        bool any = false;
        if (!s.empty()) {
            data.reserve(last - first);
            all.reserve(last - first);
            for (auto it = first; it != last; ++it) {
                const auto i = std::size_t(it - s.wavelength.begin());
                const double flux = double(s.flux[i]);
                const bool good = std::isfinite(flux) && (i >= s.mask.size() || s.mask[i] == 0);
                const double v = velocity(*it, cell.line.wavelength);
                data.append(QCPGraphData(v, good ? flux : std::nan("")));
                all.append(QCPGraphData(v, flux));
                if (!std::isfinite(flux)) continue;
                low = any ? std::min(low, flux) : flux;
                high = any ? std::max(high, flux) : flux;
                any = true;
            }
        }
        cell.masked->data()->set(all, true);
        cell.graph->data()->set(data, true);
        cell.absent->setVisible(!any && !s.empty());
        const double span = high > low ? high - low : std::max(1e-30, std::abs(high));
        if (any) cell.rect->axis(QCPAxis::atLeft)->setRange(low - 0.06 * span, high + 0.42 * span);
    }
};

LineStrip::LineStrip(QWidget* parent) : QWidget(parent), d_(std::make_unique<Private>()) {
    setObjectName(QStringLiteral("lineStrip"));
    setAccessibleName(tr("Lines in velocity"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    d_->plot = new QCustomPlot(this);
    d_->plot->setFocusPolicy(Qt::NoFocus);
    layout->addWidget(d_->plot);
    using spectrum::line;
    setLines({marked(line("Hα")), marked(line("Hβ")), marked(line("He I 6678")), marked(line("Ca II K"))});
    connect(d_->plot, &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        for (const Private::Cell& cell : d_->cells) {
            if (cell.rect->rect().contains(event->pos()))
                Q_EMIT lineClicked(cell.line.name, cell.line.wavelength);
        }
    });
}

LineStrip::~LineStrip() = default;

void LineStrip::setLines(std::vector<MarkedLine> lines, double halfWidthKmPerSecond) {
    QCustomPlot& plot = *d_->plot;
    d_->cells.clear();
    d_->halfWidth = halfWidthKmPerSecond;
    plot.clearItems();
    plot.clearPlottables();
    plot.plotLayout()->clear();
    plot.plotLayout()->setColumnSpacing(gridStep);
    int column = 0;
    for (MarkedLine& line : lines) {
        Private::Cell cell;
        cell.line = std::move(line);
        cell.rect = new QCPAxisRect(&plot, false);
        cell.rect->setLayer(QStringLiteral("background"));
        cell.rect->setMinimumMargins(
            QMargins(column == 0 ? 3 * gridStep : gridStep, 4, gridStep, 5 * gridStep));
        QCPAxis* x = cell.rect->addAxis(QCPAxis::atBottom);
        QCPAxis* y = cell.rect->addAxis(QCPAxis::atLeft);
        // On the layers of the default axes, below which the curves are drawn.
        for (QCPAxis* axis : {x, y}) {
            axis->setLayer(QStringLiteral("axes"));
            axis->grid()->setLayer(QStringLiteral("grid"));
        }
        x->setRange(-d_->halfWidth, d_->halfWidth);
        x->setLabel(tr("v [km s⁻¹]"));
        x->setTicker(houseTicker());
        x->ticker()->setTickCount(3);
        // Each plot is scaled for itself: the values would only distract, the label says what the height is.
        y->setTickLabels(false);
        y->setTicks(false);
        if (column == 0) y->setLabel(tr("flux [rel.]"));
        plot.plotLayout()->addElement(0, column++, cell.rect);
        cell.masked = plot.addGraph(x, y);
        cell.graph = plot.addGraph(x, y);
        const auto text = [&](Qt::Alignment alignment, double relativeX, double relativeY) {
            auto* item = new QCPItemText(&plot);
            item->setClipToAxisRect(false);
            item->position->setAxisRect(cell.rect);
            item->position->setType(QCPItemPosition::ptAxisRectRatio);
            item->position->setCoords(relativeX, relativeY);
            item->setPositionAlignment(alignment);
            return item;
        };
        cell.title = text(Qt::AlignLeft | Qt::AlignTop, 0.03, 0.01);
        cell.title->setText(cell.line.name);
        cell.absent = text(Qt::AlignCenter, 0.5, 0.55);
        cell.absent->setText(tr("not covered"));
        cell.rest = new QCPItemStraightLine(&plot);
        cell.rest->setLayer(QStringLiteral("grid"));
        cell.rest->setClipAxisRect(cell.rect);
        for (QCPItemPosition* end : {cell.rest->point1, cell.rest->point2}) {
            end->setAxisRect(cell.rect);
            end->setAxes(x, y);
        }
        cell.rest->point1->setCoords(0, 0);
        cell.rest->point2->setCoords(0, 1);
        d_->cells.push_back(cell);
    }
    d_->applyColours(font());
    plot.replot(QCustomPlot::rpQueuedReplot);
}

void LineStrip::setSpectrum(const PlottedSpectrum& spectrum) {
    for (Private::Cell& cell : d_->cells)
        d_->fill(cell, spectrum);
    d_->plot->replot(QCustomPlot::rpQueuedReplot);
}

void LineStrip::clear() {
    setSpectrum(PlottedSpectrum{});
}

QCustomPlot* LineStrip::plot() const {
    return d_->plot;
}

QSize LineStrip::sizeHint() const {
    return {80 * gridStep, 17 * gridStep};
}

void LineStrip::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        d_->applyColours(font());
        d_->plot->replot(QCustomPlot::rpQueuedReplot);
    }
    QWidget::changeEvent(event);
}

} // namespace balmer::widgets
