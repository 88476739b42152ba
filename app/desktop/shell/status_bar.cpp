#include "app/desktop/shell/status_bar.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QTimer>
#include <QToolButton>

#include "app/bridge/display_text.h"
#include "app/desktop/neighbours/neighbour_button.h"
#include "app/desktop/shell/lost_workers.h"
#include "widgets/common/elided_label.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

namespace {

constexpr int messageMilliseconds = 8000;

QLabel* figures(const char* name, int width, QLabel* made = new QLabel) {
    made->setObjectName(QString::fromLatin1(name));
    made->setFont(widgets::tabularFont(made->font()));
    made->setMinimumWidth(width);
    made->setTextFormat(Qt::PlainText);
    return made;
}

} // namespace

StatusBar::StatusBar(bridge::Session& session, bridge::NeighbourLink& neighbours, const Actions& actions,
                     QMenu* sendMenu, QWidget* actionOwner)
    : session_(session), actions_(actions), selection_(figures("selectionText", 136)),
      current_(figures("currentText", 80)), readOut_(figures("readOutText", 320)),
      message_(figures("messageText", 80, new widgets::ElidedLabel)), clear_(new QToolButton),
      send_(new QToolButton), lost_(new LostWorkers(session)),
      neighbours_(new NeighbourButton(neighbours, actionOwner)), messageTimer_(new QTimer(this)) {
    setObjectName(QStringLiteral("statusBar"));
    clear_->setObjectName(QStringLiteral("clearSelectionButton"));
    clear_->setText(QStringLiteral("×"));
    clear_->setToolTip(actions.clearSelection->toolTip());
    clear_->setFocusPolicy(Qt::NoFocus);
    clear_->setFixedSize(3 * widgets::gridStep, 3 * widgets::gridStep);
    QSizePolicy keepsRoom = clear_->sizePolicy();
    keepsRoom.setRetainSizeWhenHidden(true);
    clear_->setSizePolicy(keepsRoom);
    connect(clear_, &QToolButton::clicked, actions.clearSelection, &QAction::trigger);
    readOut_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    readOut_->hide();
    message_->setFont(font());
    message_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    send_->setObjectName(QStringLiteral("sendToButton"));
    send_->setAutoRaise(true);
    send_->setText(tr("Send to"));
    send_->setToolTip(actions.send->toolTip());
    send_->setPopupMode(QToolButton::InstantPopup);
    send_->setMenu(sendMenu);
    send_->setFocusPolicy(Qt::NoFocus);
    neighbours_->setFixedHeight(3 * widgets::gridStep);
    messageTimer_->setSingleShot(true);
    messageTimer_->setInterval(messageMilliseconds);
    connect(messageTimer_, &QTimer::timeout, message_, &QLabel::clear);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * widgets::gridStep, widgets::gridStep / 2, 2 * widgets::gridStep,
                            widgets::gridStep / 2);
    row->setSpacing(widgets::gridStep);
    row->addWidget(selection_);
    row->addWidget(clear_);
    row->addWidget(current_);
    row->addSpacing(widgets::gridStep);
    row->addWidget(send_);
    row->addSpacing(widgets::gridStep);
    row->addWidget(readOut_, 3);
    row->addWidget(message_, 4);
    row->addWidget(lost_);
    row->addWidget(neighbours_);
}

void StatusBar::say(const QString& sentence) {
    message_->setText(sentence);
    message_->setToolTip(sentence);
    messageTimer_->start();
}

void StatusBar::showReadOut(const QString& words) {
    readOut_->setText(words);
    readOut_->setVisible(!words.isEmpty()); // its room is the message's meanwhile
}

void StatusBar::showSelection(std::size_t totalSpectra) {
    const auto& selection = session_.selection();
    selection_->setText(
        tr("%1 of %2 selected")
            .arg(bridge::countText(std::size_t(selection.size())), bridge::countText(totalSpectra)));
    clear_->setVisible(!selection.empty());
    actions_.clearSelection->setEnabled(!selection.empty());
    current_->setText(selection.current());
}

} // namespace balmer::desktop
