// The page on which a Simple Spectral Access service is asked: what stands in its form, what is found, and
// the user's own services.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QComboBox>
#include <QDialog>
#include <QHeaderView>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>

#include "app/desktop/observatory/found_panel.h"
#include "app/desktop/observatory/observatory_window.h"
#include "app/desktop/observatory/ssap_entries.h"
#include "app/desktop/place/place.h"
#include "tests/app/desktop/desktop_environment.h"
#include "tests/app/desktop/observatory_desk.h"
#include "widgets/table/spectrum_table.h"

namespace balmer::test {

namespace {

desktop::SsapEntries at(const char* positions) {
    desktop::SsapEntries entries;
    entries.positions = QString::fromUtf8(positions);
    return entries;
}

} // namespace

// ---- What stands in the form

TEST(SsapEntriesTest, PositionsHaveNamesWhereTheyAreGiven) {
    const auto question =
        desktop::understand(at("83.633 22.014\n\n# a remark\n vega = 18:36:56.3 +38:47:01\n"));
    EXPECT_TRUE(question.trouble.isEmpty()) << question.trouble.toStdString();
    ASSERT_EQ(question.query.positions.size(), 2U);
    EXPECT_NEAR(question.query.positions[1].raDegrees, 279.2346, 1e-4);
    EXPECT_NEAR(question.query.positions[1].decDegrees, 38.7836, 1e-4);
    EXPECT_EQ(question.names, (QStringList{"83.633 22.014", "vega"}));
}

TEST(SsapEntriesTest, UnitsAreThoseChosenUnlessTheNumberBringsItsOwn) {
    auto entries = at("10 20");
    entries.size = "6";
    entries.sizeUnit = "arcmin";
    entries.from = "628.5";
    entries.nanometres = true;
    entries.mostRows = 50;
    auto question = desktop::understand(entries);
    ASSERT_TRUE(question.trouble.isEmpty()) << question.trouble.toStdString();
    EXPECT_DOUBLE_EQ(*question.query.diameterDegrees, 0.1);
    EXPECT_DOUBLE_EQ(*question.query.fromAngstrom, 6285);
    EXPECT_FALSE(question.query.toAngstrom);
    EXPECT_EQ(question.query.mostRows, 50U);
    entries.size = "36 arcsec";
    question = desktop::understand(entries);
    EXPECT_NEAR(question.query.diameterDegrees.value_or(0), 0.01, 1e-12);
}

TEST(SsapEntriesTest, AFieldThatCannotBeUnderstoodIsNamed) {
    const auto fieldOf = [](const desktop::SsapEntries& entries) {
        const auto question = desktop::understand(entries);
        EXPECT_EQ(question.field.isEmpty(), question.trouble.isEmpty());
        return question.field.toStdString();
    };
    EXPECT_EQ(fieldOf(at("10 20\nsomewhere")), "positions");
    EXPECT_TRUE(desktop::understand(at("10 20\nsomewhere")).trouble.startsWith("Line 2"));
    auto entries = at("");
    entries.size = "1";
    EXPECT_EQ(fieldOf(entries), "size"); // no position for it
    entries = at("10 20");
    entries.size = "large";
    EXPECT_EQ(fieldOf(entries), "size");
    entries.size = "500";
    EXPECT_EQ(fieldOf(entries), "size");
    entries.size.clear();
    entries.from = "x";
    EXPECT_EQ(fieldOf(entries), "from");
    entries.from = "7000";
    entries.to = "6000";
    EXPECT_EQ(fieldOf(entries), "to");
    entries.to.clear();
    entries.time = "last week";
    EXPECT_EQ(fieldOf(entries), "time");
    entries.time = "2014/";
    EXPECT_EQ(fieldOf(entries), "");
}

TEST(SsapEntriesTest, OfSeveralPositionsTheNearestIsToldOfEachRow) {
    const auto list = someList().list;
    const auto two = desktop::understand(at("a = 12 20\nb = 58 20"));
    EXPECT_EQ(desktop::nearestNames(list, two.query, two.names),
              (std::vector<std::string>{"a", "a", "a", "b", "b", "b"}));
    const auto one = desktop::understand(at("a = 12 20"));
    EXPECT_TRUE(desktop::nearestNames(list, one.query, one.names).empty());
}

// ---- SSAP

TEST(SsapPageTest, TheQuestionIsWhatStandsInTheForm) {
    Observatory desk(Ssap);
    desk.net().list = someList();
    desk.type("ssapAddressField", "http://archive.example.org/ssap?");
    desk.child<QPlainTextEdit>("ssapPositionsField")->setPlainText("a = 12 20\nb = 58 20");
    desk.type("ssapSizeField", "30");
    desk.choose("ssapSizeUnitField", "arcmin");
    desk.type("ssapFromField", "628");
    desk.type("ssapToField", "673");
    desk.choose("ssapBandUnitField", "nm");
    desk.type("ssapTimeField", "2014/2015");
    desk.type("ssapCollectionField", "CCD700");
    desk.choose("ssapFormatField", "FITS");
    desk.child<QSpinBox>("ssapMostField")->setValue(100);
    ASSERT_NO_FATAL_FAILURE(desk.ask("ssapAskButton"));
    ASSERT_EQ(desk.net().asked().services.size(), 1U) << desk.said("ssapNotice");
    const auto [service, query] = desk.net().asked().services[0];
    EXPECT_EQ(service, "http://archive.example.org/ssap?");
    EXPECT_EQ(query.positions.size(), 2U);
    EXPECT_DOUBLE_EQ(query.diameterDegrees.value_or(0), 0.5);
    EXPECT_DOUBLE_EQ(query.fromAngstrom.value_or(0), 6280);
    EXPECT_DOUBLE_EQ(query.toAngstrom.value_or(0), 6730);
    EXPECT_EQ(query.time, "2014/2015");
    EXPECT_EQ(query.collection, "CCD700");
    EXPECT_EQ(query.format, "fits");
    EXPECT_EQ(query.mostRows, 100U);
    // Two positions: each row says for which it was found.
    EXPECT_FALSE(desk.table("ssapFound")->isColumnHidden(desktop::FoundModel::AskedFor));
    EXPECT_EQ(desk.cell("ssapFound", 0, desktop::FoundModel::AskedFor), "a");
}

TEST(SsapPageTest, WhatCannotBeUnderstoodIsNotAsked) {
    Observatory desk(Ssap);
    desk.type("ssapAddressField", "http://archive.example.org/ssap?");
    desk.type("ssapFromField", "red");
    ASSERT_NO_FATAL_FAILURE(desk.ask("ssapAskButton"));
    EXPECT_EQ(desk.net().asked().questions(), 0U);
    EXPECT_TRUE(desk.child<QLineEdit>("ssapFromField")->property("invalid").toBool());
    EXPECT_NE(desk.said("ssapNotice").find("“red”"), std::string::npos);
}

TEST(SsapPageTest, TheAnswerShowsWhatTheProjectHasAndWhatStandsForWhat) {
    Observatory desk(Ssap);
    auto list = someList();
    list.list.overflow = true;
    list.list.message = "6 of 4000";
    list.list.failures = {"at 12 20: the server has failed"};
    desk.net().list = list;
    desk.type("ssapAddressField", "http://archive.example.org/ssap?");
    ASSERT_NO_FATAL_FAILURE(desk.ask("ssapAskButton"));
    auto* panel = desk.asked->findChild<desktop::FoundPanel*>("ssapFoundPanel");
    QAbstractItemModelTester tester(const_cast<desktop::FoundModel*>(&panel->model()));
    using Model = desktop::FoundModel;
    EXPECT_NE(desk.said("ssapFoundNotices").find("6 of 4000"), std::string::npos);
    EXPECT_NE(desk.said("ssapFoundNotices").find("the server has failed"), std::string::npos);
    EXPECT_EQ(desk.said("ssapFoundTableCount"), "5 of 6 spectra");
    EXPECT_EQ(desk.said("ssapFoundFacts"),
              "1 in the project  ·  1 repeated  ·  1 cannot be fetched: the row has no address");
    EXPECT_EQ(desk.cell("ssapFound", 0, Model::Standing), "stands for 1 more");
    EXPECT_EQ(desk.cell("ssapFound", 1, Model::Standing), "✓ in the project");
    EXPECT_EQ(desk.cell("ssapFound", 2, Model::Standing), "▲ cannot be fetched");
    EXPECT_EQ(desk.cell("ssapFound", 0, Model::Format), "FITS");
    EXPECT_EQ(desk.cell("ssapFound", 0, Model::Band), "6280 – 6730");
    desk.click("ssapFoundRepeatedBox");
    ASSERT_TRUE(soon([&] { return panel->model().rowCount() == 6; }));
    EXPECT_EQ(desk.cell("ssapFound", 2, Model::Standing), "repeats another row");
    // Chosen rows that can be fetched count, a further form too.
    desk.chooseRows("ssapFound", {0, 1, 2, 3});
    EXPECT_EQ(desk.words("ssapFoundFetchChosenButton"), "Fetch chosen (2)");
    desk.click("ssapFoundFetchChosenButton");
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.net().asked().retrieved.at(0), (std::vector<std::size_t>{0, 2}));
}

