// Other programs beside the desktop: the menu that sends, the button that tells who is there, and what comes.
#include <gmock/gmock.h>

#include <QAction>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>

#include "app/desktop/data/data_place.h"
#include "app/desktop/label/label_place.h"
#include "app/desktop/map/map_place.h"
#include "app/desktop/neighbours/received_tables.h"
#include "app/desktop/observatory/observatory_window.h"
#include "tests/app/desktop/desktop_environment.h"
#include "widgets/common/elided_label.h"
#include "widgets/som/map_view.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::test {

namespace {

using Hub = api::NeighbourState::Hub;
using Outcome = api::Delivery::Outcome;

api::Neighbour neighbour(const std::string& id, const std::string& name, bool spectra, bool tables) {
    api::Neighbour made;
    made.id = id;
    made.name = name;
    made.description = name + " does things";
    made.spectra = spectra;
    made.tables = made.highlights = made.selections = tables;
    made.positions = !spectra;
    return made;
}

api::NeighbourState connectedWith(std::vector<api::Neighbour> neighbours) {
    api::NeighbourState state;
    state.hub = Hub::Connected;
    state.neighbours = std::move(neighbours);
    return state;
}

struct SettingsAtFirst {
    SettingsAtFirst() { QSettings().remove(QStringLiteral("samp")); }
};

/// A window with two programs at the hub, connected.
struct Beside : SettingsAtFirst, FakeDesktop {
    explicit Beside(bool connect = true, FakeOptions options = {}) : FakeDesktop(options) {
        hub = workbench->hub;
        hub->set(
            connectedWith({neighbour("c1", "splat", true, false), neighbour("c2", "topcat", false, true)}));
        if (!connect) return;
        action("connectNeighboursAction")->trigger();
        EXPECT_TRUE(soon([this] { return window->neighbours().connected(); }));
    }
    QAction* action(const char* name) const {
        auto* found = window->findChild<QAction*>(QString::fromLatin1(name));
        EXPECT_NE(found, nullptr) << name;
        return found;
    }
    /// The words of the menu as it opens now; of its menus, too, after a tab.
    QStringList words(QMenu* menu) const {
        Q_EMIT menu->aboutToShow();
        return wordsIn(menu);
    }
    static QStringList wordsIn(const QMenu* menu) {
        QStringList all;
        for (const QAction* each : menu->actions()) {
            if (each->isSeparator()) continue;
            all << each->text();
            if (each->menu())
                for (const QString& inner : wordsIn(each->menu()))
                    all << '\t' + inner;
        }
        return all;
    }
    QMenu* sendMenu() const { return window->findChild<QMenu*>(QStringLiteral("sendMenu")); }
    /// Opens the menu and chooses in one of its menus.
    void send(const char* menu, const char* to) const {
        Q_EMIT sendMenu()->aboutToShow();
        auto* list = sendMenu()->findChild<QMenu*>(QString::fromLatin1(menu));
        ASSERT_NE(list, nullptr) << menu;
        for (QAction* each : list->actions())
            if (each->text() == QLatin1String(to)) {
                each->trigger();
                return;
            }
        FAIL() << "nobody called " << to;
    }
    std::string said() const {
        return plainly(window->findChild<QLabel*>(QStringLiteral("messageText"))->text());
    }
    bool says(const std::string& words) const {
        return soon([&] { return said().find(words) != std::string::npos; });
    }
    widgets::SelectionModel& selection() const { return window->session().selection(); }
    static QString id(std::size_t number) { return QString::fromStdString(survey::idOf(number)); }

    std::shared_ptr<FakeHub> hub;
};

} // namespace

