#include "app/desktop/neighbours/send_menu.h"

#include <algorithm>
#include <functional>
#include <map>

#include <QMenu>

#include "app/bridge/display_text.h"
#include "app/bridge/neighbour_link.h"

namespace balmer::desktop {

using bridge::countText;
using bridge::plain;
using bridge::text;

namespace {

using Ids = std::vector<std::string>;
using Takes = bool api::Neighbour::*;

QAction* add(QMenu& menu, const char* name, const QString& words, const QString& tip) {
    QAction* action = menu.addAction(words);
    action->setObjectName(QString::fromLatin1(name));
    action->setToolTip(tip);
    return action;
}

void addSentence(QMenu& menu, const QString& words) {
    add(menu, "sendHintAction", words, words)->setEnabled(false);
}

/// Who takes such things; several of one name are told apart by a number.
void addReceivers(QMenu& menu, const char* name, const QString& title, const api::NeighbourState& state,
                  Takes takes, const std::function<void(const Ids&)>& send) {
    auto* list = menu.addMenu(title);
    list->setObjectName(QString::fromLatin1(name) + QStringLiteral("Menu"));
    list->setToolTipsVisible(true);
    std::vector<const api::Neighbour*> takers;
    std::map<std::string, int> named;
    for (const auto& neighbour : state.neighbours)
        if (neighbour.*takes) {
            takers.push_back(&neighbour);
            ++named[neighbour.name];
        }
    if (takers.empty()) {
        addSentence(*list, QObject::tr("no program at the hub takes this"));
        return;
    }
    const QByteArray action = QByteArray(name) + "Action";
    if (takers.size() > 1) {
        auto* all = add(*list, action.constData(), QObject::tr("all of these %1").arg(takers.size()),
                        QObject::tr("To every program that takes this"));
        QObject::connect(all, &QAction::triggered, list, [send] { send({}); });
        list->addSeparator();
    }
    std::map<std::string, int> numbers;
    for (const auto* taker : takers) {
        const bool several = named[taker->name] > 1;
        const QString shown =
            several ? QStringLiteral("%1 (%2)").arg(text(taker->name)).arg(++numbers[taker->name])
                    : text(taker->name);
        auto* one =
            add(*list, action.constData(), shown,
                taker->description.empty() ? QObject::tr("To this program alone") : text(taker->description));
        QObject::connect(one, &QAction::triggered, list, [send, id = taker->id] { send({id}); });
    }
}

} // namespace

void fillSendMenu(QMenu& menu, bridge::NeighbourLink& link, const Sendable& what) {
    const auto& state = link.state();
    qDeleteAll(menu.findChildren<QMenu*>(QString(), Qt::FindDirectChildrenOnly));
    menu.clear();
    menu.setToolTipsVisible(true);
    if (!link.connected()) {
        addSentence(menu, !link.wanted() ? QObject::tr("Not connected to other programs")
                          : state.why.empty()
                              ? QObject::tr("Looking for a SAMP hub; TOPCAT and Aladin bring one")
                              : text(state.why));
        if (!link.wanted()) {
            auto* connect =
                add(menu, "sendConnectAction", QObject::tr("Connect to other programs"),
                    QObject::tr("Look for a SAMP hub on this computer: TOPCAT and Aladin bring one"));
            QObject::connect(connect, &QAction::triggered, &link, [&link] { link.connectToHub(); });
        }
        return;
    }
    if (state.neighbours.empty()) {
        addSentence(menu, QObject::tr("No other program is at the hub: start TOPCAT, SPLAT or Aladin"));
        return;
    }
    const bool some = !what.current.isEmpty() || !what.selected.isEmpty() || !what.lists.empty();
    if (!some) addSentence(menu, QObject::tr("Nothing is chosen: choose spectra first"));
    if (!what.current.isEmpty())
        addReceivers(menu, "sendSpectrum", QObject::tr("Spectrum %1").arg(what.current), state,
                     &api::Neighbour::spectra,
                     [&link, id = what.current](const Ids& to) { link.sendSpectrum(id, to); });
    if (what.selected.size() > 1) {
        api::TableChoice table;
        table.name = plain(QObject::tr("%1 selected").arg(what.selected.size()));
        for (const QString& id : what.selected)
            table.ids.push_back(plain(id));
        addReceivers(menu, "sendSelected",
                     QObject::tr("The %1 selected, as a table").arg(countText(table.ids.size())), state,
                     &api::Neighbour::tables, [&link, table](const Ids& to) { link.sendTable(table, to); });
    }
    for (const auto& list : what.lists)
        addReceivers(menu, "sendList", list.title, state, &api::Neighbour::tables,
                     [&link, table = list.table](const Ids& to) { link.sendTable(table, to); });
    if (!what.current.isEmpty())
        addReceivers(menu, "sendPosition", QObject::tr("Point at %1 in the sky").arg(what.current), state,
                     &api::Neighbour::positions,
                     [&link, id = what.current](const Ids& to) { link.pointAt(id, to); });
    const bool selects = std::any_of(state.neighbours.begin(), state.neighbours.end(),
                                     [](const auto& each) { return each.selections; });
    if (!what.selected.isEmpty() && selects) {
        menu.addSeparator();
        auto* select =
            add(menu, "selectThereAction", QObject::tr("Select these in the tables that were sent"),
                QObject::tr("The same spectra become the selection of the other programs, in the tables that "
                            "they have in common with Balmer"));
        QObject::connect(select, &QAction::triggered, &link,
                         [&link, ids = what.selected] { link.selectThere(ids); });
    }
}

} // namespace balmer::desktop
