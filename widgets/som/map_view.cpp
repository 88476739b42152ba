#include "widgets/som/map_view.h"

#include <algorithm>

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPixmap>
#include <QToolTip>

#include "widgets/common/theme.h"
#include "widgets/som/cells_layer.h"
#include "widgets/som/hits_layer.h"
#include "widgets/som/lasso_layer.h"
#include "widgets/som/lattice_geometry.h"
#include "widgets/som/neuron_cursor_layer.h"
#include "widgets/som/numbers_layer.h"
#include "widgets/som/pies_layer.h"
#include "widgets/som/selection_layer.h"

namespace balmer::widgets {

namespace {

/// Of everything in a map.
QFont mapFont(const QWidget& widget) {
    return tabularFont(smallFont(widget.font()));
}

void drawLayers(QPainter& painter, const std::vector<MapLayer*>& layers, const LatticeGeometry& geometry) {
    for (const MapLayer* layer : layers) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        layer->draw(painter, geometry);
        painter.restore();
    }
}

} // namespace

struct MapView::Private {
    MapView* view = nullptr;
    MapShape shape;
    QString empty = tr("No map chosen");
    LayerStack<MapLayer> layers;

    // Of these, in the order in which they are drawn.
    CellsLayer* cells = nullptr;
    HitsLayer* hits = nullptr;
    PiesLayer* pies = nullptr;
    SelectionLayer* selection = nullptr;
    NeuronCursorLayer* cursor = nullptr;
    LassoLayer* lasso = nullptr;

    QPixmap picture; ///< all but the overlay; made again when anything of it changes
    bool pictureValid = false;

    LatticeGeometry geometry() const {
        return LatticeGeometry(shape, QSizeF(view->size()), QFontMetricsF(mapFont(*view)));
    }
    void drawPicture(QPainter& painter, QSizeF size) const;
    void drawLegend(QPainter& painter, QSizeF size) const;
    void activate(int neuron, bool add);
    void finishLasso(bool add);
    void setHovered(int neuron);
};

void MapView::Private::drawPicture(QPainter& painter, QSizeF size) const {
    painter.fillRect(QRectF(QPointF(0, 0), size), theme().plot);
    const QFont font = mapFont(*view);
    painter.setFont(font);
    if (shape.neurons() == 0) {
        painter.setPen(theme().mutedText);
        const QMarginsF margins(3 * gridStep, 0, 3 * gridStep, 0);
        painter.drawText(QRectF(QPointF(0, 0), size).marginsRemoved(margins),
                         Qt::AlignCenter | Qt::TextWordWrap, empty);
        return;
    }
    drawLayers(painter, layers.visible(), LatticeGeometry(shape, size, QFontMetricsF(font)));
    drawLegend(painter, size);
}

/// At the right of the line below the map, whose left is the cursor's; as many entries as there is room for.
void MapView::Private::drawLegend(QPainter& painter, QSizeF size) const {
    const QFontMetricsF metrics(painter.font());
    const double height = metrics.height(), mark = height * 0.6;
    const double left = size.width() / 2;
    double right = size.width() - gridStep;
    const std::vector<MapLayer*> named = layers.visible();
    for (auto layer = named.rbegin(); layer != named.rend(); ++layer) {
        const std::vector<LegendEntry> rows = (*layer)->legend();
        for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
            if (row->name.isEmpty()) continue;
            const double width = mark + 4 + metrics.horizontalAdvance(row->name);
            if (right - width < left) return;
            const double top = size.height() - height - 2;
            painter.fillRect(QRectF(right - width, top + (height - mark) / 2, mark, mark), row->colour);
            painter.setPen(theme().text);
            painter.drawText(QRectF(right - width + mark + 4, top, width, height),
                             Qt::AlignLeft | Qt::AlignVCenter, row->name);
            right -= width + 2 * gridStep;
        }
    }
}

void MapView::Private::activate(int neuron, bool add) {
    if (!shape.has(neuron)) return;
    const std::set<int> before = selection->selected;
    if (add) {
        // Ctrl-click takes a chosen one out again.
        if (!selection->selected.erase(neuron)) selection->selected.insert(neuron);
    } else {
        selection->selected = {neuron};
    }
    cursor->current = neuron;
    view->setAccessibleDescription(view->describe(neuron));
    view->update();
    Q_EMIT view->neuronActivated(neuron);
    if (selection->selected != before) Q_EMIT view->selectionChanged(view->selectedNeurons());
}

