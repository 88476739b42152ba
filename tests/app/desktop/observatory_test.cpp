// The window in which spectra are fetched from the net: itself, its page of a folder and its page of a
// VOTable.
#include <memory>

#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>

#include "app/bridge/questions.h"
#include "app/desktop/observatory/form_parts.h"
#include "app/desktop/observatory/observatory_window.h"
#include "app/desktop/place/place.h"
#include "tests/app/desktop/desktop_environment.h"
#include "tests/app/desktop/observatory_desk.h"

namespace balmer::test {

namespace {

api::TreePreview someTree() {
    api::TreePreview tree;
    tree.root = "http://archive.example.org/spectra/";
    tree.files = {{tree.root + "a.fits", "a.fits", 2000000, true},
                  {tree.root + "night%201/b.fits", "night 1/b.fits", 1500000, false},
                  {tree.root + "night%201/c.fits", "night 1/c.fits", {}, false}};
    tree.unmatched = 4;
    tree.skipped = {{"http://other.example.org/", "it lies outside the folder"}};
    tree.folders = 2;
    tree.bytes = 3500000;
    tree.unsized = 1;
    return tree;
}

} // namespace

// ---- The window

TEST(ObservatoryWindowTest, ItStandsBesideTheWorkAndEverythingInItHasAName) {
    Observatory desk(Tree);
    EXPECT_FALSE(desk.asked->isModal());
    EXPECT_TRUE(desk.asked->isWindow());
    auto* button = desk.window->findChild<QPushButton*>(QStringLiteral("observatoryActionButton"));
    ASSERT_TRUE(button && button->isVisible());
    EXPECT_EQ(button->parentWidget(),
              desk.window->findChild<QPushButton*>(QStringLiteral("importActionButton"))->parentWidget());
    QStringList names;
    for (const auto* one : desk.asked->findChildren<QAbstractButton*>()) {
        const QString kind = QString::fromLatin1(one->metaObject()->className());
        if (kind == "QTableCornerButton" || kind == "QLineEditIconButton" ||
            one->objectName().startsWith("qt_") ||
            QString::fromLatin1(one->parent()->metaObject()->className()) == "QTabBar")
            continue;
        if (one->text().isEmpty() && one->icon().isNull()) continue; // an empty state without a step
        EXPECT_FALSE(one->objectName().isEmpty()) << one->text().toStdString();
        EXPECT_FALSE(one->toolTip().isEmpty()) << one->objectName().toStdString();
        names << one->objectName();
    }
    for (const auto* one : desk.asked->findChildren<QLineEdit*>()) {
        if (one->objectName().startsWith("qt_")) continue;
        EXPECT_FALSE(one->objectName().isEmpty());
        EXPECT_FALSE(one->accessibleName().isEmpty()) << one->objectName().toStdString();
        EXPECT_FALSE(one->toolTip().isEmpty()) << one->objectName().toStdString();
        names << one->objectName();
    }
    const auto count = names.size();
    names.removeDuplicates();
    EXPECT_EQ(names.size(), count);
}

TEST(ObservatoryWindowTest, NothingTouchesTheNetBeforeAButtonIsPressed) {
    Observatory desk(Tree);
    desk.net().putService(ondrejov());
    for (const int page : {Tree, List, Ssap, Tree})
        desk.child<QTabWidget>("observatoryTabs")->setCurrentIndex(page);
    desk.type("treeAddressField", "http://archive.example.org/");
    desk.child<QTabWidget>("observatoryTabs")->setCurrentIndex(List);
    desk.type("listPlaceField", "http://archive.example.org/table.vot");
    desk.child<QTabWidget>("observatoryTabs")->setCurrentIndex(Ssap);
    desk.type("ssapAddressField", "http://archive.example.org/ssap");
    desk.type("ssapSizeField", "1");
    desk.asked->close();
    desk.openWindow();
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.net().asked().questions(), 0U);
    EXPECT_TRUE(desk.workbench->jobs().submitted().empty());
}

