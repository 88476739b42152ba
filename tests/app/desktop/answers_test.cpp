// Labels given by keys where several spectra are shown: Data, Map, a spectrum's own window.
#include <random>
#include <set>

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>

#include "app/desktop/data/data_place.h"
#include "app/desktop/map/map_place.h"
#include "app/desktop/map/members_panel.h"
#include "tests/app/desktop/desktop_environment.h"
#include "widgets/common/key_button.h"
#include "widgets/som/map_view.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::test {

namespace {

struct Answering : FakeDesktop {
    explicit Answering(const char* place = "data", FakeOptions options = {}) : FakeDesktop(options) {
        window->showPlace(QString::fromLatin1(place));
        EXPECT_TRUE(settle());
    }
    void key(Qt::Key pressed, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        FakeDesktop::key(pressed, modifiers);
        EXPECT_TRUE(settle());
    }
    std::vector<active::LabelEvent> events() const { return workbench->labelling().events(); }
    QString text(const char* name) const {
        return window->findChild<QLabel*>(QString::fromLatin1(name))->text();
    }
    std::string current() const { return window->session().selection().current().toStdString(); }
    QString cell(const QString& id, desktop::SpectraModel::Column column) const {
        const auto& model = window->data()->model();
        return model.index(model.indexOf(id), column).data().toString();
    }
    /// What the four views name; one entry where they agree.
    std::set<std::string> named() const {
        std::set<std::string> all{window->data()->table()->currentId().toStdString(),
                                  text("currentText").toStdString()};
        const QStringList rows = window->data()->table()->selectedIds();
        all.insert(rows.size() == 1 ? rows.front().toStdString() : "another number of rows");
        const auto& drawn = window->findChild<widgets::SpectrumPlot*>(QStringLiteral("dataPlot"))->spectra();
        all.insert(drawn.empty() ? "" : drawn.front().id.toStdString());
        // The number that the fake survey made the spectrum's id of.
        const auto number = text("surveyidValue").toULongLong();
        all.insert(number < 101000000 ? "" : survey::idOf(number - 101000000));
        return all;
    }
};

} // namespace

TEST(AnswersTest, ADigitInDataLabelsTheRowHighlightedAndUndoTakesItBack) {
    Answering desk;
    desk.key(Qt::Key_Down);
    const std::string id = desk.current();
    ASSERT_EQ(desk.named(), std::set<std::string>{id});
    desk.key(Qt::Key_2);
    ASSERT_EQ(desk.events().size(), 1U);
    EXPECT_EQ(desk.events().front().spectrum, id);
    EXPECT_EQ(desk.events().front().className, "single peak");
    EXPECT_EQ(desk.events().front().view, "data");
    EXPECT_FALSE(desk.events().front().round);
    EXPECT_FALSE(desk.events().front().act);
    EXPECT_EQ(desk.text("messageText"), QString::fromStdString(id) + " labelled single peak · Z undoes");
    ASSERT_TRUE(
        soon([&] { return desk.cell(bridge::text(id), desktop::SpectraModel::Label) == "single peak"; }));
    EXPECT_EQ(desk.current(), id) << "nothing moves";
    desk.key(Qt::Key_Z);
    EXPECT_TRUE(desk.text("messageText").startsWith("Taken back: single peak"))
        << desk.text("messageText").toStdString();
    ASSERT_TRUE(soon([&] { return desk.cell(bridge::text(id), desktop::SpectraModel::Label).isEmpty(); }));
}

TEST(AnswersTest, SeveralSelectedAreLabelledInOneActThatOneUndoTakesBack) {
    Answering desk;
    desk.key(Qt::Key_Down);
    for (int i = 0; i < 3; ++i)
        desk.key(Qt::Key_Down, Qt::ShiftModifier);
    const QStringList chosen = desk.window->session().selection().ids();
    ASSERT_EQ(chosen.size(), 4);
    desk.key(Qt::Key_D);
    auto events = desk.events();
    ASSERT_EQ(events.size(), 4U);
    QStringList said;
    for (const auto& event : events) {
        said << bridge::text(event.spectrum);
        EXPECT_EQ(event.kind, active::LabelKind::Bad);
        EXPECT_TRUE(event.act);
        EXPECT_EQ(event.act, events.front().act);
    }
    EXPECT_EQ(said, chosen);
    EXPECT_EQ(desk.text("messageText"), "4 labelled bad · Z undoes");
    ASSERT_TRUE(soon([&] { return desk.cell(chosen.back(), desktop::SpectraModel::Flags) == "bad"; }));
    desk.key(Qt::Key_Z);
    EXPECT_EQ(desk.events().size(), 8U);
    EXPECT_EQ(desk.text("messageText"), "Taken back: bad of " + bridge::countText(4, "spectrum", "spectra"));
    for (const QString& id : chosen)
        EXPECT_EQ(desk.workbench->spectra().row(id.toStdString())->flags, "");
}