void MapView::Private::finishLasso(bool add) {
    const LatticeGeometry g = geometry();
    const std::set<int> before = selection->selected;
    if (!add) selection->selected.clear();
    for (int n = 0; n < shape.neurons(); ++n)
        if (lasso->surrounds(g.centre(n))) selection->selected.insert(n);
    if (selection->selected != before) Q_EMIT view->selectionChanged(view->selectedNeurons());
}

void MapView::Private::setHovered(int neuron) {
    if (cursor->hovered == neuron) return;
    cursor->hovered = neuron;
    view->update();
    Q_EMIT view->neuronHovered(neuron, view->describe(neuron));
}

MapView::MapView(QWidget* parent) : QWidget(parent), d_(std::make_unique<Private>()) {
    d_->view = this;
    setObjectName(QStringLiteral("mapView"));
    setAccessibleName(tr("Self-organising map"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    d_->cells = addLayer(std::make_unique<CellsLayer>());
    d_->hits = addLayer(std::make_unique<HitsLayer>());
    d_->pies = addLayer(std::make_unique<PiesLayer>(*d_->hits));
    addLayer(std::make_unique<NumbersLayer>());
    d_->selection = addLayer(std::make_unique<SelectionLayer>(), LayerDepth::Overlay);
    d_->cursor = addLayer(std::make_unique<NeuronCursorLayer>(), LayerDepth::Overlay);
    d_->lasso = addLayer(std::make_unique<LassoLayer>(), LayerDepth::Overlay);
    d_->hits->setVisible(false);
    d_->pies->setVisible(false);
}

MapView::~MapView() = default;

void MapView::insertLayer(std::unique_ptr<MapLayer> layer, LayerDepth depth) {
    d_->layers.insert(std::move(layer), depth);
    redraw();
}

void MapView::redraw() {
    d_->pictureValid = false;
    update();
}

void MapView::setShape(const MapShape& shape) {
    if (shape == d_->shape) return;
    d_->shape = shape;
    if (shape.rows <= 0 || shape.columns <= 0) d_->shape = MapShape{shape.lattice, 0, 0};
    for (MapLayer* layer : d_->layers.all())
        layer->reset();
    redraw();
}

const MapShape& MapView::shape() const {
    return d_->shape;
}

void MapView::setEmptyText(const QString& text) {
    d_->empty = text;
    redraw();
}

void MapView::setValues(NeuronValues values) {
    d_->cells->setValues(std::move(values));
    redraw();
}

void MapView::setLogarithmic(bool logarithmic) {
    d_->cells->setLogarithmic(logarithmic);
    redraw();
}

void MapView::setColourMap(ColourMap map) {
    d_->cells->setColourMap(map);
    redraw();
}

void MapView::setHits(std::vector<int> hits) {
    d_->hits->setHits(std::move(hits));
    redraw();
}

void MapView::setBubblesVisible(bool visible) {
    d_->hits->setVisible(visible);
    redraw();
}

void MapView::setClassCounts(std::vector<std::vector<int>> counts, QStringList classNames) {
    d_->pies->setCounts(std::move(counts), std::move(classNames));
    redraw();
}

void MapView::setPiesVisible(bool visible) {
    d_->pies->setVisible(visible);
    redraw();
}

int MapView::currentNeuron() const {
    return d_->cursor->current;
}

void MapView::setCurrentNeuron(int neuron) {
    d_->cursor->current = d_->shape.has(neuron) ? neuron : -1;
    update();
}

std::vector<int> MapView::selectedNeurons() const {
    return {d_->selection->selected.begin(), d_->selection->selected.end()};
}

void MapView::setSelectedNeurons(const std::vector<int>& neurons) {
    d_->selection->selected.clear();
    for (const int n : neurons) {
        if (d_->shape.has(n)) d_->selection->selected.insert(n);
    }
    update();
}

void MapView::setHighlightedNeurons(const std::vector<int>& neurons) {
    d_->selection->highlighted = neurons;
    update();
}

int MapView::densestNeuron() const {
    return d_->hits->densestNeuron();
}

int MapView::neuronAt(QPointF position) const {
    return d_->geometry().neuronAt(position);
}

QPointF MapView::centreOf(int neuron) const {
    return d_->shape.has(neuron) ? d_->geometry().centre(neuron) : QPointF();
}

QString MapView::describe(int neuron) const {
    if (!d_->shape.has(neuron)) return {};
    const int columns = d_->shape.columns;
    QString text = tr("neuron %1,%2").arg(neuron % columns).arg(neuron / columns);
    if (std::size_t(neuron) < d_->hits->hits().size()) {
        const int count = d_->hits->hits()[std::size_t(neuron)];
        text += QStringLiteral(" · ") +
                (count == 1 ? tr("1 spectrum") : tr("%1 spectra").arg(groupedNumber(count)));
    }
    return text;
}

QImage MapView::image(QSize size, double scale) {
    const LightThemeScope paper;
    QImage result((QSizeF(size) * scale).toSize(), QImage::Format_RGB32);
    QPainter painter(&result);
    painter.scale(scale, scale);
    d_->drawPicture(painter, QSizeF(size));
    return result;
}

QSize MapView::sizeHint() const {
    return {64 * gridStep, 56 * gridStep};
}

QSize MapView::minimumSizeHint() const {
    return {30 * gridStep, 26 * gridStep};
}

void MapView::paintEvent(QPaintEvent*) {
    const double ratio = devicePixelRatioF();
    if (!d_->pictureValid || d_->picture.size() != size() * ratio) {
        d_->picture = QPixmap(size() * ratio);
        d_->picture.setDevicePixelRatio(ratio);
        QPainter painter(&d_->picture);
        d_->drawPicture(painter, QSizeF(size()));
        d_->pictureValid = true;
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, d_->picture);
    if (d_->shape.neurons() == 0) return;
    d_->cursor->focused = hasFocus();
    d_->cursor->text = describe(d_->cursor->shown());
    painter.setFont(mapFont(*this));
    drawLayers(painter, d_->layers.visible(true), d_->geometry());
}

void MapView::resizeEvent(QResizeEvent*) {
    d_->pictureValid = false;
}

void MapView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) redraw();
    QWidget::changeEvent(event);
}