TEST(NeighboursTest, WhoWantsToSendIsAskedAboutAtTheButtonAndMovesNothing) {
    Beside desk;
    auto* button = desk.window->findChild<QToolButton*>(QStringLiteral("neighboursButton"));
    auto* menu = desk.window->findChild<QMenu*>(QStringLiteral("neighboursMenu"));
    const auto place = desk.window->currentPlace()->geometry();
    auto* focus = desk.window->focusWidget();
    EXPECT_FALSE(desk.action("takeOnceAction")->isEnabled());
    api::ReceivedRequest wish{7, true, "widths", false};
    desk.hub->arrive("topcat", wish);
    ASSERT_TRUE(desk.says("topcat wants to send the table “widths”"));
    EXPECT_EQ(button->text(), QStringLiteral("SAMP · topcat asks"));
    EXPECT_EQ(desk.window->currentPlace()->geometry(), place);
    EXPECT_EQ(desk.window->focusWidget(), focus) << "no key is taken";
    EXPECT_EQ(desk.words(menu).first(), QStringLiteral("topcat wants to send the table “widths”"));
    const auto* question = menu->findChild<QLabel*>(QStringLiteral("neighbourQuestion"));
    ASSERT_NE(question, nullptr);
    EXPECT_FALSE(menu->actions().first()->isEnabled());
    EXPECT_EQ(question->palette().color(QPalette::Disabled, QPalette::WindowText),
              menu->palette().color(QPalette::Active, QPalette::WindowText))
        << "a question is no less readable than its answers";

    desk.action("takeAlwaysAction")->trigger();
    ASSERT_TRUE(soon([&] { return desk.hub->decided().size() == 1U; }));
    EXPECT_EQ(desk.hub->decided().front(), std::pair(std::uint64_t{7}, api::Neighbours::Decision::Always));
    EXPECT_EQ(button->text(), QStringLiteral("SAMP"));
    ASSERT_TRUE(soon([&] { return !desk.window->neighbours().trust().programs.empty(); }));
    EXPECT_TRUE(desk.words(menu).contains(QStringLiteral("\ttopcat: always taken; ask again")));
    menu->findChild<QMenu*>(QStringLiteral("trustedMenu"))->actions().first()->trigger();
    EXPECT_TRUE(soon([&] { return desk.hub->trusted().programs.empty(); })) << "taken back";

    // Of several that wait the oldest is decided, with the others of its program.
    desk.hub->arrive("topcat", api::ReceivedRequest{8, false, "", true});
    desk.hub->arrive("topcat", api::ReceivedRequest{9, false, "a", false});
    desk.hub->arrive("splat", api::ReceivedRequest{10, false, "b", false});
    ASSERT_TRUE(soon([&] { return desk.window->neighbours().requests().size() == 3U; }));
    EXPECT_FALSE(desk.action("takeAlwaysAction")->isEnabled()) << "it has no name to be remembered by";
    desk.action("takeOnceAction")->trigger();
    EXPECT_EQ(button->text(), QStringLiteral("SAMP · splat asks"));
    desk.action("takeNeverAction")->trigger();
    ASSERT_TRUE(soon([&] { return desk.hub->decided().size() == 3U; }));
    EXPECT_EQ(button->text(), QStringLiteral("SAMP"));
}

TEST(NeighboursTest, ALongNameOfAStrangerCutsNothingElseInTheStatusBar) {
    Beside desk;
    desk.window->resize(1280, 800);
    auto* button = desk.window->findChild<QToolButton*>(QStringLiteral("neighboursButton"));
    auto* message =
        static_cast<widgets::ElidedLabel*>(desk.window->findChild<QLabel*>(QStringLiteral("messageText")));
    const auto* current = desk.window->findChild<QLabel*>(QStringLiteral("currentText"));
    desk.selection().select({Beside::id(1)}, "test");
    ASSERT_TRUE(desk.settle());
    desk.hub->arrive("topcat", api::ReceivedRequest{7, true, "equivalent widths", false});
    ASSERT_TRUE(desk.says("topcat wants to send the table “equivalent widths”"));
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(message->shownText(), message->text()) << "there is room for it";
    desk.action("takeNeverAction")->trigger();
    const std::string name = "a program called " + std::string(90, 'W');
    desk.hub->arrive(name, api::ReceivedRequest{8, true, "w", false});
    ASSERT_TRUE(desk.says("wants to send the table “w”"));
    ASSERT_TRUE(desk.settle());
    EXPECT_TRUE(button->text().contains("… asks")) << button->text().toStdString();
    EXPECT_GE(current->width(), current->sizeHint().width()) << "the id stands whole";
    EXPECT_TRUE(message->shownText().endsWith("…")) << "what has no room is seen to go on";
    EXPECT_EQ(message->toolTip(), message->text());
    auto* menu = desk.window->findChild<QMenu*>(QStringLiteral("neighboursMenu"));
    EXPECT_TRUE(desk.words(menu).first().endsWith("…"));
    EXPECT_LT(menu->sizeHint().width(), 1280 / 2);
    EXPECT_TRUE(menu->actions().first()->toolTip().endsWith("the table “w”"));
}

