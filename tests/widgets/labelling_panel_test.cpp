// Keys of the labelling panel give the right gestures, and what is shown follows.
#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <gtest/gtest.h>

#include "widgets/common/key_button.h"
#include "widgets/gallery/made_up_data.h"
#include "widgets/labelling/contact_sheet.h"
#include "widgets/labelling/labelling_panel.h"
#include "widgets/labelling/queue_strip.h"
#include "widgets/plot/custom_plot.h"
#include "widgets/spectrum/line_plot.h"

namespace balmer::widgets {
namespace {

class LabellingPanelTest : public ::testing::Test {
  protected:
    void SetUp() override {
        panel.resize(1200, 740);
        panel.setQueue(gallery::queue(100000));
        panel.setCurrent(gallery::labelItem(5));
        panel.show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(&panel));
        QApplication::setActiveWindow(&panel);
        panel.setFocus();
        QObject::connect(&panel, &LabellingPanel::labelGiven, &panel,
                         [this](const QString& id, const LabelGesture& gesture) {
                             ids << id;
                             gestures.push_back(gesture);
                         });
    }

    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::keyClick(&panel, key, modifiers);
    }

    LabellingPanel panel;
    QStringList ids;
    std::vector<LabelGesture> gestures;
};

TEST_F(LabellingPanelTest, DigitsLabelByClass) {
    press(Qt::Key_2);
    ASSERT_EQ(gestures.size(), 1U);
    EXPECT_EQ(gestures[0].kind, LabelKind::Class);
    EXPECT_EQ(gestures[0].className, "double peak");
    EXPECT_EQ(ids[0], "spec-55005");
    press(Qt::Key_9);
    EXPECT_EQ(gestures.size(), 1U) << "a digit without a class does nothing";
}

TEST_F(LabellingPanelTest, TheFirstFocusIsNotInTheCommentField) {
    LabellingPanel fresh;
    fresh.setCurrent(gallery::labelItem(1));
    fresh.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&fresh));
    QApplication::setActiveWindow(&fresh);
    QSignalSpy given(&fresh, &LabellingPanel::labelGiven);
    ASSERT_NE(QApplication::focusWidget(), nullptr);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_1);
    EXPECT_EQ(given.count(), 1);
}

TEST_F(LabellingPanelTest, DigitsAfterTheClassesAndLettersGiveTheOtherAnswers) {
    press(Qt::Key_4);
    press(Qt::Key_5);
    press(Qt::Key_6);
    press(Qt::Key_U);
    press(Qt::Key_D);
    press(Qt::Key_A);
    ASSERT_EQ(gestures.size(), 6U);
    const LabelKind expected[] = {LabelKind::NotSure, LabelKind::Bad, LabelKind::Artefact,
                                  LabelKind::NotSure, LabelKind::Bad, LabelKind::Artefact};
    for (std::size_t i = 0; i < 6; ++i)
        EXPECT_EQ(gestures[i].kind, expected[i]) << i;
}

TEST_F(LabellingPanelTest, NoteworthyIsAFlagThatCanBeTakenBack) {
    press(Qt::Key_N);
    press(Qt::Key_N);
    ASSERT_EQ(gestures.size(), 2U);
    EXPECT_EQ(gestures[0].kind, LabelKind::Noteworthy);
    EXPECT_EQ(gestures[0].className, "noteworthy");
    EXPECT_EQ(gestures[1].className, "");
    EXPECT_EQ(panel.currentId(), "spec-55005");
}

