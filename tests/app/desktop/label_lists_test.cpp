// The Label place on any list: the table, the selection, neurons, pasted names; no round, no model.
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>

#include "app/desktop/data/data_place.h"
#include "app/desktop/label/label_lists.h"
#include "app/desktop/label/label_place.h"
#include "tests/app/desktop/desktop_environment.h"
#include "widgets/common/key_button.h"
#include "widgets/spectrum/line_plot.h"

namespace balmer::test {

using desktop::LabelLists;

namespace {

FakeOptions withoutModel() {
    FakeOptions options;
    options.spectra = 40;
    options.dataset = options.map = options.round = false;
    options.labelled = {{"double peak", 3}, {"single peak", 4}};
    return options;
}

struct Lists : FakeDesktop {
    explicit Lists(const FakeOptions& options = withoutModel()) : FakeDesktop(options) {}
    void key(Qt::Key pressed, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        FakeDesktop::key(pressed, modifiers);
        EXPECT_TRUE(settle());
    }
    desktop::LabelPlace& label() const { return *window->label(); }
    std::string shown() const { return label().currentId().toStdString(); }
    std::vector<active::LabelEvent> events() const { return workbench->labelling().events(); }
    QComboBox& chooser() const { return *window->findChild<QComboBox*>(QStringLiteral("queueChoice")); }
    void choose(int index) {
        chooser().setCurrentIndex(index);
        Q_EMIT chooser().activated(index);
        EXPECT_TRUE(settle());
    }
    QStringList choices() const {
        QStringList all;
        for (int i = 0; i < chooser().count(); ++i)
            all << chooser().itemText(i);
        return all;
    }
    QString progress() const { return window->findChild<QLabel*>(QStringLiteral("listCountText"))->text(); }
};

} // namespace

TEST(LabelListsTest, WhyASpectrumIsListedStandsBesideItAndIsKept) {
    Lists desk;
    const auto ids = std::vector<std::string>{survey::idOf(5), survey::idOf(6)};
    desk.label().labelThese({"audit", ids, {}, {"its neighbours are single peaks", "a twin is other"}});
    desk.window->showPlace(QStringLiteral("label"));
    ASSERT_TRUE(desk.settle());
    ASSERT_EQ(desk.shown(), ids[0]);
    const auto* reason = desk.window->findChild<QLabel*>(QStringLiteral("labellingReason"));
    EXPECT_TRUE(reason->text().contains("its neighbours are single peaks")) << reason->text().toStdString();
    LabelLists lists;
    lists.add({"audit", ids, {}, {"one", "two"}});
    EXPECT_EQ(LabelLists::of(lists.text()).all().front().reasons, (std::vector<std::string>{"one", "two"}));
}

TEST(LabelListsTest, LInDataMakesTheTableTheQueueAndEveryKeyWorksThere) {
    Lists desk;
    desk.window->data()->showFilter(QStringLiteral("collection = 'Ondřejov 2015'"));
    ASSERT_TRUE(soon([&] { return desk.window->data()->model().rowCount() == 20; }));
    ASSERT_TRUE(desk.settle());
    desk.window->data()->table()->view()->setFocus();
    desk.key(Qt::Key_Down);
    const std::string first = desk.window->session().selection().current().toStdString();
    desk.key(Qt::Key_L);
    EXPECT_FALSE(desk.label().panel()->linePlot()->spectra().empty());
    EXPECT_EQ(desk.window->currentPlace()->key(), "label");
    EXPECT_EQ(desk.label().queue().size(), 20);
    EXPECT_EQ(desk.shown(), first) << "it begins at the current one";
    EXPECT_FALSE(desk.label().panel()->windowPlot()->spectra().empty()) << "no dataset has its window";

    desk.key(Qt::Key_1);
    ASSERT_EQ(desk.events().size(), 1U);
    EXPECT_EQ(desk.events().back().spectrum, first);
    EXPECT_EQ(desk.events().back().className, "double peak") << "the classes are those of the labels";
    EXPECT_EQ(desk.events().back().view, "panel");
    EXPECT_FALSE(desk.events().back().round);
    EXPECT_FALSE(desk.events().back().list);
    EXPECT_EQ(desk.events().back().model, "");
    EXPECT_EQ(desk.progress(), "1 of 20 labelled");
    const std::string second = desk.shown();
    EXPECT_NE(second, first);

    desk.key(Qt::Key_Left);
    EXPECT_EQ(desk.shown(), first);
    auto* given = desk.window->findChild<widgets::KeyButton*>(QStringLiteral("labellingClass1Button"));
    EXPECT_TRUE(given->accessibleName().contains("given")) << given->accessibleName().toStdString();
    desk.key(Qt::Key_Right);
    EXPECT_EQ(desk.shown(), second);
    EXPECT_FALSE(given->accessibleName().contains("given"));

    desk.key(Qt::Key_N);
    EXPECT_EQ(desk.workbench->spectra().row(second)->flags, "noteworthy");
    EXPECT_EQ(desk.shown(), second);
    for (const Qt::Key one : {Qt::Key_U, Qt::Key_D, Qt::Key_A, Qt::Key_S, Qt::Key_3})
        desk.key(one);
    const auto events = desk.events();
    ASSERT_EQ(events.size(), 7U);
    using active::LabelKind;
    const LabelKind kinds[] = {LabelKind::Class,    LabelKind::Noteworthy, LabelKind::NotSure, LabelKind::Bad,
                               LabelKind::Artefact, LabelKind::Skip,       LabelKind::NotSure};
    for (std::size_t i = 0; i < events.size(); ++i)
        EXPECT_EQ(events[i].kind, kinds[i]) << i;

    desk.key(Qt::Key_Z);
    EXPECT_EQ(desk.shown(), events[6].spectrum);
    desk.key(Qt::Key_Z);
    EXPECT_EQ(desk.shown(), events[5].spectrum) << "a skip can be taken back, too";

    desk.key(Qt::Key_C);
    QTest::keyClicks(QApplication::focusWidget(), "shell 1?");
    desk.key(Qt::Key_Return);
    EXPECT_EQ(desk.events().back().comment, "shell 1?");
    EXPECT_EQ(desk.events().back().spectrum, events[5].spectrum);
}

TEST(LabelListsTest, SeveralSelectedAreTheQueueAndItEnds) {
    Lists desk;
    desk.key(Qt::Key_Down, Qt::ShiftModifier);
    const QStringList chosen = desk.window->session().selection().ids();
    ASSERT_EQ(chosen.size(), 2);
    desk.key(Qt::Key_L);
    ASSERT_EQ(desk.label().queue().size(), 2);
    desk.key(Qt::Key_1);
    desk.key(Qt::Key_2);
    EXPECT_EQ(desk.shown(), "");
    EXPECT_EQ(desk.events().size(), 2U);
    desk.key(Qt::Key_1);
    EXPECT_EQ(desk.events().size(), 2U) << "nothing is shown";
    desk.key(Qt::Key_Left);
    EXPECT_EQ(desk.shown(), chosen.back().toStdString());
    desk.label().panel()->findChild<QPushButton*>(QStringLiteral("labellingEmptyAction"))->click();
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.label().queue().size(), 38) << "all that is not labelled yet";
}

