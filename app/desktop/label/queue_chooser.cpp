#include "app/desktop/label/queue_chooser.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QMenu>
#include <QSignalBlocker>
#include <QToolButton>

#include "app/bridge/display_text.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::text;

namespace {

const QString settingKey = QStringLiteral("desktop.label.lists");
constexpr int choiceWidth = 25 * widgets::gridStep;

std::optional<qint64> numberAfter(const QString& word, const QString& key) {
    bool is = false;
    const qint64 number = key.startsWith(word) ? key.mid(word.size()).toLongLong(&is) : 0;
    return is ? std::optional(number) : std::nullopt;
}

} // namespace

std::optional<int> QueueKey::list(const QString& key) {
    const auto number = numberAfter(QStringLiteral("list "), key);
    return number ? std::optional(int(*number)) : std::nullopt;
}

std::optional<jobs::JobId> QueueKey::round(const QString& key) {
    return numberAfter(QStringLiteral("round "), key);
}

QueueChooser::QueueChooser(bridge::Session& session, const std::vector<QAction*>& ways)
    : session_(session), box_(new QComboBox), lists_(LabelLists::of(session.setting(settingKey))) {
    box_->setObjectName(QStringLiteral("queueChoice"));
    box_->setAccessibleName(tr("Queue"));
    box_->setToolTip(tr("What is labelled: lists that you sent here, rounds, all that is not labelled yet"));
    box_->setFixedWidth(choiceWidth);
    box_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box_->setFocusPolicy(Qt::TabFocus);
    connect(box_, &QComboBox::activated, this,
            [this](int index) { Q_EMIT chosen(box_->itemData(index).toString()); });
    auto* menu = new QMenu(this);
    menu->setToolTipsVisible(true);
    for (QAction* way : ways)
        menu->addAction(way);
    auto* more = new QToolButton;
    more->setObjectName(QStringLiteral("queueMoreButton"));
    more->setAccessibleName(tr("More queues"));
    more->setToolTip(tr("More queues: paste spectra, a new sequence of rounds"));
    more->setIcon(widgets::icon(widgets::Icon::Add));
    more->setAutoRaise(true);
    more->setPopupMode(QToolButton::InstantPopup);
    more->setFocusPolicy(Qt::TabFocus);
    more->setMenu(menu);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(widgets::gridStep / 2);
    row->addWidget(box_);
    row->addWidget(more);
    fill();
}

void QueueChooser::fill() {
    const QString before = key();
    const QSignalBlocker quiet(box_);
    box_->clear();
    const auto add = [this](const QString& title, const QString& key, const QString& tip) {
        box_->addItem(title, key);
        box_->setItemData(box_->count() - 1, tip, Qt::ToolTipRole);
    };
    for (const auto& list : lists_.all())
        add(tr("%1 · %2").arg(list.title, bridge::countText(list.ids.size())), QueueKey::ofList(list.number),
            tr("%1 that you sent here: %2")
                .arg(bridge::countText(list.ids.size(), tr("spectrum"), tr("spectra")), list.title));
    for (const auto& round : rounds_)
        add(tr("%1 · round %2").arg(text(round.dataset)).arg(round.number), QueueKey::ofRound(round.job),
            tr("Job %1, %2, model %3")
                .arg(round.job)
                .arg(bridge::timeText(round.created), text(round.model)));
    add(tr("all unlabelled"), QueueKey::unlabelled(), tr("Every spectrum of which nothing has been said"));
    setKey(before);
}

void QueueChooser::keep() {
    session_.setSetting(settingKey, lists_.text());
    fill();
}

void QueueChooser::setRounds(const std::vector<api::RoundInfo>& rounds) {
    rounds_ = rounds;
    fill();
}

QString QueueChooser::add(const LabelList& list) {
    const int number = lists_.add(list);
    keep();
    return QueueKey::ofList(number);
}

void QueueChooser::remove(int list) {
    lists_.remove(list);
    keep();
}

bool QueueChooser::has(const QString& key) const {
    return !key.isEmpty() && box_->findData(key) >= 0;
}

QString QueueChooser::key() const {
    return box_->currentData().toString();
}

void QueueChooser::setKey(const QString& key) {
    const QSignalBlocker quiet(box_);
    box_->setCurrentIndex(key.isEmpty() ? -1 : box_->findData(key));
}

void QueueChooser::choose(const QString& key) {
    setKey(key);
    Q_EMIT chosen(key);
}

} // namespace balmer::desktop
