#include "widgets/som/map_view.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPixmap>
#include <QToolTip>

#include "widgets/common/theme.h"
#include "widgets/som/lattice_geometry.h"

namespace balmer::widgets {

namespace {

constexpr int dragThreshold = 5;

/// Round steps that cover [low, high] in about `count` parts.
std::vector<double> niceTicks(double low, double high, int count) {
    std::vector<double> ticks;
    if (!(high > low)) return {low};
    const double raw = (high - low) / count;
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    const double part = raw / power;
    const double step = power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
    for (double v = std::ceil(low / step - 1e-9) * step; v <= high + 1e-9 * step; v += step)
        ticks.push_back(std::abs(v) < 1e-9 * step ? 0 : v);
    return ticks;
}

std::vector<double> decadeTicks(double low, double high) {
    std::vector<double> ticks;
    const bool wide = std::log10(high / low) > 1.5;
    for (double decade = std::pow(10.0, std::floor(std::log10(low))); decade <= high * 1.001; decade *= 10) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            if (wide && factor != 1.0) continue;
            const double v = decade * factor;
            if (v >= low * 0.999 && v <= high * 1.001) ticks.push_back(v);
        }
    }
    return ticks.size() > 1 ? ticks : std::vector<double>{low, high};
}

} // namespace

struct MapView::Private {
    MapView* view = nullptr;
    MapShape shape;
    MapLayer layer;
    ColourMap colourMap = ColourMap::Viridis;
    std::vector<int> hits;
    std::vector<std::vector<int>> classCounts;
    QStringList classNames;
    bool bubbles = false;
    bool pies = false;
    int current = -1;
    std::set<int> selected;
    std::vector<int> highlighted;
    int hovered = -1;

    QPixmap picture; // lattice and scale without selection; rebuilt when anything of it changes
    bool pictureValid = false;

    bool pressed = false;
    bool dragging = false;
    bool rectangle = false;
    QPointF pressedAt;
    QPolygonF lasso;

    bool valid(int neuron) const { return neuron >= 0 && neuron < shape.neurons(); }

    /// The lower and upper end of the scale; lower = upper = NaN where the layer has no value.
    std::pair<double, double> ends() const {
        double low = std::numeric_limits<double>::infinity(), high = -low;
        if (layer.range) {
            std::tie(low, high) = *layer.range;
        } else {
            for (const double v : layer.values) {
                if (!std::isfinite(v) || (layer.logarithmic && v <= 0)) continue;
                low = std::min(low, v);
                high = std::max(high, v);
            }
        }
        if (!(low <= high)) return {std::nan(""), std::nan("")};
        if (layer.diverging) {
            const double most = std::max({std::abs(low), std::abs(high), 1e-300});
            return {-most, most};
        }
        if (layer.logarithmic && low <= 0) low = high > 0 ? high * 1e-6 : 1e-6;
        if (low == high) high = low + (low == 0 ? 1 : std::abs(low) * 0.1);
        return {low, high};
    }

    double fraction(double value, double low, double high) const {
        if (!std::isfinite(value)) return std::nan("");
        if (!layer.logarithmic || layer.diverging) return (value - low) / (high - low);
        return value <= 0 ? 0 : std::log(value / low) / std::log(high / low);
    }

    ColourMap mapInUse() const { return layer.diverging ? ColourMap::Diverging : colourMap; }

    LatticeGeometry geometry() const {
        return LatticeGeometry(shape, QSizeF(view->size()), QFontMetricsF(smallFont(view->font())));
    }

    void drawPicture(QPainter& p, const QFont& font, QSizeF size) const;
    void drawBubbles(QPainter& p, const LatticeGeometry& g) const;
    void drawScale(QPainter& p, const LatticeGeometry& g, const QFontMetricsF& metrics) const;
    void drawSelection(QPainter& p, const LatticeGeometry& g) const;
    void invalidate() {
        pictureValid = false;
        view->update();
    }
    void activate(int neuron, bool add);
    void finishLasso(bool add);
    void setHovered(int neuron);
};

