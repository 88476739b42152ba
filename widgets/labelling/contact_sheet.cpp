#include "widgets/labelling/contact_sheet.h"

#include <algorithm>

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "widgets/common/theme.h"
#include "widgets/labelling/queue_strip.h"
#include "widgets/labelling/thumbnail.h"

namespace balmer::widgets {

ContactSheet::ContactSheet(const QueueStrip& queue, QWidget* parent) : QWidget(parent), queue_(queue) {
    setObjectName(QStringLiteral("contactSheet"));
    setAccessibleName(tr("Contact sheet"));
    setCursor(Qt::PointingHandCursor);
    connect(&queue, &QueueStrip::changed, this, qOverload<>(&QWidget::update));
}

QSize ContactSheet::minimumSizeHint() const {
    return {columns * 9 * gridStep, rows * 8 * gridStep};
}

int ContactSheet::first() const {
    return std::max(0, queue_.currentIndex()) / tiles * tiles;
}

QRectF ContactSheet::tile(int place) const {
    const double across = double(width()) / columns, down = double(height()) / rows;
    constexpr double gap = gridStep / 4.0;
    const int row = place / columns, column = place % columns;
    return QRectF(column * across, row * down, across, down).adjusted(gap, gap, -gap, -gap);
}

int ContactSheet::indexAt(const QPoint& position) const {
    for (int place = 0; place < tiles; ++place)
        if (tile(place).contains(position) && first() + place < int(queue_.entries().size()))
            return first() + place;
    return -1;
}

QStringList ContactSheet::unlabelled() const {
    QStringList ids;
    for (int i = first(); i < std::min(first() + tiles, int(queue_.entries().size())); ++i) {
        const auto& entry = queue_.entries()[std::size_t(i)];
        if (entry.label.isEmpty() && !ids.contains(entry.id)) ids << entry.id;
    }
    return ids;
}

void ContactSheet::paintEvent(QPaintEvent*) {
    const ThemeColours& c = theme();
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const QFont small = smallFont(font());
    p.setFont(small);
    const QFontMetrics metrics(small);
    for (int place = 0; place < tiles; ++place) {
        const int index = first() + place;
        if (index >= int(queue_.entries().size())) break;
        const auto& entry = queue_.entries()[std::size_t(index)];
        const bool current = index == queue_.currentIndex();
        const QRectF box = tile(place);
        p.setPen(QPen(current ? c.selection : c.border, current ? 2 : 1));
        p.setBrush(c.plot);
        p.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3);
        const double margin = gridStep;
        drawThumbnail(p, box.adjusted(margin, margin, -margin, -metrics.height() - margin), entry.thumbnail,
                      entry.label.isEmpty() ? c.spectrum : c.masked);
        QRectF word(box.left() + margin, box.bottom() - metrics.height() - 3, box.width() - 2 * margin,
                    metrics.height());
        if (const auto k = queue_.classNames().indexOf(entry.label); k >= 0) {
            drawMarker(p, classMarker(int(k)), QPointF(word.left() + 5, word.center().y()), 4.5,
                       classColour(int(k)));
            word.setLeft(word.left() + 13);
        }
        const QString text = entry.label.isEmpty() ? QString::number(index + 1) : entry.label;
        p.setPen(entry.label.isEmpty() ? c.mutedText : c.text);
        p.drawText(word, Qt::AlignLeft | Qt::AlignVCenter,
                   metrics.elidedText(text, Qt::ElideRight, int(word.width())));
    }
}

void ContactSheet::mousePressEvent(QMouseEvent* event) {
    const int index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && index >= 0) Q_EMIT entryClicked(index);
}

bool ContactSheet::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    if (const int index = indexAt(help->pos()); index >= 0)
        QToolTip::showText(help->globalPos(), queue_.entryText(index), this);
    else
        QToolTip::hideText();
    return true;
}

} // namespace balmer::widgets
