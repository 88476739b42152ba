#include "app/desktop/shell/docks.h"

#include <QAction>
#include <QApplication>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QToolButton>

#include "app/desktop/data/data_place.h"
#include "app/desktop/palette/command_palette.h"
#include "app/desktop/place/panel.h"
#include "app/desktop/place/place.h"
#include "tests/app/desktop/desktop_environment.h"

namespace balmer::test {

namespace {

QDockWidget* dock(const FakeDesktop& desk, const char* key) {
    return desk.window->findChild<QDockWidget*>(QString::fromLatin1(key) + QStringLiteral("Dock"));
}

QAction* toggle(const FakeDesktop& desk, const char* key) {
    return desk.window->findChild<QAction*>(QString::fromLatin1(key) + QStringLiteral("PanelAction"));
}

void show(FakeDesktop& desk, const char* place) {
    desk.window->showPlace(QString::fromLatin1(place));
    ASSERT_TRUE(desk.settle());
}

} // namespace

TEST(DocksTest, EachPlaceHasItsPanelsAndAnyPlaceCanHaveAnyOther) {
    FakeDesktop desk;
    EXPECT_TRUE(dock(desk, "inspector")->isVisible());
    EXPECT_FALSE(dock(desk, "members")->isVisible());
    show(desk, "map");
    EXPECT_FALSE(dock(desk, "inspector")->isVisible());
    EXPECT_TRUE(dock(desk, "members")->isVisible());
    toggle(desk, "inspector")->trigger();
    EXPECT_TRUE(dock(desk, "inspector")->isVisible());
    ASSERT_TRUE(desk.settle());
    // It follows the selection there as in Data.
    auto& selection = desk.window->session().selection();
    EXPECT_FALSE(selection.current().isEmpty());
    const auto* object = desk.window->findChild<QLabel*>(QStringLiteral("objectValue"));
    const auto row = desk.workbench->spectra().row(selection.current().toStdString());
    ASSERT_TRUE(object && row);
    EXPECT_EQ(object->text().toStdString(), row->object.empty() ? "–" : row->object);
}

TEST(DocksTest, APlaceRemembersItsPanelsAndLeavesThoseOfOthersAlone) {
    FakeDesktop desk;
    toggle(desk, "lines")->trigger();
    desk.window->findChild<QToolButton*>(QStringLiteral("collectionsCloseButton"))->click();
    EXPECT_FALSE(dock(desk, "collections")->isVisible());
    show(desk, "jobs");
    EXPECT_FALSE(dock(desk, "spectrum")->isVisible());
    toggle(desk, "lines")->trigger();
    EXPECT_TRUE(dock(desk, "lines")->isVisible());
    show(desk, "data");
    EXPECT_FALSE(dock(desk, "lines")->isVisible());
    EXPECT_FALSE(dock(desk, "collections")->isVisible());
    EXPECT_TRUE(dock(desk, "spectrum")->isVisible());
    show(desk, "jobs");
    EXPECT_TRUE(dock(desk, "lines")->isVisible());
}

TEST(DocksTest, LayoutsComeBackWithTheNextStart) {
    FakeOptions options;
    {
        FakeDesktop desk(options);
        toggle(desk, "inspector")->trigger();
        show(desk, "workers");
        toggle(desk, "spectrum")->trigger();
        desk.window->close();
    }
    FakeDesktop again(options);
    EXPECT_EQ(again.window->currentPlace()->key(), QStringLiteral("workers"));
    EXPECT_TRUE(dock(again, "spectrum")->isVisible());
    show(again, "data");
    EXPECT_FALSE(dock(again, "inspector")->isVisible());
    EXPECT_TRUE(dock(again, "collections")->isVisible());
    again.window->findChild<QAction*>(QStringLiteral("resetPanelsAction"))->trigger();
    EXPECT_TRUE(dock(again, "inspector")->isVisible());
}

TEST(DocksTest, AHiddenPanelComesBackByTheViewMenuAndByThePalette) {
    FakeDesktop desk;
    dock(desk, "inspector")->close();
    const auto* menu = desk.window->findChild<QMenu*>(QStringLiteral("viewMenu"));
    ASSERT_NE(menu, nullptr);
    EXPECT_TRUE(menu->actions().contains(toggle(desk, "inspector")));
    desk.key(Qt::Key_K, Qt::ControlModifier);
    desk.window->commandPalette()->field()->setText(QStringLiteral("panel inspector"));
    desk.key(Qt::Key_Return);
    EXPECT_TRUE(dock(desk, "inspector")->isVisible());
}

TEST(DocksTest, ThePalettesCommandOfAHiddenPanelShowsIt) {
    FakeDesktop desk;
    dock(desk, "spectrum")->close();
    desk.key(Qt::Key_K, Qt::ControlModifier);
    desk.window->commandPalette()->field()->setText(QStringLiteral("spectrum: show the whole"));
    desk.key(Qt::Key_Return);
    EXPECT_TRUE(dock(desk, "spectrum")->isVisible());
}

TEST(DocksTest, APlaceWithNothingToShowTakesAllTheRoom) {
    FakeOptions nothing;
    nothing.map = false;
    FakeDesktop desk(nothing);
    show(desk, "map");
    for (const auto* one : desk.window->findChildren<QDockWidget*>())
        EXPECT_FALSE(one->isVisible()) << one->objectName().toStdString();
    EXPECT_FALSE(toggle(desk, "inspector")->isEnabled());
    show(desk, "data");
    EXPECT_TRUE(dock(desk, "inspector")->isVisible());
    EXPECT_TRUE(toggle(desk, "inspector")->isEnabled());
}

TEST(DocksTest, AnEighthPanelIsARowOfTheTable) {
    struct Followed : desktop::FollowingPanel {
        using FollowingPanel::FollowingPanel;
        void follow() override { followed << session_.selection().current(); }
        QStringList followed;
    };
    auto table = desktop::panelTable();
    table.push_back({QStringLiteral("followed"),
                     QStringLiteral("Followed"),
                     [](const desktop::PanelContext& context) { return new Followed(context.session); },
                     {{QStringLiteral("jobs"), Qt::RightDockWidgetArea, 200}},
                     {}});
    FakeDesktop desk(FakeOptions(), desktop::placeTable(), table);
    EXPECT_FALSE(dock(desk, "followed")->isVisible());
    auto* panel = static_cast<Followed*>(dock(desk, "followed")->widget());
    EXPECT_TRUE(panel->followed.isEmpty());
    show(desk, "jobs");
    EXPECT_TRUE(dock(desk, "followed")->isVisible());
    EXPECT_EQ(panel->followed, QStringList(desk.window->session().selection().current()));
    show(desk, "data");
    toggle(desk, "followed")->trigger();
    EXPECT_TRUE(dock(desk, "followed")->isVisible());
}

TEST(DocksTest, ThePlacesKeysWorkWhileThePanelsHaveTheKeyboard) {
    FakeDesktop desk;
    dock(desk, "collections")->widget()->setFocus();
    desk.window->findChild<QWidget*>(QStringLiteral("collectionsTree"))->setFocus();
    desk.key(Qt::Key_F, Qt::ControlModifier);
    EXPECT_EQ(QApplication::focusWidget(), static_cast<QWidget*>(desk.window->data()->table()->filterEdit()));
}

} // namespace balmer::test
