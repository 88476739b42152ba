#include "widgets/labelling/queue_strip.h"

#include <algorithm>

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "widgets/common/theme.h"
#include "widgets/labelling/thumbnail.h"

namespace balmer::widgets {

namespace {
constexpr int cellWidth = 15 * gridStep;
constexpr int cellGap = gridStep / 2;
constexpr int stripHeight = 8 * gridStep;

QColor listColour(QueueList list) {
    switch (list) {
    case QueueList::Oracle:
        return theme().dark ? QColor(0xE4E6E8) : QColor(0xFFFFFF);
    case QueueList::PerformanceEstimate:
        return theme().dark ? QColor(0x2F9E6B) : QColor(0x8FD3B2);
    case QueueList::Candidates:
        return theme().dark ? QColor(0xC9A227) : QColor(0xF6DE7C);
    }
    return {};
}

QString listLetter(QueueList list) {
    switch (list) {
    case QueueList::Oracle:
        return QStringLiteral("O");
    case QueueList::PerformanceEstimate:
        return QStringLiteral("E");
    case QueueList::Candidates:
        return QStringLiteral("C");
    }
    return {};
}
} // namespace

QueueStrip::QueueStrip(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("queueStrip"));
    setAccessibleName(tr("Queue"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFixedHeight(stripHeight);
    setCursor(Qt::PointingHandCursor);
}

void QueueStrip::setEntries(std::vector<QueueEntry> entries) {
    const QString id =
        current_ >= 0 && current_ < int(entries_.size()) ? entries_[std::size_t(current_)].id : QString();
    entries_ = std::move(entries);
    byId_.clear();
    byId_.reserve(entries_.size());
    for (std::size_t i = 0; i < entries_.size(); ++i)
        byId_.emplace(entries_[i].id, int(i));
    current_ = indexOf(id);
    scroll_ = 0;
    changedNow();
}

int QueueStrip::indexOf(const QString& id, std::optional<QueueList> list) const {
    int found = -1;
    for (auto [it, end] = byId_.equal_range(id); it != end; ++it)
        if ((!list || entries_[std::size_t(it->second)].list == list) && (found < 0 || it->second < found))
            found = it->second;
    return found;
}

void QueueStrip::setClassNames(const QStringList& names) {
    classNames_ = names;
    changedNow();
}

void QueueStrip::setLabel(const QString& id, const QString& label) {
    for (auto [it, end] = byId_.equal_range(id); it != end; ++it)
        entries_[std::size_t(it->second)].label = label;
    changedNow();
}

void QueueStrip::setThumbnail(const QString& id, const std::vector<float>& thumbnail) {
    for (auto [it, end] = byId_.equal_range(id); it != end; ++it)
        entries_[std::size_t(it->second)].thumbnail = thumbnail;
    changedNow();
}

void QueueStrip::setCurrentId(const QString& id, std::optional<QueueList> list) {
    const int i = indexOf(id, list);
    if (i < 0) return;
    current_ = i;
    scroll_ = 0;
    changedNow();
}

void QueueStrip::changedNow() {
    update();
    Q_EMIT changed();
}

QSize QueueStrip::sizeHint() const {
    return {100 * gridStep, stripHeight};
}

QSize QueueStrip::minimumSizeHint() const {
    return {20 * gridStep, stripHeight};
}

int QueueStrip::firstVisible() const {
    const int visible = std::max(1, width() / (cellWidth + cellGap));
    const int last = std::max(0, int(entries_.size()) - visible);
    return std::clamp(std::max(current_, 0) - visible / 3 + scroll_, 0, last);
}

int QueueStrip::indexAt(const QPoint& position) const {
    const int index = firstVisible() + position.x() / (cellWidth + cellGap);
    return position.x() >= 0 && index < int(entries_.size()) ? index : -1;
}

void QueueStrip::paintEvent(QPaintEvent*) {
    const ThemeColours& c = theme();
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const QFont small = smallFont(font());
    p.setFont(small);
    const QFontMetrics metrics(small);
    if (entries_.empty()) {
        p.setPen(c.mutedText);
        p.drawText(rect(), Qt::AlignCenter, tr("The queue is empty"));
        return;
    }
    const int first = firstVisible();
    for (int i = first; i < int(entries_.size()); ++i) {
        const int left = (i - first) * (cellWidth + cellGap);
        if (left > width()) break;
        const QueueEntry& entry = entries_[std::size_t(i)];
        const QRectF cell(left + 1, 1, cellWidth - 2, height() - 2);
        p.setPen(QPen(i == current_ ? c.selection : c.border, i == current_ ? 2 : 1));
        p.setBrush(i == current_ ? c.plot : c.panel);
        p.drawRoundedRect(cell, 3, 3);
        // The list of a round: colour and letter.
        QRectF badge(cell.left() + 4, cell.bottom() - metrics.height() - 2,
                     entry.list ? metrics.height() + 2 : 0, metrics.height() - 1);
        if (entry.list) {
            p.setPen(QPen(c.mutedText, 1));
            p.setBrush(listColour(*entry.list));
            p.drawRoundedRect(badge, 3, 3);
            p.setPen(QColor(0x1D2125));
            p.drawText(badge, Qt::AlignCenter, listLetter(*entry.list));
        }
        QRectF word(badge.right() + 4, badge.top() - 1, cell.right() - badge.right() - 7, badge.height() + 2);
        if (const auto k = classNames_.indexOf(entry.label); k >= 0) {
            drawMarker(p, classMarker(int(k)), QPointF(word.left() + 5, word.center().y()), 4.5,
                       classColour(int(k)));
            word.setLeft(word.left() + 13);
        }
        p.setPen(entry.label.isEmpty() ? c.mutedText : c.text);
        p.drawText(word, Qt::AlignLeft | Qt::AlignVCenter,
                   entry.label.isEmpty()
                       ? QString::number(i + 1)
                       : metrics.elidedText(entry.label, Qt::ElideRight, int(word.width())));
        const QRectF curve = cell.adjusted(5, 5, -5, -metrics.height() - 6);
        drawThumbnail(p, curve, entry.thumbnail, entry.label.isEmpty() ? c.spectrum : c.masked);
    }
}

void QueueStrip::mousePressEvent(QMouseEvent* event) {
    const int index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && index >= 0) Q_EMIT entryClicked(index);
}

void QueueStrip::wheelEvent(QWheelEvent* event) {
    const int steps = -(event->angleDelta().y() + event->angleDelta().x()) / 40;
    const int before = firstVisible();
    scroll_ += steps;
    // Kept at the end that is reached, so that the way back begins at once.
    if (firstVisible() == before) scroll_ -= steps;
    update();
    event->accept();
}

QString QueueStrip::entryText(int index) const {
    const QueueEntry& entry = entries_[std::size_t(index)];
    QString text = tr("%1 of %2: %3").arg(index + 1).arg(entries_.size()).arg(entry.id);
    if (entry.list) text += tr("\nlist: %1").arg(displayName(*entry.list));
    if (!entry.label.isEmpty()) text += tr("\nlabel: %1").arg(entry.label);
    return text;
}

bool QueueStrip::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int index = indexAt(help->pos());
        if (index < 0) {
            QToolTip::hideText();
        } else {
            QToolTip::showText(help->globalPos(), entryText(index), this);
        }
        return true;
    }
    return QWidget::event(event);
}

} // namespace balmer::widgets