TEST(ObservatoryWindowTest, ItClosesWithTheMainWindowAndLetsGoOfTheNet) {
    Observatory desk(Tree);
    desk.net().hold(true);
    desk.type("treeAddressField", "http://archive.example.org/");
    desk.click("treeAskButton");
    ASSERT_TRUE(soon([&] { return desk.net().asked().trees.size() == 1U; }));
    desk.window->close();
    EXPECT_FALSE(desk.asked->isVisible());
    EXPECT_TRUE(soon([&] { return desk.net().stopped() == 1; }));
}

TEST(ObservatoryWindowTest, ItEndsWithAQuestionUnderWay) {
    auto desk = std::make_unique<Observatory>(Ssap);
    desk->net().hold(true);
    desk->type("ssapAddressField", "http://archive.example.org/ssap");
    desk->click("ssapAskButton");
    ASSERT_TRUE(soon([&] { return desk->net().asked().services.size() == 1U; }));
    desk.reset();
    // The question holds the project until it has stopped; it must not wait to be let go.
    bridge::Questions::waitForAll();
}

TEST(ObservatoryWindowTest, WhatWasTypedIsThereNextTimeButNoLogin) {
    FakeOptions options;
    {
        Observatory desk(Tree, options);
        desk.type("treeAddressField", "http://archive.example.org/spectra/");
        desk.type("treeMatchField", "*.fits");
        desk.child<QSpinBox>("treeDepthField")->setValue(3);
        desk.child<QTabWidget>("observatoryTabs")->setCurrentIndex(Ssap);
        desk.type("ssapAddressField", "http://observer:secret@archive.example.org/ssap");
        desk.child<QPlainTextEdit>("ssapPositionsField")->setPlainText("vega = 279.2 38.8");
        desk.choose("ssapBandUnitField", "nm");
        desk.window->keep();
    }
    for (const auto& [key, value] : *options.settings)
        EXPECT_EQ(value.find("secret"), std::string::npos) << key;
    Observatory desk(Tree, options);
    EXPECT_EQ(desk.child<QLineEdit>("treeAddressField")->text(), "http://archive.example.org/spectra/");
    EXPECT_EQ(desk.child<QLineEdit>("treeMatchField")->text(), "*.fits");
    EXPECT_EQ(desk.child<QSpinBox>("treeDepthField")->value(), 3);
    EXPECT_EQ(desk.child<QPlainTextEdit>("ssapPositionsField")->toPlainText(), "vega = 279.2 38.8");
    EXPECT_EQ(desk.child<QComboBox>("ssapBandUnitField")->currentText(), "nm");
}

TEST(ObservatoryWindowTest, ALoginIsGivenForTheServerThatStandsInTheField) {
    Observatory desk(Tree);
    desk.click("treeLogInButton");
    EXPECT_NE(desk.said("treeNotice"), "");
    EXPECT_EQ(desk.asked->findChild<QDialog*>("loginForm"), nullptr);
    desk.type("treeAddressField", "https://archive.example.org/private/");
    desk.click("treeLogInButton");
    desk.type("loginUserField", "observer");
    desk.type("loginPasswordField", "secret");
    desk.click("loginKeepButton");
    EXPECT_EQ(desk.net().asked().logins,
              std::vector<std::string>{"observer:secret at https://archive.example.org/private/"});
}

TEST(ObservatoryWindowTest, TabGoesAsTheEyeDoes) {
    Observatory desk(Ssap);
    const QStringList expected = {
        "ssapServiceField",        "ssapAddressField",    "ssapAddServiceButton", "ssapChangeServiceButton",
        "ssapRemoveServiceButton", "ssapPositionsField",  "ssapSizeField",        "ssapSizeUnitField",
        "ssapFromField",           "ssapToField",         "ssapBandUnitField",    "ssapTimeField",
        "ssapTargetField",         "ssapCollectionField", "ssapFormatField",      "ssapMostField",
        "ssapAskButton",           "ssapCancelButton",    "ssapLogInButton",      "ssapFoundTableFilter"};
    QStringList found;
    for (const QWidget* one = desk.child<QWidget>("ssapServiceField"); found.size() < expected.size();
         one = one->nextInFocusChain())
        if ((one->focusPolicy() & Qt::TabFocus) && !one->focusProxy()) found << one->objectName();
    EXPECT_EQ(found.join(' ').toStdString(), expected.join(' ').toStdString());
    // From one field to the next, in truth.
    desk.child<QPlainTextEdit>("ssapPositionsField")->setFocus();
    QTest::keyClick(desk.child<QPlainTextEdit>("ssapPositionsField"), Qt::Key_Tab);
    EXPECT_TRUE(desk.child<QLineEdit>("ssapSizeField")->hasFocus());
}