void MapView::Private::drawPicture(QPainter& p, const QFont& font, QSizeF size) const {
    const ThemeColours& c = theme();
    p.fillRect(QRectF(QPointF(0, 0), size), c.plot);
    const QFont small = tabularFont(smallFont(font));
    const QFontMetricsF metrics(small);
    p.setFont(small);
    if (shape.neurons() == 0) {
        p.setPen(c.mutedText);
        p.drawText(QRectF(QPointF(0, 0), size), Qt::AlignCenter | Qt::TextWordWrap,
                   MapView::tr("No map chosen"));
        return;
    }
    const LatticeGeometry g(shape, size, metrics);
    const auto [low, high] = ends();
    const auto& colours = colourTable(mapInUse());
    // Cells of a small map stand a little apart; those of a large one touch, where edges would be all one
    // sees.
    const bool apart = g.cell >= 9;
    p.setRenderHint(QPainter::Antialiasing, apart);
    p.setPen(Qt::NoPen);
    for (int n = 0; n < shape.neurons(); ++n) {
        const double value =
            std::size_t(n) < layer.values.size() ? layer.values[std::size_t(n)] : std::nan("");
        const double t = std::isnan(low) ? std::nan("") : fraction(value, low, high);
        p.setBrush(std::isnan(t) ? c.raised
                                 : QColor(colours[std::size_t(std::lround(std::clamp(t, 0.0, 1.0) * 255))]));
        p.drawPolygon(g.outline(g.centre(n), apart ? g.cell - std::min(1.5, g.cell * 0.06) : g.cell + 0.3));
    }
    p.setRenderHint(QPainter::Antialiasing, true);
    if (pies || bubbles) drawBubbles(p, g);

    // Columns below, rows at the left, every fifth.
    p.setPen(c.mutedText);
    const int every = std::max(shape.rows, shape.columns) > 50   ? 10
                      : std::max(shape.rows, shape.columns) > 12 ? 5
                                                                 : 2;
    for (int column = 0; column < shape.columns; column += every)
        p.drawText(QRectF(g.centre(column).x() - 20, g.lattice.bottom() + 3, 40, metrics.height()),
                   Qt::AlignCenter, QString::number(column));
    for (int row = 0; row < shape.rows; row += every)
        p.drawText(QRectF(0, g.centre(row * shape.columns).y() - metrics.height() / 2, g.lattice.left() - 5,
                          metrics.height()),
                   Qt::AlignRight | Qt::AlignVCenter, QString::number(row));
    p.drawText(QRectF(g.lattice.left(), g.lattice.bottom() + 3 + metrics.height(), g.lattice.width(),
                      metrics.height()),
               Qt::AlignCenter, MapView::tr("column"));
    p.save();
    p.translate(g.lattice.left() - 6 - metrics.horizontalAdvance(QStringLiteral("000")) - metrics.height(),
                g.lattice.center().y());
    p.rotate(-90);
    p.drawText(QRectF(-100, 0, 200, metrics.height()), Qt::AlignCenter, MapView::tr("row"));
    p.restore();

    p.setPen(c.text);
    const QString title =
        layer.unit.isEmpty() ? layer.name : QStringLiteral("%1 [%2]").arg(layer.name, layer.unit);
    p.drawText(QRectF(g.lattice.left(), g.lattice.top() - metrics.height() - 4,
                      size.width() - g.lattice.left() - gridStep, metrics.height()),
               Qt::AlignLeft | Qt::AlignVCenter,
               layer.logarithmic && !layer.diverging ? MapView::tr("%1, log scale").arg(title) : title);
    if (!std::isnan(low)) drawScale(p, g, metrics);
}