TEST(AnswersTest, NoteworthyIsSaidOfAllAndTakenBackWhereAllHaveIt) {
    Answering desk;
    desk.key(Qt::Key_Down);
    desk.key(Qt::Key_N);
    EXPECT_EQ(desk.workbench->spectra().row(desk.current())->flags, "noteworthy");
    desk.key(Qt::Key_Down, Qt::ShiftModifier);
    const QStringList chosen = desk.window->session().selection().ids();
    ASSERT_EQ(chosen.size(), 2);
    const auto flags = [&](qsizetype i) {
        return desk.workbench->spectra().row(chosen[i].toStdString())->flags;
    };
    desk.key(Qt::Key_N);
    EXPECT_EQ(flags(0), "noteworthy");
    EXPECT_EQ(flags(1), "noteworthy");
    EXPECT_EQ(desk.events().size(), 2U) << "one of them had it";
    desk.key(Qt::Key_N);
    EXPECT_EQ(flags(0), "");
    EXPECT_EQ(flags(1), "");
}

TEST(AnswersTest, InMapADigitLabelsTheMembersThatAreHighlighted) {
    Answering desk("map");
    desk.key(Qt::Key_Home);
    desk.key(Qt::Key_Right);
    const QStringList chosen = desk.window->session().selection().ids();
    ASSERT_GT(chosen.size(), 1);
    desk.key(Qt::Key_3);
    ASSERT_EQ(desk.events().size(), std::size_t(chosen.size()));
    for (const auto& event : desk.events()) {
        EXPECT_TRUE(chosen.contains(bridge::text(event.spectrum)));
        EXPECT_EQ(event.className, "double peak");
        EXPECT_EQ(event.view, "map");
    }
    // The list of members says so at once.
    const auto& members = desk.window->map()->members()->members();
    EXPECT_TRUE(soon([&] {
        return std::all_of(members.begin(), members.end(),
                           [](const auto& one) { return one.label == "double peak"; });
    }));
}

TEST(AnswersTest, InAWindowOfItsOwnAKeyLabelsItsSpectrumWhateverIsSelected) {
    Answering desk;
    desk.key(Qt::Key_Return);
    const std::string id = desk.current();
    auto* own = desk.window->findChild<QWidget*>(QStringLiteral("spectrumWindow"));
    ASSERT_NE(own, nullptr);
    desk.window->session().selection().select({bridge::text(survey::idOf(17))}, QStringLiteral("test"));
    own->activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(own));
    ASSERT_TRUE(desk.settle());
    QTest::keyClick(own, Qt::Key_1);
    ASSERT_TRUE(desk.settle());
    ASSERT_EQ(desk.events().size(), 1U);
    EXPECT_EQ(desk.events().front().spectrum, id);
    EXPECT_EQ(desk.events().front().className, "other");
    EXPECT_EQ(desk.events().front().view, "window");
    auto* message = own->findChild<QLabel*>(QStringLiteral("spectrumWindowMessage"));
    EXPECT_TRUE(message->text().contains("labelled other")) << message->text().toStdString();
    QTest::keyClick(own, Qt::Key_Z);
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.events().back().kind, active::LabelKind::Undo);
}

TEST(AnswersTest, AKeySaysNothingWhileAViewStillShowsAnotherSpectrum) {
    Answering desk;
    desk.key(Qt::Key_Down);
    const auto before = desk.named();
    {
        const std::unique_lock held(desk.workbench->spectra().reading);
        desk.FakeDesktop::key(Qt::Key_Down);
        desk.FakeDesktop::key(Qt::Key_2); // not even the status bar has followed
        QCoreApplication::processEvents();
        EXPECT_GT(desk.named().size(), 1U) << "plot and inspector are behind";
        desk.FakeDesktop::key(Qt::Key_2);
        QCoreApplication::processEvents();
        EXPECT_TRUE(desk.text("messageText").startsWith("Nothing was labelled: "))
            << desk.text("messageText").toStdString();
    }
    ASSERT_TRUE(desk.settle());
    EXPECT_TRUE(desk.events().empty());
    ASSERT_EQ(desk.named().size(), 1U);
    ASSERT_NE(desk.named(), before);
    desk.key(Qt::Key_2);
    ASSERT_EQ(desk.events().size(), 1U);
    EXPECT_EQ(std::set<std::string>{desk.events().front().spectrum}, desk.named());
}

