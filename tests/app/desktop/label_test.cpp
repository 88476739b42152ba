#include <set>

#include <gmock/gmock.h>

#include <QComboBox>
#include <QDialog>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QPushButton>

#include "app/desktop/label/label_place.h"
#include "tests/app/desktop/desktop_environment.h"
#include "widgets/labelling/contact_sheet.h"
#include "widgets/spectrum/line_plot.h"

namespace balmer::test {

namespace {

struct Labelling : FakeDesktop {
    explicit Labelling(const FakeOptions& options = {}) : FakeDesktop(options) {
        window->showPlace(QStringLiteral("label"));
        EXPECT_TRUE(settle());
        EXPECT_FALSE(shown().empty());
    }
    /// Until what the key asked for is on the disk.
    void key(Qt::Key pressed, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        FakeDesktop::key(pressed, modifiers);
        EXPECT_TRUE(settle());
    }
    std::string shown() const { return window->label()->currentId().toStdString(); }
    QString error() const {
        return window->label()->panel()->findChild<QLabel*>(QStringLiteral("labellingError"))->text();
    }
};

} // namespace

TEST(LabelPlaceTest, ADigitLabelsTheSpectrumShownAndTheNextComes) {
    Labelling desk;
    for (int i = 0; i < 4; ++i) {
        const std::string before = desk.shown();
        const auto entry = desk.window->label()->queue().at(i);
        desk.key(Qt::Key_2);
        const auto events = desk.workbench->labelling().events();
        ASSERT_EQ(events.size(), std::size_t(i + 1));
        EXPECT_EQ(events.back().spectrum, before);
        EXPECT_EQ(events.back().spectrum, entry.id);
        EXPECT_EQ(events.back().className, "single peak");
        EXPECT_EQ(events.back().kind, active::LabelKind::Class);
        EXPECT_EQ(events.back().view, "panel");
        EXPECT_EQ(events.back().model, "round-1");
        EXPECT_EQ(events.back().round, 1);
        EXPECT_EQ(events.back().list, active::RoundList::Oracle);
        EXPECT_NE(desk.shown(), before);
        EXPECT_EQ(desk.shown(), desk.window->label()->queue().at(i + 1).id);
    }
}

TEST(LabelPlaceTest, TheWindowGoesOnWhileALabelIsWrittenAndTheNextComesWhenItIsKept) {
    Labelling desk;
    const std::string first = desk.shown();
    auto& disk = desk.workbench->labelling().disk;
    disk.lock();
    desk.FakeDesktop::key(Qt::Key_2); // returns although nothing can be written
    desk.FakeDesktop::key(Qt::Key_3); // the answer to this spectrum is on its way
    QCoreApplication::processEvents();
    EXPECT_EQ(desk.shown(), first);
    EXPECT_TRUE(desk.workbench->labelling().events().empty());
    disk.unlock();
    ASSERT_TRUE(soon([&] { return desk.shown() != first; }));
    ASSERT_TRUE(desk.settle());
    ASSERT_EQ(desk.workbench->labelling().events().size(), 1U);
    EXPECT_EQ(desk.workbench->labelling().events().front().className, "single peak");
}

TEST(LabelPlaceTest, UndoTakesTheLabelBackAndReturnsToItsSpectrum) {
    Labelling desk;
    const std::string first = desk.shown();
    desk.key(Qt::Key_3);
    ASSERT_NE(desk.shown(), first);
    desk.key(Qt::Key_Z);
    EXPECT_EQ(desk.shown(), first);
    const auto events = desk.workbench->labelling().events();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events.back().kind, active::LabelKind::Undo);
    EXPECT_EQ(events.back().supersedes, events.front().id);
    EXPECT_TRUE(desk.workbench->spectra().row(first)->label.empty());
}

TEST(LabelPlaceTest, AKeyDrawsTheMeanOfEachClassBehindTheLineTheLikelyOneFirst) {
    Labelling desk;
    const auto* line = desk.window->label()->panel()->linePlot();
    const auto name = [&] { return line->backdrop() ? line->backdrop()->name.toStdString() : std::string(); };
    const auto likely = [&] {
        const auto& queue = desk.window->label()->queue();
        return queue.at(queue.current()).asked->predicted;
    };
    EXPECT_EQ(name(), "");
    desk.key(Qt::Key_M);
    EXPECT_THAT(name(), testing::HasSubstr(likely()));
    std::set<std::string> seen{name()};
    desk.key(Qt::Key_Right);
    EXPECT_THAT(name(), testing::HasSubstr(likely())) << "it goes with the spectrum";
    desk.key(Qt::Key_Left);
    desk.key(Qt::Key_M);
    seen.insert(name());
    desk.key(Qt::Key_Right);
    EXPECT_TRUE(seen.contains(name())) << "a chosen class stays";
    desk.key(Qt::Key_Left);
    desk.key(Qt::Key_M);
    seen.insert(name());
    EXPECT_EQ(seen.size(), 3U);
    desk.key(Qt::Key_M);
    EXPECT_EQ(name(), "") << "after the last class none";
    // Blind, what is proposed must not be seen from what is drawn.
    desk.key(Qt::Key_B);
    desk.key(Qt::Key_M);
    EXPECT_THAT(name(), testing::HasSubstr("other")) << "the largest class";
    EXPECT_TRUE(desk.workbench->labelling().events().empty());
}

