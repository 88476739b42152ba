// Theme, colour maps, the shared selection, buttons and chips.
#include <cmath>

#include <QAction>
#include <QApplication>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include "widgets/common/colour_map.h"
#include "widgets/common/empty_state.h"
#include "widgets/common/icons.h"
#include "widgets/common/key_button.h"
#include "widgets/common/phase_chip.h"
#include "widgets/common/progress_line.h"
#include "widgets/common/theme.h"
#include "widgets/selection/selection_model.h"

namespace balmer::widgets {
namespace {

TEST(Theme, TextIsReadableOnEveryGroundInLightAndDark) {
    for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
        applyTheme(*qApp, mode);
        const ThemeColours& c = theme();
        for (const QColor& ground : {c.window, c.panel, c.plot}) {
            for (const QColor& ink : {c.text, c.mutedText, c.faintText, c.accentText, c.selectionText,
                                      c.modelText, c.good, c.warning, c.error})
                EXPECT_GE(contrast(ink, ground), 4.5)
                    << ink.name().toStdString() << " on " << ground.name().toStdString();
            for (const QColor& line : {c.accent, c.selection, c.model, c.spectrum})
                EXPECT_GE(contrast(line, ground), 3.0)
                    << line.name().toStdString() << " on " << ground.name().toStdString();
        }
        EXPECT_GE(contrast(c.onAccent, c.accentText), 4.5);
        EXPECT_GE(contrast(c.text, c.raised), 4.5);
        EXPECT_GE(contrast(c.mutedText, c.raised), 4.5);
    }
    applyTheme(*qApp, ThemeMode::Light);
}

TEST(Theme, FiguresAreDrawnLightWhateverTheScreenShows) {
    applyTheme(*qApp, ThemeMode::Dark);
    {
        const LightThemeScope paper;
        EXPECT_FALSE(theme().dark);
    }
    EXPECT_TRUE(theme().dark);
    applyTheme(*qApp, ThemeMode::Light);
}

TEST(Theme, ClassesDifferInColourOrShape) {
    for (int a = 0; a < 50; ++a) {
        for (int b = 0; b < a; ++b)
            EXPECT_TRUE(classColour(a) != classColour(b) || classMarker(a) != classMarker(b))
                << a << " and " << b;
    }
}

TEST(Theme, NumbersAreGroupedByThousands) {
    const QString space(QChar(0x202F));
    EXPECT_EQ(groupedNumber(830), "830");
    EXPECT_EQ(groupedNumber(2830), "2" + space + "830");
    EXPECT_EQ(groupedNumber(-1234567), "-1" + space + "234" + space + "567");
    EXPECT_EQ(groupedNumber(-123), "-123");
}

TEST(ColourMaps, SequentialMapsRiseInLightnessEvenly) {
    for (const ColourMap map : {ColourMap::Viridis, ColourMap::Cividis, ColourMap::Grey}) {
        const auto& table = colourTable(map);
        const double range = lightness(table[255]) - lightness(table[0]);
        EXPECT_GT(range, 70);
        for (std::size_t i = 16; i < table.size(); i += 16) {
            const double step = lightness(table[i]) - lightness(table[i - 16]);
            EXPECT_GT(step, 0.4 * range / 16) << displayName(map).toStdString() << " at " << i;
            EXPECT_LT(step, 2.2 * range / 16) << displayName(map).toStdString() << " at " << i;
        }
        for (std::size_t i = 1; i < table.size(); ++i)
            EXPECT_GE(lightness(table[i]), lightness(table[i - 1]) - 0.35);
    }
}

TEST(ColourMaps, DivergingMapIsLightestAboutZero) {
    const auto& table = colourTable(ColourMap::Diverging);
    EXPECT_GT(lightness(table[127]), lightness(table[60]));
    EXPECT_GT(lightness(table[60]), lightness(table[0]));
    EXPECT_GT(lightness(table[128]), lightness(table[195]));
    EXPECT_GT(lightness(table[195]), lightness(table[255]));
}

TEST(ColourMaps, OutsideIsClampedAndNoNumberIsTransparent) {
    EXPECT_EQ(colourAt(ColourMap::Viridis, -3), colourAt(ColourMap::Viridis, 0));
    EXPECT_EQ(colourAt(ColourMap::Viridis, 7), colourAt(ColourMap::Viridis, 1));
    EXPECT_EQ(qAlpha(colourAt(ColourMap::Viridis, std::nan(""))), 0);
}

TEST(Selection, ChangesOfOneTurnAreToldOnceWithTheLastOrigin) {
    SelectionModel selection;
    QSignalSpy told(&selection, &SelectionModel::changed);
    selection.select({"a", "b", "a"}, "table");
    selection.add({"c"}, "map");
    selection.setCurrent("b", "plot");
    EXPECT_EQ(told.count(), 0);
    QCoreApplication::sendPostedEvents(&selection);
    ASSERT_EQ(told.count(), 1);
    EXPECT_EQ(told.at(0).at(0).toString(), "plot");
    EXPECT_EQ(selection.ids(), QStringList({"a", "b", "c"}));
    EXPECT_EQ(selection.current(), "b");
    EXPECT_TRUE(selection.contains("c"));
}

TEST(Selection, NothingIsToldWhereNothingChanged) {
    SelectionModel selection;
    selection.select({"a"}, "table");
    QCoreApplication::sendPostedEvents(&selection);
    QSignalSpy told(&selection, &SelectionModel::changed);
    selection.select({"a"}, "table");
    selection.add({"a"}, "map");
    selection.remove({"z"}, "map");
    selection.setCurrent("a", "plot");
    QCoreApplication::sendPostedEvents(&selection);
    EXPECT_EQ(told.count(), 0);
}

TEST(Selection, TheCurrentOneMovesWhenItIsTakenOut) {
    SelectionModel selection;
    selection.select({"a", "b", "c"}, "x");
    selection.setCurrent("c", "x");
    selection.toggle("c", "x");
    EXPECT_EQ(selection.current(), "a");
    selection.clear("x");
    EXPECT_TRUE(selection.empty());
    EXPECT_TRUE(selection.current().isEmpty());
}

TEST(KeyButtons, FollowAndTriggerTheirAction) {
    QAction action("double peak");
    action.setShortcut(Qt::Key_2);
    KeyButton button("?");
    button.followAction(&action);
    EXPECT_EQ(button.text(), "double peak");
    EXPECT_EQ(button.key(), QKeySequence(Qt::Key_2));
    EXPECT_TRUE(button.toolTip().contains("(2)"));
    QSignalSpy triggered(&action, &QAction::triggered);
    button.click();
    EXPECT_EQ(triggered.count(), 1);
    action.setEnabled(false);
    button.click();
    EXPECT_EQ(triggered.count(), 1);
    action.setEnabled(true);
    action.setCheckable(true);
    button.click();
    EXPECT_TRUE(action.isChecked());
    EXPECT_TRUE(button.isChecked());
    button.setProbability(0.52);
    EXPECT_EQ(button.accessibleName(), "double peak, 52 %");
}

TEST(PhaseChips, EveryPhaseHasItsColour) {
    EXPECT_EQ(phaseColour(PhaseLook::Executing), theme().selectionText);
    EXPECT_EQ(phaseColour(PhaseLook::Completed), theme().good);
    EXPECT_EQ(phaseColour(PhaseLook::Error), theme().error);
    EXPECT_EQ(phaseColour(PhaseLook::Aborted), theme().warning);
    EXPECT_EQ(phaseColour(PhaseLook::Waiting), theme().mutedText);
}

TEST(ProgressLines, ShortWorkIsNeverShown) {
    ProgressLine line;
    line.setFraction(-1);
    EXPECT_FALSE(line.isShowing());
    line.finish();
    QTest::qWait(350);
    EXPECT_FALSE(line.isShowing());
    line.setFraction(0.5);
    EXPECT_TRUE(QTest::qWaitFor([&] { return line.isShowing(); }, 3000));
    line.finish();
    EXPECT_FALSE(line.isShowing());
}

TEST(EmptyStates, OfferTheNextStep) {
    EmptyState state(Icon::Data, "No spectra yet.", "Import spectra…");
    QSignalSpy asked(&state, &EmptyState::actionTriggered);
    state.button()->click();
    EXPECT_EQ(asked.count(), 1);
    state.setAction({});
    EXPECT_TRUE(state.button()->isHidden());
}

} // namespace
} // namespace balmer::widgets