TEST(SsapPageTest, FetchingAllIsAJobAndTheMarksChangeWhenItIsDone) {
    Observatory desk(Ssap);
    desk.net().list = someList();
    desk.type("ssapAddressField", "http://archive.example.org/ssap?");
    ASSERT_NO_FATAL_FAILURE(desk.ask("ssapAskButton"));
    EXPECT_EQ(desk.words("ssapFoundFetchAllButton"), "Fetch all (3)");
    desk.type("ssapFoundFolderField", "/survey/net");
    desk.click("ssapFoundFetchAllButton");
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.net().asked().retrieved.at(0), (std::vector<std::size_t>{0, 4, 5}));
    EXPECT_EQ(desk.net().asked().destinations.at(0).folder, "/survey/net");
    ASSERT_EQ(desk.workbench->jobs().submitted().size(), 1U);
    EXPECT_EQ(desk.workbench->jobs().submitted()[0].kind, "retrieve");
    const auto job = desk.workbench->jobs().list()->front().id;
    using Model = desktop::FoundModel;
    EXPECT_TRUE(desk.cell("ssapFound", 0, Model::Standing).startsWith("job "));
    EXPECT_FALSE(desk.can("ssapFoundFetchAllButton")); // not twice
    desk.workbench->jobs().advance(job, jobs::Phase::Executing, 0.5);
    ASSERT_TRUE(soon([&] { return desk.said("ssapFoundJobText").find("50 %") != std::string::npos; }));
    // Two arrive; the third can be asked for again.
    desk.net().nowInProject("http://archive.example.org/get/0", "vega");
    desk.net().nowInProject("http://archive.example.org/get/4", "gamma-cas");
    desk.workbench->jobs().advance(job, jobs::Phase::Completed, 1);
    ASSERT_TRUE(soon([&] { return desk.words("ssapFoundFetchAllButton") == "Fetch all (1)"; }));
    EXPECT_EQ(desk.cell("ssapFound", 0, Model::Standing), "✓ in the project");
    EXPECT_NE(desk.said("ssapFoundJobText").find("complete"), std::string::npos);
}