TEST_F(LabellingPanelTest, OtherKeysAskForWhatTheySay) {
    QSignalSpy undo(&panel, &LabellingPanel::undoRequested), back(&panel, &LabellingPanel::backRequested);
    QSignalSpy skip(&panel, &LabellingPanel::skipRequested),
        next(&panel, &LabellingPanel::nextRoundRequested);
    press(Qt::Key_Z);
    press(Qt::Key_Backspace);
    press(Qt::Key_S);
    press(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(undo.count(), 1);
    EXPECT_EQ(back.count(), 1);
    EXPECT_EQ(skip.count(), 1);
    EXPECT_EQ(next.count(), 0) << "no next round is possible yet";
    panel.setStatus({412, 9, true, {}});
    press(Qt::Key_Return, Qt::ControlModifier);
    EXPECT_EQ(next.count(), 1);
    EXPECT_TRUE(gestures.empty());
}

TEST_F(LabellingPanelTest, TypingACommentLabelsNothingAndTheLabelCarriesIt) {
    QSignalSpy edited(&panel, &LabellingPanel::commentEdited);
    auto* comment = panel.findChild<QPlainTextEdit*>("labellingCommentEdit");
    ASSERT_NE(comment, nullptr);
    press(Qt::Key_C);
    ASSERT_TRUE(comment->hasFocus());
    QTest::keyClicks(comment, "bzn 12 shell?");
    EXPECT_EQ(comment->toPlainText(), "bzn 12 shell?");
    EXPECT_TRUE(gestures.empty());
    EXPECT_FALSE(panel.predictionsHidden());
    QTest::keyClick(comment, Qt::Key_Return);
    EXPECT_FALSE(comment->hasFocus());
    ASSERT_EQ(edited.count(), 1);
    EXPECT_EQ(edited.at(0).at(1).toString(), "bzn 12 shell?");
    press(Qt::Key_1);
    ASSERT_EQ(gestures.size(), 1U);
    EXPECT_EQ(gestures[0].comment, "bzn 12 shell?");
    panel.setCurrent(gallery::labelItem(6));
    EXPECT_EQ(edited.count(), 1) << "the label told the comment already";
    EXPECT_TRUE(comment->toPlainText().isEmpty());
}

TEST_F(LabellingPanelTest, BlindHidesEverythingThatTheModelSays) {
    auto* reason = panel.findChild<QLabel*>("labellingReason");
    auto* button = panel.findChild<KeyButton*>("labellingClass2Button");
    ASSERT_NE(button, nullptr);
    EXPECT_EQ(button->accessibleName(), "double peak, 52 %");
    EXPECT_TRUE(reason->text().contains("equally likely"));
    QSignalSpy told(&panel, &LabellingPanel::predictionsHiddenChanged);
    press(Qt::Key_B);
    EXPECT_EQ(told.count(), 1);
    EXPECT_TRUE(panel.predictionsHidden());
    EXPECT_EQ(button->accessibleName(), "double peak");
    EXPECT_FALSE(reason->text().contains("equally likely"));
    panel.setCurrent(gallery::labelItem(7));
    EXPECT_EQ(button->accessibleName(), "double peak") << "it stays hidden for the next";
}

TEST_F(LabellingPanelTest, TheAxisRangeStaysFromSpectrumToSpectrum) {
    panel.windowPlot()->setXRange(6540, 6590);
    panel.windowPlot()->setYRange(-1.5, 1.5);
    panel.setCurrent(gallery::labelItem(8));
    EXPECT_EQ(panel.windowPlot()->xRange(), std::make_pair(6540.0, 6590.0));
    EXPECT_EQ(panel.windowPlot()->yRange(), std::make_pair(-1.5, 1.5));
    panel.setCurrent(gallery::labelItem(9), true);
    EXPECT_NE(panel.windowPlot()->yRange(), std::make_pair(-1.5, 1.5));
    LabelItem elsewhere = gallery::labelItem(10);
    for (double& wavelength : elsewhere.window.wavelength)
        wavelength -= 1700;
    panel.setCurrent(elsewhere);
    EXPECT_LT(panel.windowPlot()->xRange().second, 5100) << "another line: another range";
}

TEST_F(LabellingPanelTest, TheLineStandsInVelocityAndIsTheSameFromSpectrumToSpectrum) {
    LinePlot& line = *panel.linePlot();
    const auto about = [](double rest) {
        return std::make_pair(wavelengthAt(-1500, rest), wavelengthAt(1500, rest));
    };
    EXPECT_EQ(line.xRange(), about(hAlphaVacuum));
    ASSERT_FALSE(line.spectra().empty());
    EXPECT_EQ(line.spectra().front().flux, gallery::labelItem(5).window.flux) << "as the network sees it";
    line.plot()->replot();
    const QVector<QString> labels = line.plot()->xAxis->tickVectorLabels();
    EXPECT_TRUE(labels.contains(QStringLiteral("0")));
    EXPECT_TRUE(labels.contains(QStringLiteral("−1000")) || labels.contains(QStringLiteral("−500")));
    line.setXRange(6560, 6570);
    panel.setCurrent(gallery::labelItem(6));
    EXPECT_EQ(line.xRange(), std::make_pair(6560.0, 6570.0));

    // Another line of the table is a part of the whole spectrum, scaled like the window.
    QSignalSpy chosen(&line, &LinePlot::lineChosen);
    const auto* button = panel.findChild<QToolButton*>("lineChoice");
    ASSERT_NE(button, nullptr);
    for (QAction* one : button->menu()->actions())
        if (one->text() == QStringLiteral("Hβ")) one->trigger();
    ASSERT_EQ(chosen.count(), 1);
    const double hBeta = spectrum::line("Hβ").vacuumAngstrom;
    EXPECT_EQ(line.xRange(), about(hBeta));
    ASSERT_FALSE(line.spectra().empty());
    const auto [low, high] =
        std::minmax_element(line.spectra().front().flux.begin(), line.spectra().front().flux.end());
    EXPECT_GE(*low, -1.0F);
    EXPECT_LE(*high, 1.0F);
    panel.setCurrent(gallery::labelItem(7));
    EXPECT_EQ(line.xRange(), about(hBeta));
}

TEST_F(LabellingPanelTest, WhatTheCurveWasMadeOfStandsBesideItOnOneKey) {
    EXPECT_EQ(panel.linePlot()->spectra().size(), 1U);
    press(Qt::Key_R);
    ASSERT_EQ(panel.linePlot()->spectra().size(), 2U);
    EXPECT_EQ(panel.windowPlot()->spectra().size(), 2U);
    panel.setCurrent(gallery::labelItem(6));
    EXPECT_EQ(panel.linePlot()->spectra().size(), 2U) << "it stays for the next";
    press(Qt::Key_R);
    EXPECT_EQ(panel.linePlot()->spectra().size(), 1U);
    EXPECT_TRUE(gestures.empty());
}

TEST_F(LabellingPanelTest, WhatStandsBehindTheLineIsAskedForByKeyAndOnlyForTheSpectrumThatIsShown) {
    QSignalSpy asked(&panel, &LabellingPanel::behindRequested);
    auto* mean = panel.findChild<QAction*>("labellingClassMean");
    ASSERT_NE(mean, nullptr);
    press(Qt::Key_M);
    ASSERT_EQ(asked.count(), 1);
    EXPECT_EQ(asked.at(0).at(0).value<Behind>(), Behind::ClassMean);
    EXPECT_FALSE(mean->isChecked()) << "until the owner says so";
    panel.setBehind(Behind::ClassMean);
    EXPECT_TRUE(mean->isChecked());
    const auto curves = gallery::classMean(1);
    panel.setBehindCurves("another", curves);
    EXPECT_FALSE(panel.linePlot()->backdrop());
    panel.setBehindCurves(panel.currentId(), curves);
    for (const auto* plot : {static_cast<SpectrumPlot*>(panel.linePlot()), panel.windowPlot()}) {
        ASSERT_TRUE(plot->backdrop());
        EXPECT_EQ(plot->backdrop()->name, curves.mean->name);
    }
    panel.setCurrent(gallery::labelItem(6));
    EXPECT_FALSE(panel.linePlot()->backdrop()) << "it was another spectrum's";
    EXPECT_EQ(panel.behind(), Behind::ClassMean) << "its owner says with what";
    panel.setBehindCurves(panel.currentId(),
                          {{}, {gallery::windowSpectrum(7, gallery::Profile::SinglePeak)}});
    EXPECT_EQ(panel.linePlot()->spectra().size(), 2U);
    press(Qt::Key_P);
    EXPECT_EQ(asked.at(1).at(0).value<Behind>(), Behind::Prototype);
    EXPECT_TRUE(gestures.empty());
}

TEST_F(LabellingPanelTest, TheContactSheetAnswersForTheTileInTheFrameAndTheRestAtOnce) {
    auto* sheet = panel.findChild<ContactSheet*>("contactSheet");
    ASSERT_NE(sheet, nullptr);
    QSignalSpy rest(&panel, &LabellingPanel::restGiven), asked(&panel, &LabellingPanel::itemRequested);
    press(Qt::Key_Return);
    press(Qt::Key_Down);
    EXPECT_EQ(rest.count() + asked.count(), 0) << "keys of the sheet alone";
    panel.setRestClass("nothing of note");
    press(Qt::Key_G);
    ASSERT_TRUE(panel.showsSheet());
    EXPECT_TRUE(sheet->isVisible());
    EXPECT_FALSE(panel.linePlot()->isVisible());
    press(Qt::Key_2);
    ASSERT_EQ(gestures.size(), 1U);
    press(Qt::Key_Down);
    ASSERT_EQ(asked.count(), 1);
    EXPECT_EQ(asked.at(0).at(0).toInt(), 5 + ContactSheet::columns);
    press(Qt::Key_Up);
    EXPECT_EQ(asked.count(), 1) << "there is none above";
    QTest::mouseClick(sheet, Qt::LeftButton, Qt::NoModifier,
                      QPoint(sheet->width() - 10, sheet->height() - 10));
    ASSERT_EQ(asked.count(), 2);
    EXPECT_EQ(asked.at(1).at(0).toInt(), ContactSheet::tiles - 1);
    press(Qt::Key_Return);
    ASSERT_EQ(rest.count(), 1);
    const auto others = rest.at(0).at(0).toStringList();
    EXPECT_EQ(others, sheet->unlabelled());
    EXPECT_FALSE(others.contains(panel.currentId())) << "it has its answer";
    EXPECT_EQ(rest.at(0).at(1).toString(), "nothing of note");
    press(Qt::Key_G);
    EXPECT_TRUE(panel.linePlot()->isVisible());
}

TEST_F(LabellingPanelTest, TheAnswerThatStandsIsMarkedOnItsButton) {
    auto* single = panel.findChild<KeyButton*>("labellingClass1Button");
    auto* bad = panel.findChild<KeyButton*>("labellingBadButton");
    LabelItem item = gallery::labelItem(9);
    item.given = Answer{LabelKind::Class, item.classNames.front()};
    panel.setCurrent(item);
    EXPECT_TRUE(single->accessibleName().endsWith(", given")) << single->accessibleName().toStdString();
    panel.setAnswer(item.id, Answer{LabelKind::Bad, {}});
    EXPECT_FALSE(single->accessibleName().endsWith(", given"));
    EXPECT_TRUE(bad->accessibleName().endsWith(", given"));
    panel.setAnswer(item.id, std::nullopt);
    EXPECT_FALSE(bad->accessibleName().endsWith(", given"));
}

TEST_F(LabellingPanelTest, AWholeSpectrumThatComesLateIsShownOnlyForItsOwnItem) {
    LabelItem item = gallery::labelItem(11);
    item.whole.reset();
    panel.setCurrent(item);
    EXPECT_TRUE(panel.wholePlot()->spectra().empty());
    panel.setWholeSpectrum("spec-another", gallery::wholeSpectrum(1, gallery::Profile::SinglePeak));
    EXPECT_TRUE(panel.wholePlot()->spectra().empty());
    panel.setWholeSpectrum(item.id, gallery::wholeSpectrum(11, gallery::Profile::SinglePeak));
    EXPECT_EQ(panel.wholePlot()->spectra().size(), 1U);
}

TEST_F(LabellingPanelTest, TheQueueFollowsAndAsksForWhatIsClicked) {
    auto* queue = panel.findChild<QueueStrip*>("queueStrip");
    ASSERT_NE(queue, nullptr);
    EXPECT_EQ(queue->currentIndex(), 5);
    press(Qt::Key_1);
    EXPECT_EQ(queue->entries()[5].label, "single peak");
    panel.setAnswer("spec-55005", std::nullopt);
    EXPECT_EQ(queue->entries()[5].label, "");
    QSignalSpy asked(&panel, &LabellingPanel::itemRequested);
    QTest::mouseClick(queue, Qt::LeftButton, Qt::NoModifier, QPoint(10, 20));
    ASSERT_EQ(asked.count(), 1);
    EXPECT_EQ(asked.at(0).at(0).toInt(), 2) << "a third of the strip shows what was before";
}

TEST_F(LabellingPanelTest, WithoutAnItemNothingCanBeLabelled) {
    panel.clearCurrent("The queue of this round is done.", "Start the next round");
    press(Qt::Key_1);
    press(Qt::Key_N);
    EXPECT_TRUE(gestures.empty());
    EXPECT_TRUE(panel.currentId().isEmpty());
    QSignalSpy asked(&panel, &LabellingPanel::emptyActionTriggered);
    QTest::mouseClick(panel.findChild<QWidget*>("labellingEmptyAction"), Qt::LeftButton);
    EXPECT_EQ(asked.count(), 1);
}

TEST_F(LabellingPanelTest, ClassesCanChangeBetweenItems) {
    LabelItem item = gallery::labelItem(12);
    item.classNames = QStringList({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"});
    item.probabilities.clear();
    panel.setCurrent(item);
    press(Qt::Key_9);
    press(Qt::Key_U);
    ASSERT_EQ(gestures.size(), 2U);
    EXPECT_EQ(gestures[0].className, "i");
    EXPECT_EQ(gestures[1].kind, LabelKind::NotSure);
}

TEST_F(LabellingPanelTest, EveryActionHasANameAToolTipAndAKey) {
    for (const QAction* action : panel.actions()) {
        EXPECT_FALSE(action->objectName().isEmpty()) << action->text().toStdString();
        EXPECT_FALSE(action->toolTip().isEmpty()) << action->objectName().toStdString();
        EXPECT_FALSE(action->shortcut().isEmpty()) << action->objectName().toStdString();
    }
    for (const KeyButton* button : panel.findChildren<KeyButton*>()) {
        EXPECT_FALSE(button->objectName().isEmpty());
        EXPECT_FALSE(button->accessibleName().isEmpty());
    }
}

} // namespace
} // namespace balmer::widgets