void MapView::Private::drawBubbles(QPainter& p, const LatticeGeometry& g) const {
    const ThemeColours& c = theme();
    const int most = hits.empty() ? 0 : *std::max_element(hits.begin(), hits.end());
    for (int n = 0; n < shape.neurons(); ++n) {
        const auto i = std::size_t(n);
        const QPointF middle = g.centre(n);
        double total = 0;
        for (const auto& counts : classCounts)
            total += i < counts.size() ? counts[i] : 0;
        const int count = i < hits.size() ? hits[i] : int(total);
        if (count <= 0) continue;
        const double share = most > 0 ? std::sqrt(double(count) / most) : 1.0;
        const double radius = std::max(1.0, 0.42 * g.cell * share);
        if (pies && total > 0) {
            const QRectF box(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius);
            p.setPen(Qt::NoPen);
            double start = 90;
            for (std::size_t k = 0; k < classCounts.size(); ++k) {
                if (i >= classCounts[k].size() || classCounts[k][i] <= 0) continue;
                const double sweep = -360.0 * classCounts[k][i] / total;
                p.setBrush(classColour(int(k)));
                p.drawPie(box, int(std::lround(start * 16)), int(std::lround(sweep * 16)));
                start += sweep;
            }
            p.setBrush(Qt::NoBrush);
            p.setPen(QPen(c.plot, 1));
            p.drawEllipse(middle, radius, radius);
        } else if (bubbles) {
            QColor fill = QColor(Qt::white);
            fill.setAlphaF(0.85F);
            p.setPen(QPen(QColor(0x24292E), 0.7));
            p.setBrush(fill);
            p.drawEllipse(middle, radius, radius);
        }
    }
}

void MapView::Private::drawScale(QPainter& p, const LatticeGeometry& g, const QFontMetricsF& metrics) const {
    const auto [low, high] = ends();
    const auto& colours = colourTable(mapInUse());
    p.setRenderHint(QPainter::Antialiasing, false);
    const int steps = std::max(1, int(g.bar.height()));
    for (int i = 0; i < steps; ++i) {
        const double t = 1.0 - (i + 0.5) / steps;
        p.fillRect(QRectF(g.bar.left(), g.bar.top() + i * g.bar.height() / steps, g.bar.width(),
                          g.bar.height() / steps + 0.5),
                   QColor(colours[std::size_t(std::lround(t * 255))]));
    }
    p.setRenderHint(QPainter::Antialiasing, true);
    p.setPen(theme().mutedText);
    const int room = std::max(2, int(g.bar.height() / (3 * metrics.height())));
    const bool log = layer.logarithmic && !layer.diverging;
    double lastY = std::numeric_limits<double>::infinity();
    for (const double v : log ? decadeTicks(low, high) : niceTicks(low, high, room)) {
        const double y = g.bar.bottom() - std::clamp(fraction(v, low, high), 0.0, 1.0) * g.bar.height();
        if (lastY - y < metrics.height()) continue;
        lastY = y;
        p.drawLine(QPointF(g.bar.right(), y), QPointF(g.bar.right() + 4, y));
        p.drawText(QRectF(g.bar.right() + 6, y - metrics.height() / 2, 80, metrics.height()),
                   Qt::AlignLeft | Qt::AlignVCenter, QString::number(v, 'g', 4));
    }
}