TEST(LabelPlaceTest, TheNearestLabelledOtherEpochsAndThePrototypeStandBehindTheLineOnAKeyEach) {
    Labelling desk;
    auto* panel = desk.window->label()->panel();
    desk.key(Qt::Key_K);
    ASSERT_EQ(panel->linePlot()->spectra().size(), 4U);
    EXPECT_THAT(panel->linePlot()->spectra()[1].name.toStdString(), testing::HasSubstr("r = 0.990"));
    desk.key(Qt::Key_Right);
    EXPECT_EQ(panel->linePlot()->spectra().size(), 4U);
    desk.key(Qt::Key_P);
    EXPECT_EQ(panel->linePlot()->spectra().size(), 1U);
    ASSERT_TRUE(panel->linePlot()->backdrop());
    EXPECT_THAT(panel->linePlot()->backdrop()->name.toStdString(), testing::HasSubstr("prototype of neuron"));
    desk.key(Qt::Key_E);
    EXPECT_FALSE(panel->linePlot()->backdrop());
    EXPECT_EQ(panel->behind(), widgets::Behind::OtherEpochs);
    desk.key(Qt::Key_E);
    EXPECT_EQ(panel->behind(), widgets::Behind::Nothing);
    EXPECT_EQ(panel->linePlot()->spectra().size(), 1U);
}

TEST(LabelPlaceTest, TheRestOfTheContactSheetIsOneActWhichOneUndoTakesBack) {
    Labelling desk;
    const std::string first = desk.shown();
    desk.key(Qt::Key_G);
    desk.key(Qt::Key_3);
    ASSERT_NE(desk.shown(), first);
    auto* sheet = desk.window->label()->panel()->findChild<widgets::ContactSheet*>("contactSheet");
    const QStringList rest = sheet->unlabelled();
    ASSERT_GT(rest.size(), 5);
    EXPECT_FALSE(rest.contains(QString::fromStdString(first)));
    desk.key(Qt::Key_Return);
    for (const QString& id : rest)
        EXPECT_EQ(desk.workbench->spectra().row(id.toStdString())->label, "other") << id.toStdString();
    EXPECT_EQ(desk.workbench->spectra().row(first)->label, "double peak");
    for (const auto& event : desk.workbench->labelling().events())
        EXPECT_EQ(event.round, 1);
    EXPECT_FALSE(rest.contains(QString::fromStdString(desk.shown()))) << "on to what is open";
    desk.key(Qt::Key_Z);
    for (const QString& id : rest)
        EXPECT_EQ(desk.workbench->spectra().row(id.toStdString())->label, "") << id.toStdString();
    EXPECT_EQ(desk.workbench->spectra().row(first)->label, "double peak") << "it was an act of its own";
}

TEST(LabelPlaceTest, UndoWithNothingToTakeBackSaysSo) {
    Labelling desk;
    const std::string first = desk.shown();
    desk.key(Qt::Key_Z);
    EXPECT_EQ(desk.shown(), first);
    EXPECT_TRUE(desk.error().contains("take back"));
}

TEST(LabelPlaceTest, ALabelThatCannotBeKeptKeepsTheSpectrumAndSaysWhy) {
    Labelling desk;
    const std::string first = desk.shown();
    desk.workbench->labelling().refuse = true;
    desk.key(Qt::Key_1);
    EXPECT_EQ(desk.shown(), first);
    EXPECT_TRUE(desk.workbench->labelling().events().empty());
    EXPECT_TRUE(desk.error().contains("disk of the project is full")) << desk.error().toStdString();
    desk.workbench->labelling().refuse = false;
    desk.key(Qt::Key_1);
    EXPECT_NE(desk.shown(), first);
    EXPECT_EQ(desk.workbench->labelling().events().size(), 1U);
    EXPECT_TRUE(desk.error().isEmpty());
}

