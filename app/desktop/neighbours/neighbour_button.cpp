#include "app/desktop/neighbours/neighbour_button.h"

#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QWidgetAction>

#include "app/bridge/display_text.h"
#include "app/bridge/neighbour_link.h"
#include "app/desktop/place/actions.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::countText;
using bridge::text;

namespace {

const QString atStartKey = QStringLiteral("samp/connectAtStart");
const QString shareKey = QStringLiteral("samp/shareCursor");
/// A stranger chooses its name; it pushes nothing aside with it. The menu's tooltip has it whole.
constexpr int widestName = 20 * widgets::gridStep, widestLine = 70 * widgets::gridStep;

QString takes(const api::Neighbour& neighbour) {
    QStringList words;
    if (neighbour.spectra) words << QObject::tr("spectra");
    if (neighbour.tables) words << QObject::tr("tables");
    if (neighbour.highlights || neighbour.selections) words << QObject::tr("rows");
    if (neighbour.positions) words << QObject::tr("positions");
    return words.isEmpty() ? QObject::tr("takes nothing from here")
                           : QObject::tr("takes %1").arg(words.join(QStringLiteral(", ")));
}

} // namespace

NeighbourButton::NeighbourButton(bridge::NeighbourLink& link, QWidget* actionOwner)
    : link_(link), menu_(new QMenu(this)) {
    setObjectName(QStringLiteral("neighboursButton"));
    setText(QStringLiteral("SAMP"));
    setAutoRaise(true);
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setPopupMode(QToolButton::InstantPopup);
    setFocusPolicy(Qt::NoFocus);
    menu_->setObjectName(QStringLiteral("neighboursMenu"));
    menu_->setToolTipsVisible(true);
    setMenu(menu_);
    makeActions(actionOwner);
    connect(menu_, &QMenu::aboutToShow, this, &NeighbourButton::fillMenu);
    connect(&link, &bridge::NeighbourLink::stateChanged, this, &NeighbourButton::showState);
    connect(&link, &bridge::NeighbourLink::requestsChanged, this, &NeighbourButton::showText);
    showState();
}

void NeighbourButton::makeActions(QWidget* owner) {
    connect_ = makeAction(owner, "connectNeighboursAction", tr("Connect to other programs"), {},
                          tr("Look for a SAMP hub on this computer: TOPCAT and Aladin bring one"),
                          [this] { link_.connectToHub(); });
    leave_ = makeAction(owner, "leaveNeighboursAction", tr("Leave the hub"), {},
                        tr("Nothing is sent to other programs or taken from them any more"),
                        [this] { link_.leaveHub(); });
    atStart_ = makeAction(owner, "connectAtStartAction", tr("Connect at every start"), {},
                          tr("Look for a SAMP hub whenever Balmer starts"),
                          [this] { QSettings().setValue(atStartKey, atStart_->isChecked()); });
    share_ = makeAction(owner, "shareCursorAction", tr("Share the cursor"), {},
                        tr("A row highlighted in a shared table is shown here, and the spectrum shown here "
                           "is highlighted there; in TOPCAT its rows come when “Send row index” is switched "
                           "on among the table's activation actions"),
                        [this] {
                            link_.shareCursor(share_->isChecked());
                            QSettings().setValue(shareKey, share_->isChecked());
                        });
    tables_ = makeAction(owner, "receivedTablesAction", tr("Tables that came…"), {},
                         tr("What other programs sent: take labels and columns, or list the spectra"),
                         [this] { Q_EMIT tablesWanted(); });
    tables_->setEnabled(false);
    using Decision = api::Neighbours::Decision;
    const auto decision = [&](const char* name, const QString& title, const QString& tip, Decision what) {
        auto* action = makeAction(owner, name, title, {}, tip, [this, what] { link_.decide(what); });
        action->setEnabled(false);
        return action;
    };
    once_ = decision("takeOnceAction", tr("Take it this time"),
                     tr("Take what the other program wants to send, and ask again the next time"),
                     Decision::Once);
    always_ = decision("takeAlwaysAction", tr("Always take what it sends"),
                       tr("Take it, and ask no more about this program; this menu takes it back"),
                       Decision::Always);
    never_ = decision("takeNeverAction", tr("Never take what it sends"),
                      tr("Refuse it, and ask no more about this program; this menu takes it back"),
                      Decision::Never);
    const QSettings settings;
    atStart_->setCheckable(true);
    atStart_->setChecked(settings.value(atStartKey, false).toBool());
    share_->setCheckable(true);
    share_->setChecked(settings.value(shareKey, true).toBool());
    link_.shareCursor(share_->isChecked());
}

void NeighbourButton::start() {
    if (atStart_->isChecked()) link_.connectToHub();
}