TEST(NeighboursTest, NothingIsLookedForBeforeTheUserAsks) {
    Beside desk(false);
    EXPECT_EQ(desk.hub->made(), 0);
    auto* button = desk.window->findChild<QToolButton*>(QStringLiteral("neighboursButton"));
    EXPECT_TRUE(button->toolTip().contains("Not connected"));
    // The menu that sends leads there.
    EXPECT_EQ(desk.words(desk.sendMenu()),
              (QStringList{"Not connected to other programs", "Connect to other programs"}));
    desk.sendMenu()->actions().back()->trigger();
    EXPECT_EQ(desk.hub->made(), 1);
    ASSERT_TRUE(soon([&] { return desk.window->neighbours().connected(); }));
    EXPECT_THAT(plainly(button->toolTip()), testing::HasSubstr("2 other programs at the hub"));
    EXPECT_TRUE(desk.words(button->menu()).contains("    topcat – takes tables, rows, positions"));
    desk.action("leaveNeighboursAction")->trigger();
    ASSERT_TRUE(soon([&] { return !desk.window->neighbours().connected(); }));
    EXPECT_TRUE(button->toolTip().contains("Not connected"));
}

TEST(NeighboursTest, AHubThatIsAbsentIsLookedForAndSaid) {
    Beside desk(false);
    desk.hub->set({Hub::Absent, "No SAMP hub is running; start TOPCAT.", {}});
    desk.action("connectNeighboursAction")->trigger();
    ASSERT_TRUE(soon([&] { return desk.window->neighbours().state().hub == Hub::Absent; }));
    EXPECT_EQ(desk.words(desk.sendMenu()), QStringList{"No SAMP hub is running; start TOPCAT."});
    EXPECT_TRUE(desk.action("leaveNeighboursAction")->isEnabled());
    desk.hub->set(connectedWith({}));
    ASSERT_TRUE(soon([&] { return desk.window->neighbours().connected(); }));
    EXPECT_TRUE(desk.words(desk.sendMenu()).front().contains("start TOPCAT"));
    // Turned out by the hub: not looked for any more.
    desk.hub->set({Hub::Off, "The hub has ended the connection.", {}});
    ASSERT_TRUE(soon([&] { return !desk.window->neighbours().wanted(); }));
    EXPECT_TRUE(desk.action("connectNeighboursAction")->isEnabled());
}

TEST(NeighboursTest, TheSpectrumGoesToWhoTakesSpectra) {
    Beside desk;
    desk.selection().select({Beside::id(3)}, "test");
    ASSERT_TRUE(desk.settle());
    desk.send("sendSpectrumMenu", "splat");
    ASSERT_EQ(desk.hub->sent().size(), 1u);
    const auto sent = desk.hub->sent().front();
    EXPECT_EQ(sent.what, "spectrum");
    EXPECT_EQ(sent.ids.front(), survey::idOf(3));
    EXPECT_EQ(sent.to, std::vector<std::string>{"c1"});
    desk.hub->tell({sent.ticket, Outcome::Warned, "splat", "splat: no errors in it", true});
    EXPECT_TRUE(desk.says("splat has the spectrum " + survey::idOf(3) + ", with a remark: no errors in it."));
    desk.send("sendPositionMenu", "topcat");
    desk.hub->tell({2, Outcome::Refused, "topcat", "it is cloudy", true});
    EXPECT_TRUE(desk.says("topcat could not take the place of"));
}

TEST(NeighboursTest, WithTwoWhoTakeItThereIsAlsoAll) {
    Beside desk;
    desk.hub->set(
        connectedWith({neighbour("a", "topcat", false, true), neighbour("b", "topcat", false, true)}));
    ASSERT_TRUE(soon([&] { return desk.window->neighbours().state().neighbours.front().id == "a"; }));
    desk.selection().select({Beside::id(1), Beside::id(2)}, "test");
    ASSERT_TRUE(desk.settle());
    const auto words = desk.words(desk.sendMenu());
    EXPECT_TRUE(words.contains("\tall of these 2")) << words.join('|').toStdString();
    EXPECT_TRUE(words.contains("\ttopcat (1)") && words.contains("\ttopcat (2)"));
    EXPECT_TRUE(words.contains("\tno program at the hub takes this")) << "spectra";
    desk.send("sendSelectedMenu", "all of these 2");
    EXPECT_TRUE(desk.hub->sent().back().to.empty());
    desk.send("sendSelectedMenu", "topcat (2)");
    EXPECT_EQ(desk.hub->sent().back().to, std::vector<std::string>{"b"});
}