TEST(LabelPlaceTest, NotSureBadAndArtefactAreVerdictsAndSkipIsNone) {
    Labelling desk;
    for (const Qt::Key key : {Qt::Key_4, Qt::Key_5, Qt::Key_6, Qt::Key_S})
        desk.key(key);
    const auto events = desk.workbench->labelling().events();
    ASSERT_EQ(events.size(), 4U);
    EXPECT_EQ(events[0].kind, active::LabelKind::NotSure);
    EXPECT_EQ(events[1].kind, active::LabelKind::Bad);
    EXPECT_EQ(events[2].kind, active::LabelKind::Artefact);
    EXPECT_EQ(events[3].kind, active::LabelKind::Skip);
    for (const auto& event : events)
        EXPECT_TRUE(event.className.empty());
}

TEST(LabelPlaceTest, NoteworthyIsAFlagThatStaysAndCanBeTakenBack) {
    Labelling desk;
    const std::string first = desk.shown();
    desk.key(Qt::Key_N);
    EXPECT_EQ(desk.shown(), first);
    ASSERT_EQ(desk.workbench->labelling().events().size(), 1U);
    EXPECT_EQ(desk.workbench->spectra().row(first)->flags, "noteworthy");
    desk.key(Qt::Key_N);
    ASSERT_TRUE(soon([&] { return desk.workbench->labelling().events().size() == 2U; }));
    EXPECT_EQ(desk.workbench->spectra().row(first)->flags, "");
    EXPECT_EQ(desk.shown(), first);
}

TEST(LabelPlaceTest, BackspaceGoesBackAndAChangeThereIsANewEvent) {
    Labelling desk;
    const std::string first = desk.shown();
    desk.key(Qt::Key_1);
    desk.key(Qt::Key_Backspace);
    EXPECT_EQ(desk.shown(), first);
    desk.key(Qt::Key_3);
    const auto events = desk.workbench->labelling().events();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].className, "other");
    EXPECT_EQ(events[1].className, "double peak");
    EXPECT_EQ(desk.workbench->spectra().row(first)->label, "double peak");
}

TEST(LabelPlaceTest, HiddenPredictionsAreNotRecordedAsSeen) {
    Labelling desk;
    desk.key(Qt::Key_B);
    desk.key(Qt::Key_1);
    ASSERT_EQ(desk.workbench->labelling().events().size(), 1U);
    EXPECT_EQ(desk.workbench->labelling().events().front().model, "");
}

