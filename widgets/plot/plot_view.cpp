#include "widgets/plot/plot_view.h"

#include <algorithm>
#include <cmath>

#include <QBuffer>
#include <QEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPageSize>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <QVBoxLayout>

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"
#include "widgets/plot/house_style.h"

namespace balmer::widgets {

namespace {
constexpr int dragThreshold = 5;
const QString overlayName = QStringLiteral("overlay"); // QCustomPlot's own layer, which has a buffer
} // namespace

/// Draws the layers into the plot: those of the figure, or the overlay into its buffer.
class PlotView::Canvas : public QCPLayerable {
  public:
    Canvas(const PlotView& view, bool overlay)
        : QCPLayerable(view.plot_, overlay ? overlayName : QStringLiteral("main")), view_(view),
          overlay_(overlay) {}

  protected:
    void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }
    QRect clipRect() const override { return mParentPlot->axisRect()->rect(); }

    void draw(QCPPainter* painter) override {
        if (overlay_ && painter->modes().testFlag(QCPPainter::pmNoCaching)) return; // a figure
        const PlotAxes axes(*mParentPlot, view_.font(), painter);
        for (const PlotLayer* layer : view_.layers_.visible(overlay_)) {
            painter->save();
            painter->setAntialiasing(true);
            layer->draw(*painter, axes);
            painter->restore();
        }
    }

  private:
    const PlotView& view_;
    bool overlay_;
};

PlotView::PlotView(QWidget* parent) : QWidget(parent), plot_(new QCustomPlot(this)) {
    setObjectName(QStringLiteral("plotView"));
    setAccessibleName(tr("Plot"));
    setFocusPolicy(Qt::StrongFocus);
    setToolTip(QString());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(plot_);
    plot_->setFocusPolicy(Qt::NoFocus);
    plot_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    plot_->setMouseTracking(true);
    plot_->axisRect()->setMinimumMargins(QMargins(9 * gridStep, gridStep, gridStep, 5 * gridStep));
    plot_->axisRect()->setRangeZoomFactor(0.85);
    plot_->installEventFilter(this);
    for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis, plot_->yAxis2})
        axis->setTicker(houseTicker());
    new Canvas(*this, false);
    new Canvas(*this, true);
    PlotView::applyColours();
}

PlotView::~PlotView() {
    // It looks at the layers; it goes first.
    plot_->removeEventFilter(this);
    delete plot_;
}

void PlotView::insertLayer(std::unique_ptr<PlotLayer> layer, LayerDepth depth) {
    layers_.insert(std::move(layer), depth);
    redraw();
}

PlotExtent PlotView::extent() const {
    PlotExtent all;
    for (const PlotLayer* layer : layers_.visible())
        all.include(layer->extent());
    return all;
}

std::optional<PlotPick> PlotView::pickAt(const QPoint& position) const {
    const PlotAxes axes(*plot_, font());
    if (!axes.box.contains(position)) return std::nullopt;
    const QPointF at(axes.valueAtX(position.x()), axes.valueAtY(position.y()));
    const std::vector<PlotLayer*> layers = layers_.visible();
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer)
        if (auto pick = (*layer)->pick(at, axes)) return pick;
    return std::nullopt;
}

void PlotView::setAxisLabels(const QString& x, const QString& y) {
    plot_->xAxis->setLabel(x);
    plot_->yAxis->setLabel(y);
    redraw();
}

void PlotView::setXRange(double lower, double upper) {
    plot_->xAxis->setRange(lower, upper);
    redraw();
}

void PlotView::setYRange(double lower, double upper) {
    plot_->yAxis->setRange(lower, upper);
    redraw();
}

std::pair<double, double> PlotView::xRange() const {
    const QCPRange range = plot_->xAxis->range();
    return {range.lower, range.upper};
}

std::pair<double, double> PlotView::yRange() const {
    const QCPRange range = plot_->yAxis->range();
    return {range.lower, range.upper};
}

void PlotView::redraw() {
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void PlotView::redrawNow() {
    plot_->replot(QCustomPlot::rpImmediateRefresh);
}

void PlotView::redrawOverlay() {
    plot_->layer(overlayName)->replot();
}

void PlotView::fit() {
    const PlotExtent all = extent();
    if (all.hasX()) plot_->xAxis->setRange(all.left, all.right);
    if (all.hasY()) {
        const double span = all.high > all.low ? all.high - all.low : std::max(1e-30, std::abs(all.high));
        plot_->yAxis->setRange(all.low - 0.05 * span, all.high + 0.12 * span);
    }
    redraw();
}

QImage PlotView::image(QSize size, double scale) {
    QImage result;
    {
        const LightThemeScope paper;
        applyColours();
        result = plot_->toPixmap(size.width(), size.height(), scale).toImage();
    }
    applyColours();
    redraw();
    return result;
}

QByteArray PlotView::exported(ExportFormat format, QSize size) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (format == ExportFormat::Png) {
        image(size).save(&buffer, "PNG");
        return bytes;
    }
    const auto draw = [&](QPaintDevice* device) {
        const LightThemeScope paper;
        applyColours();
        QCPPainter painter(device);
        painter.setMode(QCPPainter::pmVectorized);
        painter.setMode(QCPPainter::pmNoCaching);
        plot_->toPainter(&painter, size.width(), size.height());
    };
    if (format == ExportFormat::Svg) {
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        generator.setSize(size);
        generator.setViewBox(QRect(QPoint(0, 0), size));
        generator.setTitle(accessibleName());
        draw(&generator);
    } else {
        QPdfWriter writer(&buffer);
        writer.setPageSize(QPageSize(QSizeF(size), QPageSize::Point, QString(), QPageSize::ExactMatch));
        writer.setPageMargins(QMarginsF(0, 0, 0, 0));
        writer.setResolution(72);
        writer.setTitle(accessibleName());
        draw(&writer);
    }
    applyColours();
    redraw();
    return bytes;
}