TEST(SsapPageTest, TheTableIsSortedAndFilteredWithItsSelection) {
    Observatory desk(Ssap);
    desk.net().list = someList();
    desk.type("ssapAddressField", "http://archive.example.org/ssap?");
    ASSERT_NO_FATAL_FAILURE(desk.ask("ssapAskButton"));
    using Model = desktop::FoundModel;
    desk.chooseRows("ssapFound", {0});
    desk.table("ssapFound")->sortByColumn(Model::Size, Qt::AscendingOrder);
    ASSERT_TRUE(soon([&] { return desk.cell("ssapFound", 0, Model::Title) == "Gamma Cas 2"; }));
    EXPECT_EQ(desk.cell("ssapFound", 4, Model::Title), "Vega 1");
    const auto chosen = desk.table("ssapFound")->selectionModel()->selectedRows();
    ASSERT_EQ(chosen.size(), 1);
    EXPECT_EQ(chosen[0].row(), 4);
    desk.type("ssapFoundTableFilter", "cas 2014-05");
    ASSERT_TRUE(soon([&] { return desk.table("ssapFound")->model()->rowCount() == 1; }));
    EXPECT_EQ(desk.cell("ssapFound", 0, Model::Title), "Gamma Cas 1");
    // What is out of sight is not fetched as chosen.
    EXPECT_FALSE(desk.can("ssapFoundFetchChosenButton"));
}

TEST(SsapPageTest, ADoubleClickShowsWhatTheProjectHas) {
    Observatory desk(Ssap);
    auto list = someList();
    list.inProject[1] = survey::idOf(7);
    desk.net().list = list;
    desk.type("ssapAddressField", "http://archive.example.org/ssap?");
    ASSERT_NO_FATAL_FAILURE(desk.ask("ssapAskButton"));
    auto* view = desk.table("ssapFound");
    const QPoint at = view->visualRect(view->model()->index(1, 0)).center();
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, at);
    QTest::mouseDClick(view->viewport(), Qt::LeftButton, {}, at);
    EXPECT_EQ(desk.window->session().selection().current().toStdString(), survey::idOf(7));
    EXPECT_EQ(desk.window->currentPlace()->key(), "data");
}

TEST(SsapPageTest, NothingFoundSaysWhatToDo) {
    Observatory desk(Ssap);
    desk.net().list = api::MarkedList{};
    desk.type("ssapAddressField", "http://archive.example.org/ssap?");
    ASSERT_NO_FATAL_FAILURE(desk.ask("ssapAskButton"));
    auto* panel = desk.asked->findChild<desktop::FoundPanel*>("ssapFoundPanel");
    EXPECT_TRUE(panel->table()->emptyState()->isVisible());
    EXPECT_TRUE(panel->table()->emptyState()->accessibleDescription().startsWith("Nothing was found"));
    EXPECT_FALSE(desk.can("ssapFoundFetchAllButton"));
}