// ---- A folder on the net

TEST(TreePageTest, LookShowsWhatThereIsAndFetchingItIsAJob) {
    Observatory desk(Tree);
    desk.net().tree = someTree();
    EXPECT_FALSE(desk.can("treeFetchButton"));
    desk.type("treeAddressField", " http://archive.example.org/spectra/ ");
    desk.type("treeMatchField", "*.fits, *.fit");
    desk.child<QSpinBox>("treeDepthField")->setValue(2);
    ASSERT_NO_FATAL_FAILURE(desk.ask("treeAskButton"));
    const auto looked = desk.net().asked().trees.at(0);
    EXPECT_EQ(looked.url, "http://archive.example.org/spectra/");
    EXPECT_EQ(looked.match, (std::vector<std::string>{"*.fits", "*.fit"}));
    EXPECT_EQ(looked.depth, 2U);
    EXPECT_EQ(
        desk.said("treeFound"),
        "3 files, 3.5 MB and 1 file of unknown size, in 2 folders below http://archive.example.org/spectra/");
    EXPECT_NE(desk.said("treeLeftOut").find("4 files with other names"), std::string::npos);
    const auto* files = desk.child<QTableView>("treeFilesView")->model();
    EXPECT_EQ(files->rowCount(), 3);
    EXPECT_EQ(files->index(1, 0).data(), "night 1/b.fits");
    EXPECT_EQ(files->index(1, 1).data(), "about 1.5 MB");
    const auto* skipped = desk.child<QTableView>("treeSkippedView")->model();
    EXPECT_EQ(skipped->index(0, 1).data(), "it lies outside the folder");

    desk.type("treeCollectionField", "winter");
    desk.click("treeFetchButton");
    ASSERT_TRUE(desk.settle());
    ASSERT_EQ(desk.workbench->jobs().submitted().size(), 1U);
    EXPECT_EQ(desk.workbench->jobs().submitted()[0].kind, "fetch");
    EXPECT_EQ(desk.net().asked().fetched.at(0).url, looked.url);
    EXPECT_EQ(desk.net().asked().destinations.at(0).collection, "winter");
    EXPECT_NE(desk.said("treeJobText").find("waits its turn"), std::string::npos);
    EXPECT_FALSE(desk.can("treeFetchButton")); // not twice
    desk.click("treeShowJobButton");
    EXPECT_EQ(desk.window->currentPlace()->key(), "jobs");
}

TEST(TreePageTest, FieldsThatChangedWantAnotherLook) {
    Observatory desk(Tree);
    desk.net().tree = someTree();
    desk.type("treeAddressField", "http://archive.example.org/");
    ASSERT_NO_FATAL_FAILURE(desk.ask("treeAskButton"));
    EXPECT_TRUE(desk.can("treeFetchButton"));
    desk.type("treeMatchField", "*.gz");
    EXPECT_FALSE(desk.can("treeFetchButton"));
    desk.child<QLineEdit>("treeMatchField")->clear();
    EXPECT_TRUE(desk.can("treeFetchButton"));
}