TEST(LabelPlaceTest, TheNextRoundTakesTheSameParameters) {
    Labelling desk;
    desk.key(Qt::Key_1);
    desk.key(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(soon([&] { return desk.workbench->jobs().submitted().size() == 1U; }));
    const auto spec = desk.workbench->jobs().submitted().front();
    EXPECT_EQ(spec.kind, "round");
    const auto parameters = QJsonDocument::fromJson(QByteArray::fromStdString(spec.parameters)).object();
    const auto before =
        QJsonDocument::fromJson(QByteArray::fromStdString(desk.workbench->jobs().get(5)->spec.parameters))
            .object();
    EXPECT_EQ(parameters, before);
    // One at a time.
    desk.key(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_TRUE(desk.settle());
    EXPECT_EQ(desk.workbench->jobs().submitted().size(), 1U);
}

TEST(LabelPlaceTest, AfterTenLabelsTheNextRoundIsPreparedByItself) {
    Labelling desk;
    const auto submitted = [&] { return desk.workbench->jobs().submitted().size(); };
    for (int i = 0; i < 9; ++i)
        desk.key(Qt::Key_1);
    EXPECT_TRUE(desk.settle());
    EXPECT_EQ(submitted(), 0U);
    const std::string tenth = desk.shown();
    desk.key(Qt::Key_2);
    ASSERT_TRUE(soon([&] { return submitted() == 1U; }));
    EXPECT_EQ(desk.workbench->jobs().submitted().front().kind, "round");
    EXPECT_EQ(desk.workbench->labelling().events().back().spectrum, tenth);
    EXPECT_NE(desk.shown(), tenth) << "the hand goes on";
    // While it is computed no other is asked for.
    for (int i = 0; i < 12; ++i)
        desk.key(Qt::Key_1);
    EXPECT_TRUE(desk.settle());
    EXPECT_EQ(submitted(), 1U);
}

TEST(LabelPlaceTest, ARoundIsPreparedAsSeldomAsTheUserWants) {
    Labelling desk;
    desk.window->label()->findChild<QAction*>(QStringLiteral("prepareAfter25Action"))->trigger();
    for (int i = 0; i < 24; ++i)
        desk.key(Qt::Key_1);
    EXPECT_TRUE(desk.settle());
    EXPECT_TRUE(desk.workbench->jobs().submitted().empty());
    desk.key(Qt::Key_1);
    EXPECT_TRUE(soon([&] { return desk.workbench->jobs().submitted().size() == 1U; }));
}

TEST(LabelPlaceTest, WhenAllIsLabelledTheNextRoundIsOffered) {
    FakeOptions few;
    few.entriesEach = 2;
    Labelling desk(few);
    for (int i = 0; i < 6; ++i)
        desk.key(Qt::Key_1);
    EXPECT_EQ(desk.workbench->labelling().events().size(), 6U);
    EXPECT_EQ(desk.shown(), "");
    desk.key(Qt::Key_1);
    EXPECT_EQ(desk.workbench->labelling().events().size(), 6U);
    // Nothing is under the hand: the new round comes by itself.
    desk.workbench->labelling().finishRound();
    EXPECT_TRUE(soon([&] { return desk.shown() == survey::idOf(50); }));
}

TEST(LabelPlaceTest, ARoundThatEndsTakesNoSpectrumFromUnderTheHand) {
    Labelling desk;
    auto& labelling = desk.workbench->labelling();
    auto* next = desk.window->label()->panel()->findChild<QAbstractButton*>(
        QStringLiteral("labellingNextRoundButton"));
    ASSERT_NE(next, nullptr);
    const QString usual = next->text();
    desk.window->label()->findChild<QAction*>(QStringLiteral("prepareAfter0Action"))->trigger();
    // Keys go on while three rounds end: each label falls on the star that was on the screen.
    std::vector<std::string> seen;
    for (int i = 0; i < 12; ++i) {
        if (i % 4 == 1) labelling.finishRound();
        if (i % 3 == 0) QCoreApplication::processEvents();
        seen.push_back(desk.shown());
        desk.key(Qt::Key_2);
    }
    ASSERT_EQ(labelling.events().size(), seen.size());
    for (std::size_t i = 0; i < seen.size(); ++i) {
        EXPECT_EQ(labelling.events()[i].spectrum, seen[i]);
        EXPECT_EQ(labelling.events()[i].round, 1);
        EXPECT_EQ(desk.window->label()->queue().at(int(i)).id, seen[i]);
    }
    ASSERT_TRUE(soon([&] { return next->text().contains(QStringLiteral("4")); }))
        << next->text().toStdString();
    EXPECT_TRUE(next->isEnabled());
    // It is shown when it is asked for, and nothing is computed for that.
    desk.key(Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(soon([&] { return desk.shown() == survey::idOf(150); }));
    EXPECT_TRUE(desk.workbench->jobs().submitted().empty());
    EXPECT_EQ(next->text(), usual);
    desk.key(Qt::Key_1);
    EXPECT_EQ(labelling.events().back().spectrum, survey::idOf(150));
    EXPECT_EQ(labelling.events().back().round, 4);
}

TEST(LabelPlaceTest, WithoutARoundTheStartIsOffered) {
    FakeOptions none;
    none.round = false;
    FakeDesktop desk(none);
    desk.window->showPlace(QStringLiteral("label"));
    ASSERT_TRUE(desk.settle());
    auto* button =
        desk.window->label()->panel()->findChild<QPushButton*>(QStringLiteral("labellingEmptyAction"));
    ASSERT_TRUE(button && button->isVisible());
    button->click();
    ASSERT_TRUE(
        soon([&] { return desk.window->findChild<QDialog*>(QStringLiteral("roundForm")) != nullptr; }));
    auto* form = desk.window->findChild<QDialog*>(QStringLiteral("roundForm"));
    EXPECT_FALSE(form->isModal());
    form->findChild<QPushButton*>(QStringLiteral("formSubmitButton"))->click();
    ASSERT_TRUE(desk.settle());
    const auto jobs = desk.workbench->jobs().submitted();
    ASSERT_EQ(jobs.size(), 2U);
    const auto parametersOf = [](const jobs::JobSpec& spec) {
        return QJsonDocument::fromJson(QByteArray::fromStdString(spec.parameters)).object();
    };
    const auto atOnce = parametersOf(jobs.front()), parameters = parametersOf(jobs.back());
    EXPECT_EQ(atOnce["model"].toString(), "committee") << "questions at once";
    EXPECT_EQ(atOnce["estimate"].toInt(-1), 0);
    EXPECT_EQ(atOnce["classes"], parameters["classes"]);
    EXPECT_EQ(parameters["model"].toString(), "auto");
    EXPECT_EQ(parameters.keys(), (QStringList{"batch", "classes", "dataset", "model", "seed", "targets"}));
}

} // namespace balmer::test
