#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>

#include "app/desktop/data/data_place.h"
#include "app/desktop/jobs/job_form.h"
#include "app/desktop/jobs/jobs_place.h"
#include "app/desktop/label/label_place.h"
#include "app/desktop/map/map_place.h"
#include "app/desktop/palette/command_palette.h"
#include "app/desktop/pictures/screenshots.h"
#include "app/desktop/place/actions.h"
#include "app/desktop/place/place.h"
#include "tests/app/desktop/desktop_environment.h"
#include "widgets/som/map_view.h"

namespace balmer::test {

namespace {

QString className(const QObject* object) {
    return QString::fromLatin1(object->metaObject()->className());
}

void visitAllPlaces(FakeDesktop& desk) {
    for (auto* place : desk.window->places()) {
        desk.window->showPlace(place->key());
        ASSERT_TRUE(desk.settle()) << place->key().toStdString();
    }
}

} // namespace

TEST(MainWindowTest, EveryActionAndButtonHasANameAndATooltip) {
    FakeOptions options;
    options.interrupted = true;
    FakeDesktop desk(options);
    visitAllPlaces(desk);
    for (const auto* action : desk.window->findChildren<QAction*>()) {
        if (action->isSeparator() || action->menu() || action->text().isEmpty()) continue;
        EXPECT_FALSE(action->objectName().isEmpty()) << action->text().toStdString();
        EXPECT_FALSE(action->toolTip().isEmpty()) << action->objectName().toStdString();
    }
    for (const auto* button : desk.window->findChildren<QAbstractButton*>()) {
        // Parts that Qt makes inside its own widgets.
        if (className(button) == "QTableCornerButton" || className(button) == "QLineEditIconButton" ||
            button->objectName().startsWith("qt_") || className(button->parent()) == "QTabBar")
            continue;
        EXPECT_FALSE(button->objectName().isEmpty())
            << className(button).toStdString() << " " << button->text().toStdString();
        if (button->isVisible()) {
            EXPECT_FALSE(button->toolTip().isEmpty()) << button->objectName().toStdString();
        }
    }
}

TEST(MainWindowTest, NothingSlowIsCalledOnTheUiThread) {
    FakeOptions options;
    options.interrupted = true;
    FakeDesktop desk(options);
    visitAllPlaces(desk);
    desk.window->showPlace(QStringLiteral("label"));
    ASSERT_TRUE(desk.settle());
    const QString first = desk.window->label()->currentId();
    desk.key(Qt::Key_2);
    desk.key(Qt::Key_Z); // what was prepared of a spectrum is dropped with its label
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.window->label()->currentId(), first);
    const auto entries = desk.window->label()->queue().size();
    Q_EMIT desk.window->label()->panel()->itemRequested(entries - 1); // far from all that is prepared
    ASSERT_TRUE(desk.settle());
    const auto trigger = [&](const char* name) {
        auto* action = desk.window->findChild<QAction*>(QString::fromLatin1(name));
        ASSERT_NE(action, nullptr) << name;
        action->trigger();
        ASSERT_TRUE(desk.settle());
    };
    trigger("rerunInterruptedAction");
    desk.window->showPlace(QStringLiteral("jobs"));
    desk.window->jobs()->showJob(7);
    trigger("abortJobAction");
    trigger("deleteJobAction");
    desk.window->jobs()->runAgain()->submitButton()->click();
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.workbench->jobs().submitted().size(), 2U);
    desk.window->close();
    ASSERT_TRUE(soon([&] { return desk.window->session().idle(); }));
    EXPECT_EQ(desk.workbench->slowCalls.onMakersThread(), std::vector<std::string>{});
}

TEST(MainWindowTest, NoTwoActionsShareAName) {
    FakeDesktop desk;
    visitAllPlaces(desk);
    QStringList names;
    for (const auto* action : desk.window->findChildren<QAction*>())
        if (!action->objectName().isEmpty() && !action->objectName().startsWith('_'))
            names << action->objectName();
    const auto count = names.size();
    names.removeDuplicates();
    EXPECT_EQ(names.size(), count);
}

