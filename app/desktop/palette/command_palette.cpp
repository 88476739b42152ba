#include "app/desktop/palette/command_palette.h"

#include <algorithm>

#include <QAction>
#include <QGraphicsDropShadowEffect>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "widgets/common/theme.h"

namespace balmer::desktop {

namespace {

constexpr int keyRole = Qt::UserRole + 1, entryRole = Qt::UserRole + 2;
constexpr int searchEntry = -1;

/// The title on the left, the key in muted letters on the right.
class RowDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QStyledItemDelegate::paint(painter, option, index);
        painter->save();
        painter->setPen(widgets::theme().mutedText);
        painter->setFont(widgets::smallFont(option.font));
        painter->drawText(option.rect.adjusted(0, 0, -2 * widgets::gridStep, 0),
                          Qt::AlignRight | Qt::AlignVCenter, index.data(keyRole).toString());
        painter->restore();
    }
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        return {QStyledItemDelegate::sizeHint(option, index).width(), option.fontMetrics.height() + 12};
    }
};

/// The title of the place or panel that an action belongs to; "" for those of the window.
QString ownerOf(const QAction* action) {
    for (const QObject* parent = action->parent(); parent; parent = parent->parent())
        if (const QString title = parent->property("title").toString(); !title.isEmpty()) return title;
    return {};
}

} // namespace

CommandPalette::CommandPalette(QWidget* window)
    : QFrame(window), field_(new QLineEdit(this)), list_(new QListWidget(this)) {
    setObjectName(QStringLiteral("commandPalette"));
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    field_->setObjectName(QStringLiteral("commandField"));
    field_->setPlaceholderText(tr("a command, or words to find spectra by"));
    field_->setToolTip(tr("Up and down choose, Enter runs, Esc closes"));
    list_->setObjectName(QStringLiteral("commandList"));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setItemDelegate(new RowDelegate(list_));
    list_->setUniformItemSizes(true);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setFocusPolicy(Qt::NoFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(widgets::gridStep, widgets::gridStep, widgets::gridStep, widgets::gridStep);
    column->addWidget(field_);
    column->addWidget(list_);
    auto* shadow = new QGraphicsDropShadowEffect(this);
    shadow->setBlurRadius(32);
    shadow->setOffset(0, 8);
    shadow->setColor(QColor(0, 0, 0, 110));
    setGraphicsEffect(shadow);
    connect(field_, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(list_, &QListWidget::itemClicked, this, &CommandPalette::choose);
    field_->installEventFilter(this);
    window->installEventFilter(this);
    hide();
}

void CommandPalette::open() {
    entries_.clear();
    for (QAction* action : window()->findChildren<QAction*>()) {
        if (action->objectName().isEmpty() || action->text().isEmpty() || action->isSeparator() ||
            action->menu())
            continue;
        if (action->property("noPalette").toBool()) continue;
        QString title = action->text();
        title.remove('&');
        if (const QString owner = ownerOf(action); !owner.isEmpty())
            title = QStringLiteral("%1: %2").arg(owner, title);
        entries_.push_back({title, action->shortcut().toString(QKeySequence::NativeText), action});
    }
    std::stable_sort(entries_.begin(), entries_.end(),
                     [](const auto& a, const auto& b) { return a.title.localeAwareCompare(b.title) < 0; });
    field_->clear();
    filter();
    place();
    show();
    raise();
    field_->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::place() {
    const QSize room = parentWidget()->size();
    const int width = std::min(640, room.width() - 8 * widgets::gridStep);
    setGeometry((room.width() - width) / 2, 6 * widgets::gridStep, width,
                std::min(440, room.height() - 12 * widgets::gridStep));
}

int CommandPalette::score(const QString& typed, const QString& title) {
    int points = 1;
    qsizetype at = -1;
    for (const QChar letter : typed) {
        if (letter.isSpace()) continue;
        qsizetype found = -1;
        // A word's beginning is preferred to the next place of the letter, unless the letters stand together.
        const auto same = [&](qsizetype i) { return title[i].toCaseFolded() == letter.toCaseFolded(); };
        if (at + 1 < title.size() && at >= 0 && same(at + 1)) {
            found = at + 1;
            points += 3;
        } else {
            for (qsizetype i = at + 1; i < title.size() && found < 0; ++i)
                if (same(i) && (i == 0 || !title[i - 1].isLetterOrNumber())) found = i;
            if (found >= 0) points += 4;
            for (qsizetype i = at + 1; i < title.size() && found < 0; ++i)
                if (same(i)) found = i;
        }
        if (found < 0) return 0;
        at = found;
    }
    return points;
}

void CommandPalette::filter() {
    const QString typed = field_->text().trimmed();
    std::vector<std::pair<int, std::size_t>> hits;
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (const int points = score(typed, entries_[i].title); points > 0) hits.emplace_back(points, i);
    std::stable_sort(hits.begin(), hits.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    list_->clear();
    for (const auto& [points, i] : hits) {
        const Entry& entry = entries_[i];
        if (!entry.action) continue;
        auto* item = new QListWidgetItem(entry.title, list_);
        item->setData(keyRole, entry.key);
        item->setData(entryRole, int(i));
        item->setToolTip(entry.action->toolTip());
        if (!entry.action->isEnabled()) item->setForeground(palette().placeholderText());
    }
    if (!typed.isEmpty()) {
        auto* item = new QListWidgetItem(tr("Find spectra: “%1”").arg(typed), list_);
        item->setData(keyRole, tr("in id and object"));
        item->setData(entryRole, searchEntry);
    }
    list_->setCurrentRow(0);
}

QStringList CommandPalette::titles() const {
    QStringList all;
    for (int i = 0; i < list_->count(); ++i)
        all << list_->item(i)->text();
    return all;
}

void CommandPalette::choose() {
    const auto* item = list_->currentItem();
    if (!item) return;
    const int entry = item->data(entryRole).toInt();
    const QString words = field_->text().trimmed();
    hide();
    if (entry == searchEntry) {
        Q_EMIT searchRequested(words);
        return;
    }
    const QPointer<QAction> action = entries_[std::size_t(entry)].action;
    if (!action) return;
    Q_EMIT aboutToTrigger(action);
    if (action) action->trigger();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) place();
    if (watched != field_) return QFrame::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut) {
        hide();
        return false;
    }
    if (event->type() != QEvent::KeyPress) return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    const int page = std::max(1, list_->viewport()->height() / std::max(1, list_->sizeHintForRow(0)));
    const auto move = [this](int by) {
        list_->setCurrentRow(std::clamp(list_->currentRow() + by, 0, std::max(0, list_->count() - 1)));
    };
    switch (key->key()) {
    case Qt::Key_Escape:
        hide();
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        choose();
        break;
    case Qt::Key_Down:
        move(1);
        break;
    case Qt::Key_Up:
        move(-1);
        break;
    case Qt::Key_PageDown:
        move(page);
        break;
    case Qt::Key_PageUp:
        move(-page);
        break;
    default:
        return false;
    }
    return true;
}

} // namespace balmer::desktop