TEST(AnswersTest, KeysWhileListsReloadLabelOnlyWhatEveryViewNames) {
    Answering desk;
    std::mt19937 random(5);
    auto* filter = desk.window->data()->table()->filterEdit();
    const char* filters[] = {"", "snr > 40", "label is null", "snr > 20"};
    std::size_t given = 0, refused = 0;
    for (int step = 0; step < 150; ++step) {
        switch (random() % 5) {
        case 0:
            desk.workbench->tell({api::Event::Kind::Catalogue, {}, {}}); // the table is read anew
            break;
        case 1:
            filter->setText(QString::fromLatin1(filters[random() % 4]));
            break;
        default:
            desk.window->data()->table()->view()->setFocus();
            desk.FakeDesktop::key(random() % 2 == 0 ? Qt::Key_Down : Qt::Key_PageDown);
        }
        if (random() % 2 == 0) {
            QTest::qWait(int(random() % 8));
        } else if (random() % 3 == 0) {
            ASSERT_TRUE(desk.settle());
        }
        desk.window->data()->table()->view()->setFocus();
        const auto named = desk.named();
        desk.FakeDesktop::key(random() % 2 == 0 ? Qt::Key_1 : Qt::Key_U);
        ASSERT_TRUE(soon([&] { return desk.window->session().labels().idle(); }));
        const auto events = desk.events();
        if (events.size() == given) {
            ++refused;
            continue;
        }
        ASSERT_EQ(events.size(), ++given);
        EXPECT_EQ(named, std::set<std::string>{events.back().spectrum}) << "step " << step;
    }
    EXPECT_GT(given, 20U);
    EXPECT_GT(refused, 5U) << "nothing was ever behind";
}

TEST(AnswersTest, WhatIsSelectedBesideTheTableIsLabelledByNoKey) {
    Answering desk;
    auto& selection = desk.window->session().selection();
    const QStringList both{bridge::text(survey::idOf(3)), bridge::text(survey::idOf(8))};
    selection.select(both, QStringLiteral("test"));
    ASSERT_TRUE(desk.settle());
    EXPECT_EQ(desk.window->data()->table()->selectedIds(), both) << "the table highlights what is selected";
    desk.window->data()->showFilter(QStringLiteral("collection = 'Ondřejov 2015'")); // the odd ones
    ASSERT_TRUE(soon([&] { return desk.window->data()->model().rowCount() == 300; }));
    ASSERT_TRUE(desk.settle());
    desk.window->data()->table()->view()->setFocus();
    desk.key(Qt::Key_2);
    EXPECT_TRUE(desk.events().empty());
    EXPECT_TRUE(desk.text("messageText").contains("1 of the 2 selected spectra are not in the table"))
        << desk.text("messageText").toStdString();
}

TEST(AnswersTest, WithoutClassesADigitAsksForThemOnce) {
    FakeOptions options;
    options.round = false;
    {
        Answering desk("data", options);
        desk.key(Qt::Key_1);
        EXPECT_TRUE(desk.events().empty());
        auto* form = desk.window->findChild<QDialog*>(QStringLiteral("classesForm"));
        ASSERT_NE(form, nullptr);
        EXPECT_FALSE(form->isModal());
        auto* keep = form->findChild<QPushButton*>(QStringLiteral("classesKeepButton"));
        keep->click();
        EXPECT_TRUE(form->isVisible()) << "no name was given";
        form->findChild<QPlainTextEdit*>(QStringLiteral("classesField"))
            ->setPlainText(" Be  shell \n\nP Cygni\n");
        keep->click();
        ASSERT_TRUE(desk.settle());
        desk.window->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(desk.window.get()));
        desk.window->data()->table()->view()->setFocus();
        desk.key(Qt::Key_2);
        ASSERT_EQ(desk.events().size(), 1U);
        EXPECT_EQ(desk.events().back().className, "P Cygni");
        auto* first = desk.window->findChild<widgets::KeyButton*>(QStringLiteral("answerClass1Button"));
        ASSERT_NE(first, nullptr);
        EXPECT_TRUE(first->isVisible());
        EXPECT_EQ(first->text(), "Be shell");
        EXPECT_EQ(first->key(), QKeySequence(Qt::Key_1));
    }
    const Answering again("data", options); // the settings are the project's
    EXPECT_EQ(again.window->session().classes().names(), (QStringList{"Be shell", "P Cygni"}));
}

TEST(AnswersTest, ClassesAreThoseOfTheRoundAndThenOfTheLabelsAndKeepTheirDigits) {
    FakeOptions options;
    options.labelled = {{"Am", 2}, {"other", 7}};
    {
        const Answering desk("data", options);
        EXPECT_EQ(desk.window->session().classes().names(),
                  (QStringList{"other", "single peak", "double peak", "Am"}));
    }
    options.labelled["A first"] = 1;
    const Answering again("data", options);
    EXPECT_EQ(again.window->session().classes().names(),
              (QStringList{"other", "single peak", "double peak", "Am", "A first"}));
}

TEST(AnswersTest, TypingAndOtherPlacesLabelNothing) {
    Answering desk;
    auto* filter = desk.window->data()->table()->filterEdit();
    filter->setFocus();
    QTest::keyClicks(filter, "1uda2");
    EXPECT_EQ(filter->text(), "1uda2");
    filter->clear();
    for (const char* place : {"jobs", "workers"}) {
        desk.window->showPlace(QString::fromLatin1(place));
        ASSERT_TRUE(desk.settle());
        for (const Qt::Key one : {Qt::Key_1, Qt::Key_U, Qt::Key_Z})
            desk.key(one);
    }
    EXPECT_TRUE(desk.events().empty());
    EXPECT_EQ(desk.window->currentPlace()->key(), "workers");
}

} // namespace balmer::test