TEST(NeighboursTest, ASelectionGoesAsATableAndIsSelectedThere) {
    Beside desk;
    desk.selection().select({Beside::id(5), Beside::id(2)}, "test");
    ASSERT_TRUE(desk.settle());
    desk.send("sendSelectedMenu", "topcat");
    const auto sent = desk.hub->sent().front();
    EXPECT_EQ(sent.what, "table");
    EXPECT_EQ(sent.table.ids, (std::vector<std::string>{survey::idOf(5), survey::idOf(2)}));
    Q_EMIT desk.sendMenu()->aboutToShow();
    desk.sendMenu()->findChild<QAction*>(QStringLiteral("selectThereAction"))->trigger();
    EXPECT_EQ(desk.hub->sent().back().what, "selection");
    EXPECT_EQ(desk.hub->sent().back().ids.size(), 2u);
    desk.hub->tell({2, Outcome::NotSent, "", "no neighbour has a table with these spectra", true});
    EXPECT_TRUE(desk.says("Not sent, the selection: no neighbour has a table with these spectra."));
}

TEST(NeighboursTest, EachPlaceOffersWhatItShows) {
    Beside desk;
    desk.window->data()->table()->setFilterText("snr > 60");
    ASSERT_TRUE(soon([&] { return desk.window->data()->model().rowCount() < 600; }) && desk.settle());
    desk.send("sendListMenu", "topcat");
    EXPECT_EQ(desk.hub->sent().back().table.where, "snr > 60");
    EXPECT_EQ(desk.hub->sent().back().table.name, "snr > 60");

    desk.window->showPlace("map");
    ASSERT_TRUE(desk.settle());
    desk.window->map()->view()->setFocus();
    desk.key(Qt::Key_Home);
    ASSERT_TRUE(desk.settle());
    desk.send("sendListMenu", "topcat");
    const auto content = *desk.workbench->maps().content(3);
    const auto neuron = std::size_t(desk.window->map()->view()->densestNeuron());
    EXPECT_EQ(desk.hub->sent().back().table.ids.size(), content.members[neuron].size());
    EXPECT_NE(desk.hub->sent().back().table.name.find("neuron"), std::string::npos);

    desk.window->showPlace("label");
    ASSERT_TRUE(desk.settle());
    desk.send("sendListMenu", "topcat");
    EXPECT_EQ(desk.hub->sent().back().table.ids.size(), 50u);
    desk.send("sendSpectrumMenu", "splat");
    EXPECT_EQ(desk.hub->sent().back().ids.front(), desk.window->label()->currentId().toStdString());
}

TEST(NeighboursTest, TheMenusOfTableMapAndPlotSend) {
    Beside desk;
    const auto offers = [&](QWidget* under, QWidget* receiver) {
        QContextMenuEvent click(QContextMenuEvent::Mouse, QPoint(30, 10), under->mapToGlobal(QPoint(30, 10)));
        QApplication::sendEvent(receiver, &click);
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        if (!menu) return false;
        const auto words = Beside::wordsIn(menu);
        menu->close();
        return words.contains("Send to") && words.contains("\t\tsplat");
    };
    auto* table = desk.window->data()->table()->view();
    EXPECT_TRUE(offers(table->viewport(), table->viewport()));
    desk.window->showPlace("map");
    ASSERT_TRUE(desk.settle());
    desk.window->map()->view()->setFocus();
    desk.key(Qt::Key_Home);
    ASSERT_TRUE(desk.settle());
    EXPECT_TRUE(offers(desk.window->map()->view(), desk.window->map()->view()));
}