void MapView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    d_->lasso->begin(event->position(), event->modifiers().testFlag(Qt::ShiftModifier));
}

void MapView::mouseMoveEvent(QMouseEvent* event) {
    if (!d_->lasso->active()) {
        d_->setHovered(neuronAt(event->position()));
    } else if (d_->lasso->extendTo(event->position())) {
        update();
    }
}

void MapView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !d_->lasso->active()) return;
    const bool add = event->modifiers().testFlag(Qt::ControlModifier);
    if (d_->lasso->dragged()) {
        d_->lasso->extendTo(event->position());
        d_->lasso->cancel();
        d_->finishLasso(add);
        update();
    } else {
        d_->lasso->cancel();
        d_->activate(neuronAt(event->position()), add);
    }
}

void MapView::leaveEvent(QEvent*) {
    d_->setHovered(-1);
}

void MapView::keyPressEvent(QKeyEvent* event) {
    const int columns = d_->shape.columns;
    const int rows = d_->shape.rows;
    if (columns == 0 || rows == 0) {
        QWidget::keyPressEvent(event);
        return;
    }
    const bool add = event->modifiers().testFlag(Qt::ShiftModifier);
    const int start = std::max(d_->cursor->current, 0);
    int column = start % columns, row = start / columns;
    switch (event->key()) {
    case Qt::Key_Left:
        column = std::max(0, column - 1);
        break;
    case Qt::Key_Right:
        column = std::min(columns - 1, column + 1);
        break;
    case Qt::Key_Up:
        row = std::max(0, row - 1);
        break;
    case Qt::Key_Down:
        row = std::min(rows - 1, row + 1);
        break;
    case Qt::Key_Home:
        d_->activate(densestNeuron(), false);
        return;
    case Qt::Key_Escape:
        d_->lasso->cancel();
        if (!d_->selection->selected.empty()) {
            d_->selection->selected.clear();
            Q_EMIT selectionChanged({});
        }
        update();
        return;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    const int next = d_->cursor->current < 0 ? start : row * columns + column;
    if (next == d_->cursor->current) return;
    // Shift walks and keeps what was chosen.
    if (add && d_->selection->selected.count(next)) {
        d_->cursor->current = next;
        update();
        Q_EMIT neuronActivated(next);
    } else {
        d_->activate(next, add);
    }
}

void MapView::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Go to the densest neuron\tHome"), this,
                    [this] { d_->activate(densestNeuron(), false); });
    menu->addAction(tr("Label the selection…\tL"), this, &MapView::labelRequested);
    menu->addSeparator();
    menu->addAction(tr("Export as PNG…"), this, &MapView::exportRequested);
    Q_EMIT contextMenuAboutToShow(menu);
    menu->popup(event->globalPos());
}

bool MapView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int neuron = neuronAt(QPointF(help->pos()));
        if (neuron < 0) {
            QToolTip::hideText();
        } else {
            QString text = describe(neuron);
            for (const MapLayer* layer : d_->layers.all())
                if (const QString said = layer->pick(neuron); !said.isEmpty())
                    text += QLatin1Char('\n') + said;
            QToolTip::showText(help->globalPos(), text, this);
        }
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QWidget::event(event);
}

} // namespace balmer::widgets
