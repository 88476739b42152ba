// The window beside TOPCAT, at JSAMP's hub: a table goes there from the menu, and the cursor goes both ways.
#include <cstdlib>

#include <gtest/gtest.h>

#include <QAction>
#include <QApplication>
#include <QMenu>
#include <QSettings>
#include <QStandardPaths>
#include <QTest>

#include "app/bridge/session.h"
#include "app/desktop/data/data_place.h"
#include "app/desktop/shell/main_window.h"
#include "engine/core/files.h"
#include "tests/support/made_up_spectrum.h"
#include "tests/support/peer_process.h"
#include "tests/support/samp_hub.h"
#include "tests/support/test_support.h"
#include "tests/support/topcat.h"

namespace balmer::test {
namespace {

const std::string jsampJar = "/usr/share/java/jsamp.jar";
constexpr int aMinute = 60000;

class DesktopBesideTopcat : public testing::Test {
  protected:
    void SetUp() override {
        const auto missing =
            missingPackages({{jsampJar, "jsamp"}, {"/usr/bin/java", "default-jre-headless"}}) +
            Topcat::missing();
        if (!missing.empty()) GTEST_SKIP() << missing;
        const auto setting = "std-lockurl:file://" + (folder_ / "lock").string();
        ::setenv("SAMP_HUB", setting.c_str(), 1);
        hub_ = std::make_unique<PeerProcess>(
            std::vector<std::string>{"/usr/bin/java", "-Djava.awt.headless=true",
                                     "-Djsamp.localhost=127.0.0.1", "-Duser.home=" + folder_.path().string(),
                                     "-jar", jsampJar, "hub", "-mode", "no-gui", "-profiles", "std"},
            std::map<std::string, std::string>{{"SAMP_HUB", setting}}, folder_ / "hub.log");
        ASSERT_TRUE(eventually([&] { return std::filesystem::exists(folder_ / "lock"); })) << hub_->log();
        topcat_ = std::make_unique<Topcat>(folder_.path(), setting);
        ASSERT_TRUE(topcat_->ready()) << topcat_->log();

        std::filesystem::create_directories(folder_ / "stars");
        for (int i = 0; i < 6; ++i)
            ASSERT_TRUE(core::writeFile(folder_ / "stars" / ("s" + std::to_string(i) + ".txt"),
                                        spectrumText(i, 300)));
        auto bench = api::openWorkbench(folder_ / "p.balmer");
        ASSERT_TRUE(bench) << why(bench);
        jobs::JobSpec spec;
        spec.kind = "import";
        spec.parameters = "{\"paths\": [\"" + (folder_ / "stars").string() + "\"]}";
        core::TaskContext task;
        const auto imported = (*bench)->jobs().runHere(spec, task);
        ASSERT_TRUE(imported) << why(imported);

        qputenv("QT_QPA_PLATFORM", "offscreen");
        QStandardPaths::setTestModeEnabled(true);
        static int argc = 1;
        static char name[] = "topcat_test";
        static char* argv[] = {name, nullptr};
        application_ = std::make_unique<QApplication>(argc, argv);
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope,
                           QString::fromStdString((folder_ / "settings").string()));
        window_ = std::make_unique<desktop::MainWindow>(std::make_unique<bridge::Session>(std::move(*bench)),
                                                        QStringList());
        window_->show();
        ASSERT_TRUE(QTest::qWaitFor([&] { return window_->data()->model().rowCount() == 6; }, aMinute));
    }
    void TearDown() override {
        window_.reset();
        bridge::Questions::waitForAll();
        application_.reset();
        topcat_.reset();
        hub_.reset();
        ::unsetenv("SAMP_HUB");
    }

    bool topcatTakesTables() const {
        for (const auto& each : window_->neighbours().state().neighbours)
            if (each.name == "topcat" && each.tables && each.highlights) return true;
        return false;
    }
    /// Chooses "topcat" in one of the menus of "Send to".
    bool sendTo(const char* menu) const {
        auto* send = window_->findChild<QMenu*>(QStringLiteral("sendMenu"));
        Q_EMIT send->aboutToShow();
        const auto* list = send->findChild<QMenu*>(QString::fromLatin1(menu));
        if (!list) return false;
        for (QAction* each : list->actions())
            if (each->text() == QLatin1String("topcat")) {
                each->trigger();
                return true;
            }
        return false;
    }
    QString current() const { return window_->session().selection().current(); }
    QString idAt(int row) const { return window_->data()->model().idAt(row); }

    TemporaryFolder folder_;
    std::unique_ptr<PeerProcess> hub_;
    std::unique_ptr<Topcat> topcat_;
    std::unique_ptr<QApplication> application_;
    std::unique_ptr<desktop::MainWindow> window_;
};

TEST_F(DesktopBesideTopcat, ARowHighlightedThereShowsHereAndTheReverse) {
    window_->findChild<QAction*>(QStringLiteral("connectNeighboursAction"))->trigger();
    ASSERT_TRUE(QTest::qWaitFor([&] { return topcatTakesTables(); }, aMinute)) << topcat_->log();
    ASSERT_TRUE(sendTo("sendListMenu"));
    QString said;
    QObject::connect(&window_->neighbours(), &bridge::NeighbourLink::said, window_.get(),
                     [&](const QString& words) { said = words; });
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return said.contains(QStringLiteral("topcat has the table")); }, aMinute))
        << said.toStdString();
    ASSERT_TRUE(topcat_->browse());

    // A step in the table here: its row changes its colour there, and no other does.
    window_->session().selection().select({idAt(1)}, QStringLiteral("test"));
    EXPECT_TRUE(QTest::qWaitFor([&] { return topcat_->highlighted(1); }, aMinute));
    EXPECT_FALSE(topcat_->highlighted(0));
    EXPECT_FALSE(topcat_->highlighted(4));

    // A click there, once the user has switched "Send row index" on: the spectrum is shown here.
    ASSERT_TRUE(topcat_->openActions());
    ASSERT_TRUE(topcat_->sendRowIndex()) << "TOPCAT's windows may look different from those of version 4.8.7";
    topcat_->click(3);
    ASSERT_TRUE(QTest::qWaitFor([&] { return current() == idAt(3); }, aMinute)) << current().toStdString();
    EXPECT_TRUE(QTest::qWaitFor([&] { return window_->data()->table()->currentId() == idAt(3); }, aMinute));

    // And here again, after that.
    window_->session().selection().select({idAt(5)}, QStringLiteral("test"));
    EXPECT_TRUE(QTest::qWaitFor([&] { return topcat_->highlighted(5); }, aMinute));
    EXPECT_EQ(current(), idAt(5)) << "what was said to TOPCAT has not come back";
}

} // namespace
} // namespace balmer::test