TEST(LabelListsTest, LInMapMakesTheMembersTheQueue) {
    Lists desk{FakeOptions{}};
    desk.window->showPlace(QStringLiteral("map"));
    ASSERT_TRUE(desk.settle());
    desk.key(Qt::Key_Home);
    const QStringList members = desk.window->session().selection().ids();
    ASSERT_GT(members.size(), 1);
    desk.key(Qt::Key_L);
    EXPECT_EQ(desk.window->currentPlace()->key(), "label");
    ASSERT_EQ(desk.label().queue().size(), int(members.size()));
    EXPECT_EQ(desk.shown(), members.front().toStdString());
    EXPECT_TRUE(desk.chooser().currentText().startsWith("members of neuron"));
}

TEST(LabelListsTest, PastedNamesBecomeTheQueueAndWhatNoSpectrumHasIsSaid) {
    Lists desk;
    desk.window->showPlace(QStringLiteral("label"));
    ASSERT_TRUE(desk.settle());
    QGuiApplication::clipboard()->setText("nobody\n");
    desk.key(Qt::Key_V, Qt::ControlModifier);
    auto* form = desk.window->findChild<QDialog*>(QStringLiteral("pasteForm"));
    ASSERT_NE(form, nullptr);
    EXPECT_FALSE(form->isModal());
    auto* field = form->findChild<QPlainTextEdit*>(QStringLiteral("pasteField"));
    EXPECT_EQ(field->toPlainText(), "nobody\n");
    auto* label = form->findChild<QPushButton*>(QStringLiteral("pasteKeepButton"));
    label->click();
    ASSERT_TRUE(desk.settle());
    EXPECT_TRUE(form->isVisible());
    EXPECT_TRUE(form->findChild<QLabel*>(QStringLiteral("pasteError"))->text().contains("nobody"));
    field->setPlainText(bridge::text(survey::idOf(7) + "\nnobody\n" + survey::idOf(2)));
    label->click();
    ASSERT_TRUE(desk.settle());
    ASSERT_EQ(desk.label().queue().size(), 2);
    EXPECT_EQ(desk.shown(), survey::idOf(7));
    EXPECT_TRUE(desk.window->findChild<QLabel*>(QStringLiteral("messageText"))->text().contains("nobody"));
}