TEST(MainWindowTest, ControlAndADigitSwitchThePlaces) {
    FakeDesktop desk;
    const char* const keys[] = {"data", "map", "label", "jobs", "workers"};
    for (const int i : {1, 2, 3, 4, 0}) {
        desk.key(Qt::Key(Qt::Key_1 + i), Qt::ControlModifier);
        EXPECT_EQ(desk.window->currentPlace()->key(), QString::fromLatin1(keys[i]));
        ASSERT_TRUE(desk.settle());
    }
    EXPECT_TRUE(desk.workbench->labelling().events().empty());
}

TEST(MainWindowTest, ASixthPlaceIsARowOfTheTable) {
    struct Notes : desktop::Place {
        explicit Notes(bridge::Session& session) : Place(session, QStringLiteral("notes")) {
            desktop::makeAction(this, "writeNoteAction", tr("Write a note"), {}, tr("Adds a line"),
                                [this] { keepValue(QStringLiteral("note"), QStringLiteral("a line")); });
        }
        void enter() override { ++entered; }
        void keep() override { keepValue(QStringLiteral("entered"), QString::number(entered)); }
        int entered = 0;
    };
    auto table = desktop::placeTable();
    table.push_back({QStringLiteral("notes"), QStringLiteral("Notes"), widgets::Icon::Help,
                     [](bridge::Session& session) { return new Notes(session); }});
    FakeDesktop desk(FakeOptions(), table);
    ASSERT_EQ(desk.window->places().size(), 6U);

    auto* button = desk.window->findChild<QToolButton*>(QStringLiteral("notesPlaceActionButton"));
    ASSERT_TRUE(button && button->isVisible());
    EXPECT_EQ(button->text(), QStringLiteral("Notes"));
    EXPECT_FALSE(button->icon().isNull());
    desk.key(Qt::Key_6, Qt::ControlModifier);
    EXPECT_EQ(desk.window->currentPlace()->key(), QStringLiteral("notes"));
    EXPECT_EQ(static_cast<Notes*>(desk.window->currentPlace())->entered, 1);

    desk.window->showPlace(QStringLiteral("data"));
    desk.key(Qt::Key_K, Qt::ControlModifier);
    desk.window->commandPalette()->field()->setText(QStringLiteral("wrinote"));
    ASSERT_FALSE(desk.window->commandPalette()->titles().isEmpty());
    EXPECT_EQ(desk.window->commandPalette()->titles().front(), QStringLiteral("Notes: Write a note"));
    desk.key(Qt::Key_Return);
    EXPECT_EQ(desk.window->currentPlace()->key(), QStringLiteral("notes"));
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.workbench->settings().all()->at("desktop.notes.note"), "a line");

    const QTemporaryDir folder;
    desktop::Screenshots pictures(*desk.window, folder.path());
    QSignalSpy finished(&pictures, &desktop::Screenshots::finished);
    pictures.start();
    ASSERT_TRUE(soon([&] { return finished.count() == 1; }));
    EXPECT_EQ(finished.front().front().toString(), QString());
    EXPECT_EQ(QDir(folder.path()).entryList({QStringLiteral("*.png")}, QDir::Files),
              (QStringList{"data.png", "jobs.png", "label.png", "map.png", "notes.png", "workers.png"}));
    desk.window->close();
    ASSERT_TRUE(soon([&] { return desk.window->session().idle(); }));
    EXPECT_EQ(desk.workbench->settings().all()->at("desktop.place"), "notes");
    EXPECT_EQ(desk.workbench->settings().all()->at("desktop.notes.entered"),
              std::to_string(static_cast<Notes*>(desk.window->currentPlace())->entered));
}

TEST(MainWindowTest, ArrowsWalkTheTableAndTheStatusFollows) {
    FakeDesktop desk;
    const QString first = desk.window->session().selection().current();
    EXPECT_EQ(first.toStdString(), survey::idOf(0));
    desk.window->data()->table()->view()->setFocus();
    desk.key(Qt::Key_Down);
    desk.key(Qt::Key_Down);
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.window->session().selection().current().toStdString(), survey::idOf(2));
    EXPECT_EQ(desk.window->findChild<QLabel*>("currentText")->text().toStdString(), survey::idOf(2));
    EXPECT_EQ(desk.window->findChild<QLabel*>("selectionText")->text(), QStringLiteral("1 of 600 selected"));
}