void PlotView::applyColours() {
    applyHouseStyle(*plot_, font());
}

void PlotView::zoom(double factor) {
    for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis})
        axis->scaleRange(factor, axis->range().center());
    redraw();
    Q_EMIT rangeChangedByUser();
}

void PlotView::pan(double fractionX, double fractionY) {
    plot_->xAxis->moveRange(fractionX * plot_->xAxis->range().size());
    plot_->yAxis->moveRange(fractionY * plot_->yAxis->range().size());
    redraw();
    Q_EMIT rangeChangedByUser();
}

bool PlotView::eventFilter(QObject* watched, QEvent* event) {
    if (watched != plot_) return QWidget::eventFilter(watched, event);
    switch (event->type()) {
    case QEvent::MouseButtonPress: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        pressed_ = mouse->pos();
        moved_ = false;
        const bool band =
            mouse->button() == Qt::RightButton ||
            (mouse->button() == Qt::LeftButton && mouse->modifiers().testFlag(Qt::ShiftModifier));
        plot_->setSelectionRectMode(band ? QCP::srmZoom : QCP::srmNone);
        if (band) {
            plot_->selectionRect()->setPen(QPen(theme().selection, 1));
            QColor fill = theme().selection;
            fill.setAlphaF(0.12F);
            plot_->selectionRect()->setBrush(fill);
        }
        break;
    }
    case QEvent::MouseMove: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->buttons() == Qt::NoButton) break;
        if ((mouse->pos() - pressed_).manhattanLength() > dragThreshold) moved_ = true;
        // A hand that trembles during a click moves nothing.
        if (!moved_) return true;
        if (mouse->buttons().testFlag(Qt::LeftButton) && plot_->selectionRectMode() == QCP::srmNone)
            Q_EMIT rangeChangedByUser();
        break;
    }
    case QEvent::MouseButtonRelease: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (plot_->selectionRectMode() == QCP::srmNone) break;
        if (!moved_) plot_->selectionRect()->cancel();
        if (mouse->button() == Qt::RightButton && !moved_) showContextMenu(mouse->globalPosition().toPoint());
        if (moved_) Q_EMIT rangeChangedByUser();
        break;
    }
    case QEvent::MouseButtonDblClick: {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->button() != Qt::LeftButton) break;
        fit();
        Q_EMIT rangeChangedByUser();
        return true;
    }
    case QEvent::Wheel: {
        const QPointF at = static_cast<QWheelEvent*>(event)->position();
        const QRect inside = plot_->axisRect()->rect();
        Qt::Orientations directions = Qt::Horizontal | Qt::Vertical;
        if (at.y() > inside.bottom()) directions = Qt::Horizontal;
        if (at.x() < inside.left()) directions = Qt::Vertical;
        plot_->axisRect()->setRangeZoom(directions);
        if (directions != (Qt::Horizontal | Qt::Vertical)) {
            // The plot itself zooms only where the cursor is inside the axes.
            const double steps = static_cast<QWheelEvent*>(event)->angleDelta().y() / 120.0;
            QCPAxis* axis = directions == Qt::Horizontal ? plot_->xAxis : plot_->yAxis;
            axis->scaleRange(std::pow(0.85, steps),
                             axis->pixelToCoord(directions == Qt::Horizontal ? at.x() : at.y()));
            redraw();
        }
        Q_EMIT rangeChangedByUser();
        break;
    }
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void PlotView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        applyColours();
        redraw();
    }
    QWidget::changeEvent(event);
}

void PlotView::resizeEvent(QResizeEvent* event) {
    // As many labels as there is room for.
    plot_->xAxis->ticker()->setTickCount(std::clamp(width() / 130, 3, 10));
    for (QCPAxis* axis : {plot_->yAxis, plot_->yAxis2})
        axis->ticker()->setTickCount(std::clamp(height() / 45, 3, 8));
    QWidget::resizeEvent(event);
}

void PlotView::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(0.8);
        return;
    case Qt::Key_Minus:
        zoom(1.25);
        return;
    case Qt::Key_0:
        fit();
        Q_EMIT rangeChangedByUser();
        return;
    case Qt::Key_Left:
        pan(-0.1, 0);
        return;
    case Qt::Key_Right:
        pan(0.1, 0);
        return;
    case Qt::Key_Up:
        pan(0, 0.1);
        return;
    case Qt::Key_Down:
        pan(0, -0.1);
        return;
    case Qt::Key_Menu:
        showContextMenu(mapToGlobal(rect().center()));
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void PlotView::showContextMenu(const QPoint& globalPosition) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* fitAction = menu->addAction(tr("Fit to data\t0"), this, [this] {
        fit();
        Q_EMIT rangeChangedByUser();
    });
    fitAction->setObjectName(QStringLiteral("plotFit"));
    menu->addSeparator();
    const std::pair<QString, ExportFormat> formats[] = {{tr("Export as PNG…"), ExportFormat::Png},
                                                        {tr("Export as SVG…"), ExportFormat::Svg},
                                                        {tr("Export as PDF…"), ExportFormat::Pdf}};
    for (const auto& [text, format] : formats)
        menu->addAction(text, this, [this, chosen = format] { Q_EMIT exportRequested(chosen); });
    Q_EMIT contextMenuAboutToShow(menu);
    menu->popup(globalPosition);
}

} // namespace balmer::widgets
