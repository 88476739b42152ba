// Gestures on the map: click, keys, lasso.
#include <cmath>

#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include "widgets/gallery/made_up_data.h"
#include "widgets/som/map_view.h"
#include "widgets/som/quality_sparkline.h"

namespace balmer::widgets {
namespace {

class MapViewTest : public ::testing::TestWithParam<Lattice> {
  protected:
    void SetUp() override {
        map.resize(640, 560);
        map.setShape({GetParam(), 6, 8});
        NeuronValues layer;
        layer.name = "U-matrix";
        for (int i = 0; i < 48; ++i)
            layer.values.push_back(i % 5 == 0 ? std::nan("") : i * 0.1);
        map.setValues(layer);
        std::vector<int> hits(48, 1);
        hits[27] = 9;
        hits[3] = 0;
        map.setHits(hits);
        map.show();
        ASSERT_TRUE(QTest::qWaitForWindowExposed(&map));
        QObject::connect(&map, &MapView::neuronActivated, &map,
                         [this](int neuron) { activated.push_back(neuron); });
        QObject::connect(&map, &MapView::selectionChanged, &map,
                         [this](const std::vector<int>& neurons) { selections.push_back(neurons); });
    }

    void click(int neuron, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::mouseClick(&map, Qt::LeftButton, modifiers, map.centreOf(neuron).toPoint());
    }