TEST(MainWindowTest, TheSelectionIsSharedByDataAndMap) {
    FakeDesktop desk;
    desk.window->showPlace("map");
    ASSERT_TRUE(desk.settle());
    const auto content = *desk.workbench->maps().content(3);
    auto* view = desk.window->map()->view();
    // From the map to the table …
    const int neuron = view->densestNeuron();
    ASSERT_GE(neuron, 0);
    view->setFocus();
    desk.key(Qt::Key_Home);
    ASSERT_TRUE(desk.settle());
    auto& selection = desk.window->session().selection();
    EXPECT_EQ(std::size_t(selection.size()), content.members[std::size_t(neuron)].size());
    desk.window->showPlace("data");
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.window->data()->table()->currentId(), selection.current());
    // … and from the table to the map.
    const auto other = std::find_if(content.members.begin(), content.members.end(), [&](const auto& members) {
        return !members.empty() && &members != &content.members[std::size_t(neuron)];
    });
    selection.select({QString::fromStdString(other->front().id)}, "test");
    desk.window->showPlace("map");
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(view->currentNeuron(), int(other - content.members.begin()));
    EXPECT_EQ(selection.size(), 1);
}

TEST(MainWindowTest, AFilterThatCannotBeReadSaysWhereAndKeepsTheTable) {
    FakeDesktop desk;
    auto* table = desk.window->data()->table();
    table->setFilterText("snr > 60");
    ASSERT_TRUE(soon([&] { return desk.window->data()->model().rowCount() < 600; }));
    const int rows = desk.window->data()->model().rowCount();
    table->setFilterText("snr >> 60 or");
    auto* error = table->findChild<QLabel*>("dataTableFilterError");
    ASSERT_NE(error, nullptr);
    ASSERT_TRUE(soon([&] { return error->text().contains("position 1"); }));
    EXPECT_EQ(desk.window->data()->model().rowCount(), rows);
    table->setFilterText("");
    ASSERT_TRUE(soon([&] { return desk.window->data()->model().rowCount() == 600; }));
}

TEST(MainWindowTest, ALabelGivenElsewhereReachesTheTable) {
    FakeDesktop desk;
    active::LabelEvent event;
    event.spectrum = survey::idOf(4);
    event.className = "double peak";
    ASSERT_TRUE(desk.workbench->labelling().label(event));
    EXPECT_TRUE(soon([&] {
        return desk.window->data()->model().rowOf(QString::fromStdString(event.spectrum))->label ==
               "double peak";
    }));
}

TEST(MainWindowTest, ComesBackToPlaceSelectionAndPositionInTheRound) {
    FakeOptions options;
    std::string shown;
    {
        FakeDesktop desk(options);
        desk.window->showPlace("label");
        ASSERT_TRUE(desk.settle());
        for (int i = 0; i < 3; ++i) {
            desk.key(Qt::Key_S);
            ASSERT_TRUE(desk.settle());
        }
        shown = desk.window->label()->currentId().toStdString();
        desk.window->close();
    }
    FakeDesktop again(options);
    EXPECT_EQ(again.window->currentPlace()->key(), QStringLiteral("label"));
    EXPECT_EQ(again.window->label()->currentId().toStdString(), shown);
    EXPECT_EQ(again.window->session().selection().current().toStdString(), shown);
}

TEST(MainWindowTest, AnInterruptedJobIsSaidAndCanBeRunAgain) {
    FakeOptions options;
    options.interrupted = true;
    FakeDesktop desk(options);
    auto* banner = desk.window->findChild<QFrame*>("interruptedBanner");
    ASSERT_TRUE(banner && banner->isVisible());
    EXPECT_TRUE(banner->findChild<QLabel*>("interruptedText")->text().contains("far too large"));
    desk.window->findChild<QAction*>("rerunInterruptedAction")->trigger();
    ASSERT_TRUE(desk.settle());
    ASSERT_EQ(desk.workbench->jobs().submitted().size(), 1U);
    EXPECT_EQ(desk.workbench->jobs().submitted().front().parent, 6);
    EXPECT_FALSE(banner->isVisible());
    FakeDesktop quiet;
    EXPECT_FALSE(quiet.window->findChild<QFrame*>("interruptedBanner")->isVisible());
}