TEST(TreePageTest, EnterLooksAndEscapeLetsGo) {
    Observatory desk(Tree);
    desk.net().tree = someTree();
    desk.net().hold(true);
    desk.type("treeAddressField", "http://archive.example.org/");
    QTest::keyClick(desk.child<QLineEdit>("treeAddressField"), Qt::Key_Return);
    ASSERT_TRUE(soon([&] { return desk.net().asked().trees.size() == 1U; }));
    EXPECT_TRUE(desk.asked->asking());
    EXPECT_FALSE(desk.can("treeAskButton"));
    EXPECT_TRUE(desk.can("treeCancelButton"));
    QTest::keyClick(desk.child<QLineEdit>("treeAddressField"), Qt::Key_Escape);
    EXPECT_FALSE(desk.asked->asking());
    EXPECT_TRUE(soon([&] { return desk.net().stopped() == 1; }));
    EXPECT_TRUE(desk.can("treeAskButton"));
    EXPECT_FALSE(desk.can("treeCancelButton"));
    EXPECT_EQ(desk.said("treeFound"), "");
    // The next question is answered.
    desk.net().hold(false);
    ASSERT_NO_FATAL_FAILURE(desk.ask("treeAskButton"));
    EXPECT_NE(desk.said("treeFound"), "");
}

TEST(TreePageTest, AFailureIsSaidInWordsAndPointsToTheField) {
    Observatory desk(Tree);
    ASSERT_NO_FATAL_FAILURE(desk.ask("treeAskButton"));
    EXPECT_NE(desk.said("treeNotice").find("Type the address"), std::string::npos);
    EXPECT_EQ(desk.net().asked().questions(), 0U);
    desk.net().trouble = core::Error(core::ErrorCode::InvalidArgument, "the scheme gopher is not fetched");
    desk.type("treeAddressField", "gopher://archive.example.org/");
    ASSERT_NO_FATAL_FAILURE(desk.ask("treeAskButton"));
    EXPECT_EQ(desk.said("treeNotice"), "The scheme gopher is not fetched.");
    EXPECT_TRUE(desk.child<QLineEdit>("treeAddressField")->property("invalid").toBool());
    EXPECT_TRUE(desk.child<QLineEdit>("treeAddressField")->hasFocus());
}

// ---- A VOTable

TEST(ListPageTest, WhereSeveralColumnsMayHoldTheAddressesOneIsChosen) {
    Observatory desk(List);
    auto list = someList();
    list.list.accessColumn.clear();
    list.list.columns.clear();
    list.list.addressColumns = {"url_a", "url_b"};
    for (auto& row : list.list.rows) {
        row.url.clear();
        row.trouble = "it is not known which column holds the addresses";
    }
    desk.net().list = list;
    desk.type("listPlaceField", "/tables/stars.vot");
    ASSERT_NO_FATAL_FAILURE(desk.ask("listAskButton"));
    EXPECT_NE(desk.said("listFoundNotices").find("url_a, url_b"), std::string::npos);
    EXPECT_FALSE(desk.can("listFoundFetchAllButton"));
    desk.net().list = someList();
    desk.choose("listColumnField", "url_b");
    EXPECT_EQ(desk.net().asked().lists.size(), 1U); // the choice alone asks nothing
    desk.type("listBaseField", "http://archive.example.org/");
    ASSERT_NO_FATAL_FAILURE(desk.ask("listAskButton"));
    const auto asked = desk.net().asked().lists.at(1);
    EXPECT_EQ(asked.first, "/tables/stars.vot");
    EXPECT_EQ(asked.second.accessColumn, "url_b");
    EXPECT_EQ(asked.second.base, "http://archive.example.org/");
    EXPECT_FALSE(desk.child<QLabel>("listFoundNotices")->isVisible());
    EXPECT_EQ(desk.words("listFoundFetchAllButton"), "Fetch all (3)");
}

// ---- What a job did

TEST(FetchedWordsTest, TellsWhatAJobDid) {
    EXPECT_EQ(plainly(desktop::fetchedWords(R"({"fetched":12,"already_here":0,"failed":[{}],"not_tried":[],)"
                                            R"("imported":11,"refused":[{}]})")),
              "12 files fetched, 11 spectra imported, 1 failed, as told in Jobs, 1 file not read as spectra");
    EXPECT_EQ(desktop::fetchedWords("").toStdString(), "");
    EXPECT_EQ(desktop::fetchedWords(R"({"imported":3})").toStdString(), "");
}

} // namespace balmer::test