void MapView::Private::drawSelection(QPainter& p, const LatticeGeometry& g) const {
    const ThemeColours& c = theme();
    p.setRenderHint(QPainter::Antialiasing);
    const double pen = std::clamp(g.cell * 0.12, 1.5, 3.0);
    for (const int n : highlighted) {
        if (!valid(n)) continue;
        p.setPen(QPen(Qt::white, 1));
        p.setBrush(c.selection);
        const double radius = std::clamp(g.cell * 0.17, 1.5, 6.0);
        p.drawEllipse(g.centre(n), radius, radius);
    }
    p.setBrush(Qt::NoBrush);
    const auto ring = [&](int n, const QColor& colour, double width) {
        // White beneath, so that the outline is seen on every colour of the map.
        p.setPen(QPen(Qt::white, width + 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        p.drawPolygon(g.outline(g.centre(n), g.cell));
        p.setPen(QPen(colour, width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        p.drawPolygon(g.outline(g.centre(n), g.cell));
    };
    for (const int n : selected)
        ring(n, c.selection, pen);
    if (valid(hovered)) {
        p.setPen(QPen(c.text, 1));
        p.drawPolygon(g.outline(g.centre(hovered), g.cell));
    }
    if (valid(current)) ring(current, view->hasFocus() ? c.accent : c.selection, pen);
    if (dragging) {
        QColor fill = c.selection;
        fill.setAlphaF(0.15F);
        p.setBrush(fill);
        p.setPen(QPen(c.selection, 1.2));
        if (rectangle && !lasso.isEmpty()) {
            p.drawRect(QRectF(pressedAt, lasso.last()).normalized());
        } else {
            p.drawPolygon(lasso);
        }
    }
}

void MapView::Private::activate(int neuron, bool add) {
    if (!valid(neuron)) return;
    const std::set<int> before = selected;
    if (add) {
        // Ctrl-click takes a chosen one out again.
        if (!selected.erase(neuron)) selected.insert(neuron);
    } else {
        selected = {neuron};
    }
    current = neuron;
    view->setAccessibleDescription(view->describe(neuron));
    view->update();
    Q_EMIT view->neuronActivated(neuron);
    if (selected != before) Q_EMIT view->selectionChanged(view->selectedNeurons());
}

void MapView::Private::finishLasso(bool add) {
    const LatticeGeometry g = geometry();
    const std::set<int> before = selected;
    if (!add) selected.clear();
    const QRectF box = QRectF(pressedAt, lasso.isEmpty() ? pressedAt : lasso.last()).normalized();
    for (int n = 0; n < shape.neurons(); ++n) {
        const QPointF middle = g.centre(n);
        if (rectangle ? box.contains(middle) : lasso.containsPoint(middle, Qt::OddEvenFill))
            selected.insert(n);
    }
    if (selected != before) Q_EMIT view->selectionChanged(view->selectedNeurons());
}

void MapView::Private::setHovered(int neuron) {
    if (hovered == neuron) return;
    hovered = neuron;
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
}

MapView::~MapView() = default;

void MapView::setShape(const MapShape& shape) {
    if (shape == d_->shape) return;
    d_->shape = shape;
    if (shape.rows <= 0 || shape.columns <= 0) d_->shape = MapShape{shape.lattice, 0, 0};
    d_->layer = {};
    d_->hits.clear();
    d_->classCounts.clear();
    d_->selected.clear();
    d_->highlighted.clear();
    d_->current = d_->hovered = -1;
    d_->invalidate();
}

const MapShape& MapView::shape() const {
    return d_->shape;
}

void MapView::setLayer(MapLayer layer) {
    d_->layer = std::move(layer);
    d_->invalidate();
}

void MapView::setLogarithmic(bool logarithmic) {
    d_->layer.logarithmic = logarithmic;
    d_->invalidate();
}

void MapView::setColourMap(ColourMap map) {
    d_->colourMap = map;
    d_->invalidate();
}

void MapView::setHits(std::vector<int> hits) {
    d_->hits = std::move(hits);
    d_->invalidate();
}

void MapView::setBubblesVisible(bool visible) {
    d_->bubbles = visible;
    d_->invalidate();
}

void MapView::setClassCounts(std::vector<std::vector<int>> counts, QStringList classNames) {
    d_->classCounts = std::move(counts);
    d_->classNames = std::move(classNames);
    d_->invalidate();
}

void MapView::setPiesVisible(bool visible) {
    d_->pies = visible;
    d_->invalidate();
}

int MapView::currentNeuron() const {
    return d_->current;
}

void MapView::setCurrentNeuron(int neuron) {
    d_->current = d_->valid(neuron) ? neuron : -1;
    update();
}

std::vector<int> MapView::selectedNeurons() const {
    return {d_->selected.begin(), d_->selected.end()};
}

void MapView::setSelectedNeurons(const std::vector<int>& neurons) {
    d_->selected.clear();
    for (const int n : neurons) {
        if (d_->valid(n)) d_->selected.insert(n);
    }
    update();
}

void MapView::setHighlightedNeurons(const std::vector<int>& neurons) {
    d_->highlighted = neurons;
    update();
}

int MapView::densestNeuron() const {
    const auto most = std::max_element(d_->hits.begin(), d_->hits.end());
    return most == d_->hits.end() ? -1 : int(most - d_->hits.begin());
}

int MapView::neuronAt(QPointF position) const {
    return d_->geometry().neuronAt(position);
}

QPointF MapView::centreOf(int neuron) const {
    return d_->valid(neuron) ? d_->geometry().centre(neuron) : QPointF();
}

QString MapView::describe(int neuron) const {
    if (!d_->valid(neuron)) return {};
    const int columns = d_->shape.columns;
    QString text = tr("neuron %1,%2").arg(neuron % columns).arg(neuron / columns);
    const auto i = std::size_t(neuron);
    if (i < d_->hits.size()) {
        const int count = d_->hits[i];
        text += QStringLiteral(" · ") +
                (count == 1 ? tr("1 spectrum") : tr("%1 spectra").arg(groupedNumber(count)));
    }
    return text;
}

QImage MapView::image(QSize size, double scale) {
    const LightThemeScope paper;
    QImage result((QSizeF(size) * scale).toSize(), QImage::Format_RGB32);
    QPainter p(&result);
    p.scale(scale, scale);
    d_->drawPicture(p, font(), QSizeF(size));
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
        d_->drawPicture(painter, font(), QSizeF(size()));
        d_->pictureValid = true;
    }
    QPainter p(this);
    p.drawPixmap(0, 0, d_->picture);
    if (d_->shape.neurons() == 0) return;
    d_->drawSelection(p, d_->geometry());
    const int told = d_->hovered >= 0 ? d_->hovered : d_->current;
    if (told >= 0) {
        p.setFont(tabularFont(smallFont(font())));
        p.setPen(theme().text);
        p.drawText(QRectF(gridStep, height() - p.fontMetrics().height() - 2, width() - 2 * gridStep,
                          p.fontMetrics().height()),
                   Qt::AlignLeft | Qt::AlignVCenter, describe(told));
    }
}

void MapView::resizeEvent(QResizeEvent*) {
    d_->pictureValid = false;
}

void MapView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) d_->invalidate();
    QWidget::changeEvent(event);
}

void MapView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    d_->pressed = true;
    d_->dragging = false;
    d_->rectangle = event->modifiers().testFlag(Qt::ShiftModifier);
    d_->pressedAt = event->position();
    d_->lasso = QPolygonF({event->position()});
}