TEST(MainWindowTest, AProjectThatCanOnlyBeReadSaysSoAndKeepsNoSettings) {
    FakeOptions options;
    options.onlyReads = "the project /survey can only be read: its disk takes no changes";
    FakeDesktop desk(options);
    auto* banner = desk.window->findChild<QFrame*>("onlyReadsBanner");
    ASSERT_TRUE(banner && banner->isVisible());
    const auto words = banner->findChild<QLabel*>("onlyReadsText")->text();
    EXPECT_TRUE(words.contains("its disk takes no changes"));
    EXPECT_TRUE(words.contains("exports can be made"));
    EXPECT_EQ(words.count("can only be read"), 1) << words.toStdString();
    for (const char* name :
         {"importAction", "observatoryAction", "preprocessAction", "trainMapAction", "startLabellingAction",
          "computeNextRoundAction", "computeNextRoundHereAction"}) {
        const auto* action = desk.window->findChild<QAction*>(QString::fromLatin1(name));
        ASSERT_NE(action, nullptr) << name;
        EXPECT_FALSE(action->isEnabled()) << name;
        EXPECT_TRUE(action->toolTip().contains("its disk takes no changes")) << name;
    }
    // What changes nothing there can still be run.
    desk.window->findChild<QAction*>(QStringLiteral("newJobAction"))->trigger();
    auto* form = desk.window->findChild<desktop::JobForm*>(QStringLiteral("jobForm"));
    ASSERT_NE(form, nullptr);
    const auto* kinds = form->findChild<QComboBox*>(QStringLiteral("jobKindField"));
    EXPECT_GE(kinds->findData(QStringLiteral("export")), 0);
    EXPECT_LT(kinds->findData(QStringLiteral("import")), 0);
    EXPECT_TRUE(form->submitButton()->isEnabled());
    form->close();
    desktop::JobForm import(desk.window->session(), "import", QStringLiteral("Import"),
                            QStringLiteral("Import"), nullptr);
    import.setAttribute(Qt::WA_DeleteOnClose, false);
    EXPECT_FALSE(import.submitButton()->isEnabled());
    EXPECT_TRUE(import.submitButton()->toolTip().contains("its disk takes no changes"));
    desk.window->session().setSetting(QStringLiteral("desktop.place"), QStringLiteral("label"));
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.window->session().setting(QStringLiteral("desktop.place")), QStringLiteral("label"));
    EXPECT_FALSE(options.settings->contains("desktop.place"));
    FakeDesktop writable;
    EXPECT_FALSE(writable.window->findChild<QFrame*>("onlyReadsBanner")->isVisible());
}

TEST(MainWindowTest, AnEmptyProjectSaysWhatToDoInEveryPlace) {
    FakeOptions nothing;
    nothing.spectra = 0;
    nothing.dataset = nothing.map = nothing.round = nothing.jobs = false;
    FakeDesktop desk(nothing);
    visitAllPlaces(desk);
    desk.window->showPlace("data");
    EXPECT_TRUE(desk.window->data()->table()->emptyState()->isVisible());
    EXPECT_TRUE(desk.window->data()->table()->emptyState()->button()->isVisible());
}

TEST(CommandPaletteTest, FindsEveryActionByAFewLettersAndTriggersItInItsPlace) {
    FakeDesktop desk;
    auto* palette = desk.window->commandPalette();
    desk.key(Qt::Key_K, Qt::ControlModifier);
    ASSERT_TRUE(palette->isVisible());
    EXPECT_GT(palette->titles().size(), 20);
    palette->field()->setText("trmap");
    ASSERT_FALSE(palette->titles().isEmpty());
    EXPECT_EQ(palette->titles().front(), QStringLiteral("Map: Train a map…"));
    desk.key(Qt::Key_Return);
    EXPECT_FALSE(palette->isVisible());
    EXPECT_EQ(desk.window->currentPlace()->key(), QStringLiteral("map"));
    EXPECT_TRUE(soon([&] { return desk.window->findChild<QDialog*>("somForm") != nullptr; }));
}

TEST(CommandPaletteTest, LettersAtTheBeginningsOfWordsCountMost) {
    using desktop::CommandPalette;
    EXPECT_EQ(CommandPalette::score("xyz", "Train a map"), 0);
    EXPECT_GT(CommandPalette::score("tam", "Train a map"), CommandPalette::score("tam", "Set an item"));
    EXPECT_GT(CommandPalette::score("map", "Export the map"), 0);
    EXPECT_GT(CommandPalette::score("", "anything"), 0);
}

} // namespace balmer::test