    MapView map;
    std::vector<int> activated;
    std::vector<std::vector<int>> selections;
};

TEST_P(MapViewTest, EveryNeuronIsFoundAtItsCentreAndNoneOutside) {
    for (int n = 0; n < 48; ++n)
        EXPECT_EQ(map.neuronAt(map.centreOf(n)), n);
    EXPECT_EQ(map.neuronAt({1, 1}), -1);
    EXPECT_EQ(map.neuronAt({639, 300}), -1);
}

TEST_P(MapViewTest, AClickChoosesAndCtrlAddsAndTakesAway) {
    click(10);
    click(12, Qt::ControlModifier);
    EXPECT_EQ(map.selectedNeurons(), (std::vector<int>{10, 12}));
    click(10, Qt::ControlModifier);
    EXPECT_EQ(map.selectedNeurons(), (std::vector<int>{12}));
    EXPECT_EQ(activated, (std::vector<int>{10, 12, 10}));
    EXPECT_EQ(selections.size(), 3U);
    QTest::mouseClick(&map, Qt::LeftButton, Qt::NoModifier, QPoint(2, 2));
    EXPECT_EQ(activated.size(), 3U) << "a click beside the lattice means nothing";
}

TEST_P(MapViewTest, ArrowsWalkAndStopAtTheEdge) {
    click(0);
    for (const Qt::Key key : {Qt::Key_Right, Qt::Key_Down, Qt::Key_Left, Qt::Key_Left, Qt::Key_Up})
        QTest::keyClick(&map, key);
    EXPECT_EQ(activated, (std::vector<int>{0, 1, 9, 8, 0}));
    EXPECT_EQ(map.currentNeuron(), 0);
    EXPECT_EQ(map.selectedNeurons(), std::vector<int>{0});
}

TEST_P(MapViewTest, HomeGoesToTheDensest) {
    EXPECT_EQ(map.densestNeuron(), 27);
    QTest::keyClick(&map, Qt::Key_Home);
    EXPECT_EQ(activated, std::vector<int>{27});
    EXPECT_EQ(map.describe(27), "neuron 3,3 · 9 spectra");
    EXPECT_EQ(map.describe(28), "neuron 4,3 · 1 spectrum");
    EXPECT_EQ(map.describe(48), "");
}

TEST_P(MapViewTest, AShiftDragChoosesTheRectangle) {
    const QPoint from = (map.centreOf(0) - QPointF(20, 20)).toPoint(),
                 to = (map.centreOf(9) + QPointF(8, 8)).toPoint();
    QTest::mousePress(&map, Qt::LeftButton, Qt::ShiftModifier, from);
    QTest::mouseMove(&map, (from + to) / 2);
    QTest::mouseMove(&map, to);
    QTest::mouseRelease(&map, Qt::LeftButton, Qt::ShiftModifier, to);
    EXPECT_EQ(map.selectedNeurons(), (std::vector<int>{0, 1, 8, 9}));
    EXPECT_EQ(selections.size(), 1U);
    EXPECT_TRUE(activated.empty());
}

TEST_P(MapViewTest, ALassoChoosesWhatItSurrounds) {
    const QPointF middle = map.centreOf(20);
    const double r = std::abs(map.centreOf(21).x() - middle.x()) * 0.45;
    QTest::mousePress(&map, Qt::LeftButton, Qt::NoModifier, (middle + QPointF(-r, -r)).toPoint());
    for (const QPointF corner : {QPointF(r, -r), QPointF(r, r), QPointF(-r, r)})
        QTest::mouseMove(&map, (middle + corner).toPoint());
    QTest::mouseRelease(&map, Qt::LeftButton, Qt::NoModifier, (middle + QPointF(-r, r)).toPoint());
    EXPECT_EQ(map.selectedNeurons(), std::vector<int>{20});
}

TEST_P(MapViewTest, ProgramsSetWithoutTelling) {
    map.setCurrentNeuron(5);
    map.setSelectedNeurons({4, 5, 999, -1});
    map.setHighlightedNeurons({7, 1000});
    EXPECT_EQ(map.selectedNeurons(), (std::vector<int>{4, 5}));
    EXPECT_TRUE(activated.empty());
    EXPECT_TRUE(selections.empty());
    EXPECT_FALSE(map.image({500, 400}).isNull());
}

TEST_P(MapViewTest, AnotherShapeForgetsTheSelection) {
    click(10);
    map.setShape({GetParam(), 3, 3});
    EXPECT_TRUE(map.selectedNeurons().empty());
    EXPECT_EQ(map.currentNeuron(), -1);
    EXPECT_EQ(map.densestNeuron(), -1);
    map.setShape({GetParam(), 0, 5});
    EXPECT_EQ(map.neuronAt({100, 100}), -1);
    QTest::keyClick(&map, Qt::Key_Home);
    QTest::keyClick(&map, Qt::Key_Right);
    EXPECT_FALSE(map.grab().isNull());
}

TEST_P(MapViewTest, StrangeLayersAreDrawn) {
    for (const bool logarithmic : {false, true}) {
        for (const std::vector<double>& values :
             {std::vector<double>{}, std::vector<double>(48, std::nan("")), std::vector<double>(48, 0.0),
              std::vector<double>(48, -1.0), std::vector<double>{1, INFINITY, -INFINITY}}) {
            NeuronValues layer{"layer", "", values, logarithmic, false, std::nullopt};
            map.setValues(layer);
            EXPECT_FALSE(map.grab().isNull());
            layer.diverging = true;
            map.setValues(layer);
            EXPECT_FALSE(map.grab().isNull());
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Lattices, MapViewTest, ::testing::Values(Lattice::Rectangular, Lattice::Hexagonal));

TEST(HexagonalMap, OddRowsAreShiftedByHalfACell) {
    MapView map;
    map.resize(600, 500);
    map.setShape({Lattice::Hexagonal, 4, 5});
    const QPointF a = map.centreOf(0), b = map.centreOf(1), below = map.centreOf(5);
    EXPECT_NEAR(below.x() - a.x(), (b.x() - a.x()) / 2, 1e-6);
    EXPECT_NEAR(std::hypot(below.x() - a.x(), below.y() - a.y()), b.x() - a.x(), 1e-6);
}

TEST(Sparkline, GrowsEpochByEpoch) {
    QualitySparkline line;
    line.append(1, 0.8, 0.3);
    line.append(2, 0.5, std::nan(""));
    EXPECT_EQ(line.epochs(), 2);
    EXPECT_GE(line.xRange().second, 10);
    for (int epoch = 3; epoch <= 25; ++epoch)
        line.append(epoch, 0.5 / epoch, 0.1);
    EXPECT_GE(line.xRange().second, 25);
    line.clear();
    EXPECT_EQ(line.epochs(), 0);
}

} // namespace
} // namespace balmer::widgets