TEST(LabelListsTest, ListsAndRoundsStandInOneChooserAndAListComesBackAtTheNextStart) {
    FakeOptions options;
    std::string there;
    {
        Lists desk(options);
        desk.key(Qt::Key_Down, Qt::ShiftModifier);
        desk.key(Qt::Key_L);
        EXPECT_EQ(desk.choices(),
                  (QStringList{"selection · 2", "lamost halpha · round 1", "all unlabelled"}));
        desk.choose(1);
        EXPECT_EQ(desk.label().queue().size(), 120);
        EXPECT_TRUE(desk.label().queue().at(0).list());
        desk.choose(0);
        EXPECT_EQ(desk.label().queue().size(), 2);
        desk.key(Qt::Key_2);
        there = desk.shown();
        for (QAction* one :
             desk.window->findChild<QToolButton*>(QStringLiteral("lineChoice"))->menu()->actions())
            if (one->text() == QStringLiteral("He I 5876")) one->trigger();
        EXPECT_EQ(desk.events().back().className, "single peak")
            << "a digit means what it means in the round";
        desk.window->keep();
        ASSERT_TRUE(desk.settle());
    }
    Lists again(options);
    again.window->showPlace(QStringLiteral("label"));
    ASSERT_TRUE(again.settle());
    EXPECT_EQ(again.shown(), there);
    EXPECT_EQ(again.label().panel()->linePlot()->line().name, "He I 5876");
    EXPECT_EQ(again.chooser().currentText(), "selection · 2");
}