// ---- The user's services

TEST(ServicesTest, OneIsAddedRenamedAndRemoved) {
    Observatory desk(Ssap);
    EXPECT_FALSE(desk.can("ssapRemoveServiceButton"));
    desk.type("ssapAddressField", "http://archive.example.org/ssap?");
    desk.click("ssapAddServiceButton");
    EXPECT_EQ(desk.child<QLineEdit>("serviceAddressField")->text(), "http://archive.example.org/ssap?");
    desk.click("serviceKeepButton");
    EXPECT_NE(desk.said("serviceError"), ""); // no name yet
    desk.type("serviceNameField", "ondrejov");
    desk.click("serviceKeepButton");
    ASSERT_EQ(desk.net().services()->size(), 1U);
    EXPECT_EQ(desk.child<QComboBox>("ssapServiceField")->currentText(), "ondrejov");

    QTest::qWait(0); // the form is deleted
    desk.click("ssapChangeServiceButton");
    ASSERT_TRUE(soon([&] { return desk.asked->findChildren<QDialog*>("serviceForm").size() == 1; }));
    desk.type("serviceNameField", "perek");
    desk.type("serviceRemarkField", "the 2 m telescope");
    desk.click("serviceKeepButton");
    ASSERT_EQ(desk.net().services()->size(), 1U);
    EXPECT_EQ(desk.net().services()->front().name, "perek");
    EXPECT_EQ(desk.net().services()->front().remark, "the 2 m telescope");

    desk.click("ssapRemoveServiceButton");
    EXPECT_TRUE(desk.net().services()->empty());
    EXPECT_EQ(desk.child<QLineEdit>("ssapAddressField")->text(), "http://archive.example.org/ssap?");
    // A slip is mended: it comes back whole.
    desk.click("ssapAddServiceButton");
    ASSERT_TRUE(soon([&] { return desk.asked->findChildren<QDialog*>("serviceForm").size() == 1; }));
    desk.click("serviceKeepButton");
    ASSERT_EQ(desk.net().services()->size(), 1U);
    EXPECT_EQ(desk.net().services()->front().remark, "the 2 m telescope");
    EXPECT_EQ(desk.net().asked().questions(), 0U);
}

TEST(ServicesTest, ANameIsNotGivenTwiceAndAnAddressMustBeOne) {
    Observatory desk(Ssap);
    desk.net().putService(ondrejov());
    desk.type("ssapAddressField", "nowhere");
    desk.click("ssapAddServiceButton");
    desk.type("serviceNameField", "ondrejov");
    desk.click("serviceKeepButton");
    EXPECT_NE(desk.said("serviceError").find("already"), std::string::npos);
    desk.type("serviceNameField", "other");
    desk.click("serviceKeepButton");
    EXPECT_NE(desk.said("serviceError").find("nowhere"), std::string::npos);
    EXPECT_TRUE(desk.child<QLineEdit>("serviceAddressField")->property("invalid").toBool());
    EXPECT_EQ(desk.net().services()->size(), 1U);
}

TEST(ServicesTest, AChosenServiceIsAskedByNameAndAnotherAddressTakesItsPlace) {
    FakeDesktop fake;
    fake.workbench->observatory().putService(ondrejov());
    fake.window->findChild<QAction*>("observatoryAction")->trigger();
    auto* asked = fake.window->findChild<desktop::ObservatoryWindow*>("observatoryWindow");
    auto* box = asked->findChild<QComboBox*>("ssapServiceField");
    EXPECT_EQ(box->currentText(), "ondrejov");
    asked->findChild<QTabWidget*>("observatoryTabs")->setCurrentIndex(Ssap);
    QTest::mouseClick(asked->findChild<QPushButton*>("ssapAskButton"), Qt::LeftButton);
    ASSERT_TRUE(soon([&] { return !asked->asking(); }));
    EXPECT_EQ(fake.workbench->observatory().asked().services.at(0).first, "ondrejov");
    auto* address = asked->findChild<QLineEdit*>("ssapAddressField");
    address->selectAll();
    QTest::keyClicks(address, "http://other.example.org/");
    EXPECT_EQ(box->currentText(), "the address below");
    QTest::mouseClick(asked->findChild<QPushButton*>("ssapAskButton"), Qt::LeftButton);
    ASSERT_TRUE(soon([&] { return !asked->asking(); }));
    EXPECT_EQ(fake.workbench->observatory().asked().services.at(1).first, "http://other.example.org/");
}

} // namespace balmer::test