void MapView::mouseMoveEvent(QMouseEvent* event) {
    if (!d_->pressed) {
        d_->setHovered(neuronAt(event->position()));
        return;
    }
    if ((event->position() - d_->pressedAt).manhattanLength() > dragThreshold) d_->dragging = true;
    d_->lasso.append(event->position());
    if (d_->dragging) update();
}

void MapView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !d_->pressed) return;
    const bool add = event->modifiers().testFlag(Qt::ControlModifier);
    d_->pressed = false;
    if (d_->dragging) {
        d_->dragging = false;
        d_->lasso.append(event->position());
        d_->finishLasso(add);
        update();
    } else {
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
    const int start = std::max(d_->current, 0);
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
        d_->pressed = d_->dragging = false;
        if (!d_->selected.empty()) {
            d_->selected.clear();
            Q_EMIT selectionChanged({});
        }
        update();
        return;
    case Qt::Key_L:
        Q_EMIT labelRequested();
        return;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    const int next = d_->current < 0 ? start : row * columns + column;
    if (next == d_->current) return;
    // Shift walks and keeps what was chosen.
    if (add && d_->selected.count(next)) {
        d_->current = next;
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
            const auto i = std::size_t(neuron);
            if (i < d_->layer.values.size() && std::isfinite(d_->layer.values[i]))
                text +=
                    QStringLiteral("\n%1: %2 %3")
                        .arg(d_->layer.name, QString::number(d_->layer.values[i], 'g', 4), d_->layer.unit);
            for (std::size_t k = 0; k < d_->classCounts.size(); ++k) {
                if (i < d_->classCounts[k].size() && d_->classCounts[k][i] > 0)
                    text += QStringLiteral("\n%1: %2")
                                .arg(d_->classNames.value(int(k)))
                                .arg(d_->classCounts[k][i]);
            }
            QToolTip::showText(help->globalPos(), text, this);
        }
        return true;
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QWidget::event(event);
}

} // namespace balmer::widgets