TEST(NeighboursTest, TheCursorIsSharedBothWaysWithoutEcho) {
    Beside desk;
    desk.selection().select({Beside::id(7)}, "test");
    ASSERT_TRUE(soon([&] { return !desk.hub->highlighted().empty(); }));
    EXPECT_EQ(desk.hub->highlighted(), std::vector<std::string>{survey::idOf(7)});
    desk.hub->arrive("topcat", api::ReceivedHighlight{survey::idOf(9)});
    ASSERT_TRUE(soon([&] { return desk.selection().current() == Beside::id(9); }) && desk.settle());
    EXPECT_EQ(desk.window->data()->table()->currentId(), Beside::id(9));
    EXPECT_EQ(desk.hub->highlighted().size(), 1u) << "what came from there is not said back";
    // Within what is selected it moves, and the selection stays.
    desk.selection().select({Beside::id(1), Beside::id(2)}, "test");
    desk.hub->arrive("topcat", api::ReceivedHighlight{survey::idOf(2)});
    ASSERT_TRUE(soon([&] { return desk.selection().current() == Beside::id(2); }) && desk.settle());
    EXPECT_EQ(desk.selection().size(), 2);
    // Not shared: neither goes nor comes.
    desk.action("shareCursorAction")->trigger();
    const auto before = desk.hub->highlighted().size();
    desk.hub->arrive("topcat", api::ReceivedSelection{{survey::idOf(3)}, 0});
    desk.hub->arrive("aladin", api::ReceivedPosition{{10.5, -20}, survey::idOf(8), 2.34});
    ASSERT_TRUE(desk.says("2.3″ away"));
    EXPECT_EQ(desk.selection().size(), 2);
    desk.selection().select({Beside::id(20)}, "test");
    desk.hub->arrive("topcat", api::ReceivedHighlight{survey::idOf(21)});
    desk.hub->arrive("topcat", api::ReceiveFailure{"the end"});
    ASSERT_TRUE(desk.says("the end"));
    EXPECT_EQ(desk.selection().current(), Beside::id(20));
    EXPECT_EQ(desk.hub->highlighted().size(), before);
}

TEST(NeighboursTest, SelectionsAndPositionsThatComeAreFollowed) {
    Beside desk;
    desk.hub->arrive("topcat", api::ReceivedSelection{{survey::idOf(4), survey::idOf(6)}, 3});
    ASSERT_TRUE(desk.says("topcat selected 2 spectra, and 3 rows that name none here"));
    EXPECT_EQ(desk.selection().ids(), (QStringList{Beside::id(4), Beside::id(6)}));
    desk.hub->arrive("topcat", api::ReceivedSelection{{}, 3});
    ASSERT_TRUE(desk.says("3 rows, but no spectrum of this project"));
    EXPECT_EQ(desk.selection().size(), 2) << "rows that are none here do not clear it";
    desk.hub->arrive("topcat", api::ReceivedSelection{{}, 0});
    ASSERT_TRUE(desk.says("cleared the selection"));
    EXPECT_TRUE(desk.selection().empty());
    desk.hub->arrive("aladin", api::ReceivedPosition{{10.5, -20}, survey::idOf(8), 2.34});
    ASSERT_TRUE(desk.says(survey::idOf(8) + ", 2.3″ away"));
    EXPECT_EQ(desk.selection().current(), Beside::id(8));
    desk.hub->arrive("aladin", api::ReceivedPosition{{11, -20}, "", 0});
    EXPECT_TRUE(desk.says("where the project has no spectrum"));
    desk.hub->arrive("splat", api::ReceivedSpectrum{"/p/received/x.fits", "HD 1", 12});
    EXPECT_TRUE(desk.says("splat sent the spectrum HD 1; job 12 imports it"));
}