void NeighbourButton::countTables(int tables, int fresh) {
    fresh_ = fresh == 0 ? 0 : fresh_ + fresh;
    tables_->setEnabled(tables > 0);
    tables_->setText(tables > 0 ? tr("Tables that came (%1)…").arg(tables) : tr("Tables that came…"));
    showText();
}

void NeighbourButton::showText() {
    const auto& requests = link_.requests();
    for (QAction* action : {once_, always_, never_})
        action->setEnabled(!requests.empty());
    if (!requests.empty()) always_->setEnabled(!requests.front().what.nameless);
    if (!requests.empty())
        setText(tr("SAMP · %1 asks")
                    .arg(fontMetrics().elidedText(requests.front().from, Qt::ElideRight, widestName)));
    else if (fresh_ > 0)
        setText(tr("SAMP · %1").arg(countText(std::size_t(fresh_), tr("table came"), tr("tables came"))));
    else
        setText(QStringLiteral("SAMP"));
}

void NeighbourButton::addTrusted() {
    const auto& programs = link_.trust().programs;
    if (programs.empty()) return;
    auto* list = menu_->addMenu(tr("Remembered programs"));
    list->setObjectName(QStringLiteral("trustedMenu"));
    list->setToolTipsVisible(true);
    for (const auto& [name, trust] : programs) {
        const QString who = fontMetrics().elidedText(bridge::text(name), Qt::ElideRight, widestLine);
        QAction* line = list->addAction((trust == api::Trust::Always ? tr("%1: always taken; ask again")
                                                                     : tr("%1: never taken; ask again"))
                                            .arg(who));
        line->setToolTip(tr("Forget what was said of %1").arg(bridge::text(name)));
        connect(line, &QAction::triggered, this, [this, program = name] { link_.forgetTrust(program); });
    }
}

QString NeighbourButton::stateSentence() const {
    const auto& state = link_.state();
    if (link_.connected())
        return state.neighbours.empty()
                   ? tr("Connected; no other program is at the hub")
                   : tr("Connected; %1 at the hub")
                         .arg(countText(state.neighbours.size(), tr("other program"), tr("other programs")));
    if (!state.why.empty()) return bridge::text(state.why);
    return link_.wanted() ? tr("Looking for a SAMP hub") : tr("Not connected to other programs");
}

/// It cannot be chosen, and is as readable as what can.
void NeighbourButton::addQuestion(const QString& words) {
    auto* question = new QLabel(fontMetrics().elidedText(words, Qt::ElideRight, widestLine));
    question->setObjectName(QStringLiteral("neighbourQuestion"));
    question->setTextFormat(Qt::PlainText);
    question->setToolTip(words);
    QPalette readable = menu_->palette();
    readable.setColor(QPalette::Disabled, QPalette::WindowText,
                      readable.color(QPalette::Active, QPalette::WindowText));
    question->setPalette(readable);
    question->setContentsMargins(2 * widgets::gridStep, widgets::gridStep, 2 * widgets::gridStep,
                                 widgets::gridStep);
    auto* line = new QWidgetAction(menu_);
    line->setDefaultWidget(question);
    line->setObjectName(QStringLiteral("neighbourLine"));
    line->setText(question->text());
    line->setToolTip(words);
    line->setEnabled(false);
    menu_->addAction(line);
}

void NeighbourButton::fillMenu() {
    menu_->clear();
    delete menu_->findChild<QMenu*>(QStringLiteral("trustedMenu"));
    const auto add = [this](const QString& words) {
        QAction* line = menu_->addAction(fontMetrics().elidedText(words, Qt::ElideRight, widestLine));
        line->setObjectName(QStringLiteral("neighbourLine"));
        line->setToolTip(words);
        line->setEnabled(false);
    };
    if (!link_.requests().empty()) {
        addQuestion(link_.requests().front().words());
        for (QAction* action : {once_, always_, never_})
            menu_->addAction(action);
        menu_->addSeparator();
    }
    add(stateSentence());
    if (link_.connected())
        for (const auto& neighbour : link_.state().neighbours)
            add(QStringLiteral("    %1 – %2").arg(bridge::text(neighbour.name), takes(neighbour)));
    menu_->addSeparator();
    menu_->addAction(link_.wanted() ? leave_ : connect_);
    menu_->addAction(share_);
    menu_->addAction(atStart_);
    menu_->addSeparator();
    menu_->addAction(tables_);
    addTrusted();
}

void NeighbourButton::showState() {
    setIcon(widgets::icon(link_.connected()           ? widgets::Icon::LinkConnected
                          : link_.wanted()            ? widgets::Icon::LinkConnecting
                          : link_.state().why.empty() ? widgets::Icon::LinkIdle
                                                      : widgets::Icon::LinkLost));
    setToolTip(tr("Other programs (SAMP): %1").arg(stateSentence()));
    connect_->setEnabled(!link_.wanted());
    leave_->setEnabled(link_.wanted());
}

} // namespace balmer::desktop
