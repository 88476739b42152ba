#include <QAbstractItemModelTester>
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>

#include "app/desktop/data/data_place.h"
#include "app/desktop/observatory/form_parts.h"
#include "app/desktop/observatory/found_panel.h"
#include "app/desktop/observatory/observatory_window.h"
#include "app/desktop/observatory/ssap_entries.h"
#include "tests/app/desktop/desktop_environment.h"
#include "widgets/table/spectrum_table.h"

namespace balmer::test {

namespace {

enum Page { Tree, List, Ssap };

/// With ordinary blanks.
std::string plainly(QString words) {
    return words.replace(QChar(0xA0), ' ').replace(QChar(0x202F), ' ').toStdString();
}

struct Observatory : FakeDesktop {
    explicit Observatory(Page page, FakeOptions options = {}) : FakeDesktop(std::move(options)) {
        openWindow();
        child<QTabWidget>("observatoryTabs")->setCurrentIndex(page);
    }
    void openWindow() {
        window->findChild<QAction*>(QStringLiteral("observatoryAction"))->trigger();
        asked = window->findChild<desktop::ObservatoryWindow*>(QStringLiteral("observatoryWindow"));
        ASSERT_NE(asked, nullptr);
        ASSERT_TRUE(QTest::qWaitForWindowExposed(asked));
    }
    FakeObservatory& net() const { return workbench->observatory(); }
    template <typename T>
    T* child(const char* name) const {
        auto* found = asked->findChild<T*>(QString::fromLatin1(name));
        EXPECT_NE(found, nullptr) << name;
        return found;
    }
    void type(const char* field, const char* words) const {
        auto* edit = child<QLineEdit>(field);
        edit->clear();
        QTest::keyClicks(edit, QString::fromUtf8(words));
    }
    void click(const char* name) const {
        auto* button = child<QAbstractButton>(name);
        ASSERT_TRUE(button->isEnabled()) << name;
        ASSERT_TRUE(button->isVisible()) << name;
        QTest::mouseClick(button, Qt::LeftButton);
    }
    std::string said(const char* label) const { return plainly(child<QLabel>(label)->text()); }
    std::string words(const char* button) const { return plainly(child<QAbstractButton>(button)->text()); }
    bool can(const char* button) const { return child<QAbstractButton>(button)->isEnabled(); }
    void choose(const char* box, const char* words) const {
        auto* combo = child<QComboBox>(box);
        const int at = combo->findText(QString::fromUtf8(words));
        ASSERT_GE(at, 0) << words;
        combo->setCurrentIndex(at);
    }
    bool answered() {
        return soon([this] { return !asked->asking(); }) && settle();
    }
    void ask(const char* button) {
        click(button);
        ASSERT_TRUE(answered());
    }
    QTableView* table(const char* panel) const {
        return asked->findChild<QTableView*>(QString::fromLatin1(panel) + QStringLiteral("TableView"));
    }
    QString cell(const char* panel, int row, int column) const {
        return table(panel)->model()->index(row, column).data().toString();
    }
    void chooseRows(const char* panel, const std::vector<int>& rows) const {
        auto* view = table(panel);
        view->clearSelection();
        for (const int row : rows)
            view->selectionModel()->select(view->model()->index(row, 0),
                                           QItemSelectionModel::Select | QItemSelectionModel::Rows);
    }

    desktop::ObservatoryWindow* asked = nullptr;
};

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

/// Six rows: free, in the project, another form of the first, without an address, free and free.
api::MarkedList someList() {
    api::MarkedList marked;
    auto& list = marked.list;
    list.source = "http://archive.example.org/ssap?";
    list.accessColumn = "accref";
    list.addressColumns = {"accref"};
    list.columns = {{"access", "accref", "utype"}};
    const char* const titles[] = {"Vega 1", "Deneb 1", "Vega 1", "Altair 1", "Gamma Cas 1", "Gamma Cas 2"};
    for (std::size_t i = 0; i < 6; ++i) {
        vo::ListedSpectrum row;
        row.row = i;
        row.title = titles[i];
        row.format = i == 2 ? "application/x-votable+xml" : "application/fits";
        row.url = "http://archive.example.org/get/" + std::to_string(i);
        row.bytes = 10000 * (6 - i);
        row.observed = "2014-0" + std::to_string(i + 1) + "-02T03:04:05.000Z";
        row.position = spectrum::SkyPosition{10.0 * double(i + 1), 20};
        row.firstWavelengthAngstrom = 6280;
        row.lastWavelengthAngstrom = 6730;
        list.rows.push_back(row);
    }
    list.rows[3].url.clear();
    list.rows[3].trouble = "the row has no address";
    marked.inProject = {"", "deneb", "", "", "", ""};
    marked.standsFor = {0, 1, 0, 3, 4, 5};
    return marked;
}

vo::Service ondrejov() {
    return {"ondrejov", "http://archive.example.org/ssap?", "ssap", "near Prague"};
}

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

TEST(FetchedWordsTest, TellsWhatAJobDid) {
    EXPECT_EQ(plainly(desktop::fetchedWords(R"({"fetched":12,"already_here":0,"failed":[{}],"not_tried":[],)"
                                            R"("imported":11,"refused":[{}]})")),
              "12 files fetched, 11 spectra imported, 1 failed, as told in Jobs, 1 file not read as spectra");
    EXPECT_EQ(desktop::fetchedWords("").toStdString(), "");
    EXPECT_EQ(desktop::fetchedWords(R"({"imported":3})").toStdString(), "");
}

} // namespace balmer::test