TEST(NeighboursTest, ATableThatComesCanBecomeColumnsLabelsOrAListOfSpectra) {
    Beside desk;
    EXPECT_FALSE(desk.action("receivedTablesAction")->isEnabled());
    api::ReceivedTable table;
    table.file = "/survey/lamost.balmer/received/topcat/be.vot";
    table.name = "Be stars";
    table.rows = 1204;
    table.columns = {"star", "ew", "type"};
    table.idColumn = "star";
    table.matched = 980;
    table.looked = 1204;
    desk.hub->arrive("topcat", table);
    ASSERT_TRUE(desk.says("topcat sent the table “Be stars”"));
    auto* came = desk.window->findChild<desktop::ReceivedTables*>(QStringLiteral("receivedTablesWindow"));
    ASSERT_TRUE(came);
    EXPECT_FALSE(came->isVisible()) << "nothing steps before the work";
    const auto* samp = desk.window->findChild<QToolButton*>(QStringLiteral("neighboursButton"));
    EXPECT_EQ(plainly(samp->text()), "SAMP · 1 table came");
    desk.action("receivedTablesAction")->trigger();
    ASSERT_TRUE(came->isVisible());
    EXPECT_EQ(samp->text(), QStringLiteral("SAMP"));
    const auto button = [&](const char* name) {
        return came->findChild<QPushButton*>(QString::fromLatin1(name));
    };
    EXPECT_TRUE(
        came->findChild<QLabel*>(QStringLiteral("receivedTableFacts"))->text().contains("names spectra"));
    EXPECT_FALSE(button("receivedTableSpectraButton")->isEnabled());
    QTest::mouseClick(button("receivedTableColumnsButton"), Qt::LeftButton);
    auto* form = came->findChild<QDialog*>(QStringLiteral("table-importForm"));
    ASSERT_NE(form, nullptr);
    auto* labels = form->findChild<QComboBox*>(QStringLiteral("label_columnField"));
    EXPECT_EQ(labels->findData("star"), -1) << "ids are not labels";
    labels->setCurrentIndex(labels->findData("type"));
    auto* columns = form->findChild<QListWidget*>(QStringLiteral("columnsField"));
    ASSERT_EQ(columns->count(), 2);
    columns->item(0)->setCheckState(Qt::Checked);
    for (auto* each : form->findChildren<QPushButton*>())
        if (each->text() == "Take") QTest::mouseClick(each, Qt::LeftButton);
    ASSERT_TRUE(desk.settle());
    ASSERT_EQ(desk.workbench->jobs().submitted().size(), 1u);
    const auto spec = desk.workbench->jobs().submitted().front();
    EXPECT_EQ(spec.kind, "table-import");
    const auto parameters = QJsonDocument::fromJson(QByteArray::fromStdString(spec.parameters)).object();
    EXPECT_EQ(parameters["file"].toString(), "/survey/lamost.balmer/received/topcat/be.vot");
    EXPECT_EQ(parameters["id_column"].toString(), "star");
    EXPECT_EQ(parameters["label_column"].toString(), "type");
    EXPECT_EQ(parameters["columns"].toArray(), QJsonArray{"ew"});
    EXPECT_EQ(parameters["source"].toString(), "topcat");
    EXPECT_FALSE(parameters["replace"].toBool(true));

    // A list of spectra opens where lists are fetched from.
    api::ReceivedTable list;
    list.file = "/survey/lamost.balmer/received/topcat/ssap.vot";
    list.columns = {"accref"};
    list.accessColumn = "accref";
    list.rows = 3;
    desk.hub->arrive("topcat", list);
    ASSERT_TRUE(soon([&] { return came->count() == 2; }));
    EXPECT_TRUE(button("receivedTableColumnsButton")->isEnabled()) << "what was chosen stays chosen";
    came->findChild<QListWidget*>(QStringLiteral("receivedTablesList"))->setCurrentRow(0);
    EXPECT_FALSE(button("receivedTableColumnsButton")->isEnabled());
    QTest::mouseClick(button("receivedTableSpectraButton"), Qt::LeftButton);
    ASSERT_TRUE(soon([&] { return !desk.workbench->observatory().asked().lists.empty(); }));
    EXPECT_EQ(desk.workbench->observatory().asked().lists.front().first, list.file.string());
    EXPECT_EQ(desk.action("receivedTablesAction")->text(), QStringLiteral("Tables that came (2)…"));
    QTest::keyClick(came, Qt::Key_Delete);
    EXPECT_EQ(came->count(), 1);
}

TEST(NeighboursTest, ConnectsAtStartOnlyWhereThatIsWanted) {
    {
        Beside desk;
        desk.action("connectAtStartAction")->trigger();
    }
    {
        FakeDesktop next;
        EXPECT_EQ(next.workbench->hub->made(), 1);
        next.window->findChild<QAction*>(QStringLiteral("connectAtStartAction"))->trigger();
    }
    FakeDesktop last;
    EXPECT_EQ(last.workbench->hub->made(), 0);
}

TEST(NeighboursTest, TheHubIsLeftWhenTheWindowGoesWhateverComesMeanwhile) {
    std::shared_ptr<FakeHub> hub;
    {
        Beside desk;
        hub = desk.hub;
        hub->arrive("topcat", api::ReceivedHighlight{survey::idOf(2)});
    }
    bridge::Questions::waitForAll();
    // An answer that was under way is held by its event until the program looks at its events again.
    EXPECT_TRUE(soon([&] { return hub->left() == 1; }));
}

} // namespace balmer::test