TEST(LabelListsTest, ARoundThatEndsWhileAListIsLabelledIsOffered) {
    Lists desk{FakeOptions{}};
    desk.key(Qt::Key_Down, Qt::ShiftModifier);
    desk.key(Qt::Key_L);
    const std::string before = desk.shown();
    desk.workbench->labelling().finishRound();
    auto* next =
        desk.label().panel()->findChild<QAbstractButton*>(QStringLiteral("labellingNextRoundButton"));
    ASSERT_TRUE(soon([&] { return next->text().contains(QStringLiteral("2")); }));
    EXPECT_EQ(desk.shown(), before);
    EXPECT_EQ(desk.label().queue().size(), 2);
    desk.key(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(desk.shown(), survey::idOf(50));
}

TEST(LabelListsTest, ALabelGivenInDataIsKnownInTheQueue) {
    Lists desk;
    desk.key(Qt::Key_Down, Qt::ShiftModifier);
    const QStringList chosen = desk.window->session().selection().ids();
    desk.key(Qt::Key_L);
    desk.window->showPlace(QStringLiteral("data"));
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.window->session().selection().current(), chosen.front());
    desk.key(Qt::Key_2);
    ASSERT_EQ(desk.events().size(), 1U);
    ASSERT_TRUE(soon([&] { return desk.label().queue().count(std::nullopt).done == 1; }));
    desk.window->showPlace(QStringLiteral("label"));
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.progress(), "1 of 2 labelled");
    EXPECT_EQ(desk.shown(), chosen.front().toStdString()) << "nothing moves";
    // Its own undo reaches what was said elsewhere.
    desk.key(Qt::Key_Z);
    EXPECT_EQ(desk.progress(), "0 of 2 labelled");
}

TEST(LabelListsTest, ASpectrumThatIsStillReadCannotBeLabelled) {
    Lists desk;
    desk.key(Qt::Key_L);
    const std::string first = desk.shown();
    // Far from all that is prepared.
    const std::unique_lock held(desk.workbench->spectra().reading);
    Q_EMIT desk.label().panel()->itemRequested(desk.label().queue().size() - 1);
    QCoreApplication::processEvents();
    ASSERT_NE(desk.shown(), first);
    desk.FakeDesktop::key(Qt::Key_1);
    QCoreApplication::processEvents();
    EXPECT_TRUE(desk.events().empty());
}

TEST(LabelListsTest, WithoutClassesTheyAreAskedForWhenTheQueueIsShown) {
    FakeOptions options = withoutModel();
    options.labelled.clear();
    Lists desk(options);
    desk.key(Qt::Key_L);
    auto* form = desk.window->findChild<QDialog*>(QStringLiteral("classesForm"));
    ASSERT_NE(form, nullptr);
    form->findChild<QPlainTextEdit*>(QStringLiteral("classesField"))->setPlainText("Be\nother");
    form->findChild<QPushButton*>(QStringLiteral("classesKeepButton"))->click();
    ASSERT_TRUE(desk.settle());
    desk.window->activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(desk.window.get()));
    desk.label().panel()->setFocus();
    desk.key(Qt::Key_1);
    ASSERT_EQ(desk.events().size(), 1U);
    EXPECT_EQ(desk.events().back().className, "Be");
}

TEST(LabelListsTest, KeptListsAreFewAndTheSameSpectraAreOneList) {
    LabelLists lists;
    const int first = lists.add({"a", {"1", "2"}, {}});
    const int second = lists.add({"b", {"3"}, {}});
    EXPECT_NE(first, second);
    EXPECT_EQ(lists.add({"a again", {"1", "2"}, {}}), first);
    ASSERT_EQ(lists.all().size(), 2U);
    EXPECT_EQ(lists.all().front().title, "a again");
    const LabelLists read = LabelLists::of(lists.text());
    ASSERT_NE(read.find(second), nullptr);
    EXPECT_EQ(read.find(second)->ids, std::vector<std::string>{"3"});
    EXPECT_EQ(read.all().front().title, "a again");
    for (int i = 0; i < 20; ++i)
        lists.add({"c", {std::to_string(100 + i)}, {}});
    EXPECT_EQ(lists.all().size(), LabelLists::mostKept);
    EXPECT_EQ(lists.find(first), nullptr);
    EXPECT_EQ(LabelLists::of("no JSON").all().size(), 0U);
    EXPECT_EQ(LabelLists::of(R"([{"number": 1, "title": "empty"}])").all().size(), 0U);
}

} // namespace balmer::test
