// What plots and maps do with layers that they do not know.
#include <algorithm>
#include <cmath>

#include <QHelpEvent>
#include <QPainter>
#include <QTest>
#include <QToolTip>

#include <gtest/gtest.h>

#include "widgets/plot/custom_plot.h"
#include "widgets/plot/plot_view.h"
#include "widgets/som/map_view.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::widgets {
namespace {

const QColor strange(0x12, 0xEF, 0x34); // no colour of the theme

int countOf(const QImage& image, const QColor& colour) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            count += image.pixelColor(x, y) == colour;
    return count;
}

/// A filled band from 10 to 20 in x and 1 to 5 in y.
class Band : public PlotLayer {
  public:
    explicit Band(QString name = {}, QColor colour = strange) : name_(std::move(name)), colour_(colour) {}
    void draw(QCPPainter& painter, const PlotAxes& axes) const override {
        painter.setAntialiasing(false);
        painter.fillRect(QRectF(QPointF(axes.x(10), axes.y(5)), QPointF(axes.x(20), axes.y(1))), colour_);
    }
    PlotExtent extent() const override { return {10, 20, 1, 5}; }
    std::vector<LegendEntry> legend() const override { return {{name_, colour_}}; }
    std::optional<PlotPick> pick(QPointF at, const PlotAxes&) const override {
        if (at.x() < 10 || at.x() > 20) return std::nullopt;
        PlotPick pick;
        pick.layer = this;
        pick.id = name_;
        pick.text = QStringLiteral("the band %1").arg(name_);
        pick.at = at;
        pick.colour = colour_;
        return pick;
    }
    void drawPicked(QCPPainter&, const PlotAxes&, const PlotPick&) const override { ++emphasised; }
    mutable int emphasised = 0;

  private:
    QString name_;
    QColor colour_;
};

TEST(PlotLayers, AreDrawnAndFittedToWhileTheyAreVisible) {
    PlotView plot;
    plot.resize(400, 300);
    Band* band = plot.addLayer(std::make_unique<Band>());
    plot.fit();
    EXPECT_EQ(plot.xRange(), std::make_pair(10.0, 20.0));
    EXPECT_LT(plot.yRange().first, 1);
    EXPECT_GT(plot.yRange().second, 5);
    EXPECT_GT(countOf(plot.image({400, 300}, 1), strange), 20000);
    band->setVisible(false);
    EXPECT_EQ(countOf(plot.image({400, 300}, 1), strange), 0);
    EXPECT_FALSE(plot.extent().hasX());
    plot.setXRange(0, 1);
    plot.fit();
    EXPECT_EQ(plot.xRange(), std::make_pair(0.0, 1.0)) << "nothing to fit to";
}

TEST(PlotLayers, TheOverlayIsNotInFigures) {
    PlotView plot;
    plot.resize(400, 300);
    plot.addLayer(std::make_unique<Band>(), LayerDepth::Overlay);
    plot.setXRange(0, 30);
    plot.setYRange(0, 6);
    EXPECT_EQ(countOf(plot.image({400, 300}, 1), strange), 0);
    EXPECT_GT(countOf(plot.grab().toImage(), strange), 1000);
}

TEST(PlotLayers, TheUppermostUnderThePointIsPicked) {
    PlotView plot;
    plot.resize(400, 300);
    plot.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&plot));
    plot.addLayer(std::make_unique<Band>("lower"));
    Band* upper = plot.addLayer(std::make_unique<Band>("upper"));
    plot.setXRange(0, 30);
    plot.setYRange(0, 6);
    plot.redrawNow();
    const auto at = [&](double x, double y) {
        return QPoint(int(plot.plot()->xAxis->coordToPixel(x)), int(plot.plot()->yAxis->coordToPixel(y)));
    };
    ASSERT_TRUE(plot.pickAt(at(15, 3)));
    EXPECT_EQ(plot.pickAt(at(15, 3))->id, "upper");
    EXPECT_NEAR(plot.pickAt(at(15, 3))->at.x(), 15, 0.2);
    upper->setVisible(false);
    EXPECT_EQ(plot.pickAt(at(15, 3))->id, "lower");
    EXPECT_FALSE(plot.pickAt(at(5, 3)));
    EXPECT_FALSE(plot.pickAt(QPoint(1, 1))) << "outside the axes";
}

TEST(PlotLayers, ASpectrumPlotTakesALayerItDoesNotKnow) {
    SpectrumPlot plot;
    plot.resize(600, 400);
    plot.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&plot));
    PlottedSpectrum s;
    s.id = "one";
    for (int i = 0; i < 30; ++i) {
        s.wavelength.push_back(i);
        s.flux.push_back(1);
    }
    plot.setSpectrum(s);
    EXPECT_EQ(plot.xRange(), std::make_pair(0.0, 29.0));
    Band* band = plot.addLayer(std::make_unique<Band>("telluric"));
    plot.fit();
    EXPECT_GT(plot.yRange().second, 5) << "the layer is in sight too";
    const std::vector<PlotLayer*> layers = plot.visibleLayers();
    EXPECT_LT(std::find(layers.begin(), layers.end(), band), layers.end() - 1) << "the legend stays on top";
    plot.redrawNow();
    QString text;
    QObject::connect(&plot, &SpectrumPlot::readOut, &plot, [&](const QString& t) { text = t; });
    QCustomPlot* inner = plot.plot();
    const QPoint at(int(inner->xAxis->coordToPixel(15)), int(inner->yAxis->coordToPixel(3)));
    QMouseEvent move(QEvent::MouseMove, at, inner->mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                     Qt::NoModifier);
    QCoreApplication::sendEvent(inner, &move);
    EXPECT_EQ(text, "the band telluric");
    EXPECT_GT(band->emphasised, 0) << "under the cursor it stands out";
}

/// Fills the cell of one neuron.
class Spot : public MapLayer {
  public:
    void draw(QPainter& painter, const LatticeGeometry& geometry) const override {
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setBrush(strange);
        painter.setPen(Qt::NoPen);
        painter.drawPolygon(geometry.outline(geometry.centre(3), geometry.cell));
    }
    std::vector<LegendEntry> legend() const override { return {{"spot", QColor(0xAB, 0x12, 0xCD)}}; }
    QString pick(int neuron) const override { return neuron == 3 ? "a spot" : QString(); }
    void reset() override { ++resets; }
    int resets = 0;
};

TEST(MapLayers, AreDrawnNamedAskedAndReset) {
    MapView map;
    map.resize(500, 400);
    map.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&map));
    Spot* spot = map.addLayer(std::make_unique<Spot>());
    map.setShape({Lattice::Rectangular, 3, 4});
    EXPECT_EQ(spot->resets, 1);
    EXPECT_GT(countOf(map.image({500, 400}, 1), strange), 1000);
    EXPECT_GT(countOf(map.image({500, 400}, 1), QColor(0xAB, 0x12, 0xCD)), 20) << "the legend's mark";
    const QPoint at = map.centreOf(3).toPoint();
    QHelpEvent help(QEvent::ToolTip, at, map.mapToGlobal(at));
    QCoreApplication::sendEvent(&map, &help);
    EXPECT_EQ(QToolTip::text(), "neuron 3,0\na spot");
    QToolTip::hideText();
    spot->setVisible(false);
    map.redraw();
    EXPECT_EQ(countOf(map.image({500, 400}, 1), strange), 0);
    EXPECT_EQ(countOf(map.grab().toImage(), strange), 0);
}

TEST(MapLayers, TheOverlayIsNotInFigures) {
    MapView map;
    map.resize(500, 400);
    map.addLayer(std::make_unique<Spot>(), LayerDepth::Overlay);
    map.setShape({Lattice::Hexagonal, 3, 4});
    EXPECT_EQ(countOf(map.image({500, 400}, 1), strange), 0);
    EXPECT_GT(countOf(map.grab().toImage(), strange), 1000);
}

TEST(ValueScales, RunFromTheLeastToTheGreatestValue) {
    NeuronValues values;
    values.values = {2, 4, std::nan(""), 10};
    const ValueScale linear(values);
    EXPECT_DOUBLE_EQ(linear.fraction(2), 0);
    EXPECT_DOUBLE_EQ(linear.fraction(6), 0.5);
    EXPECT_DOUBLE_EQ(linear.fraction(10), 1);
    EXPECT_TRUE(std::isnan(linear.fraction(std::nan(""))));
    EXPECT_EQ(linear.ticks(4), (std::vector<double>{2, 4, 6, 8, 10}));
    values.values = {0, 1, 10, 1000};
    values.logarithmic = true;
    const ValueScale decades(values);
    EXPECT_DOUBLE_EQ(decades.fraction(0), 0);
    EXPECT_NEAR(decades.fraction(10), 1.0 / 3, 1e-12);
    EXPECT_EQ(decades.ticks(4), (std::vector<double>{1, 10, 100, 1000}));
    values.diverging = true;
    const ValueScale aboutZero(values);
    EXPECT_DOUBLE_EQ(aboutZero.fraction(0), 0.5);
    EXPECT_FALSE(aboutZero.logarithmic());
    values.values = {std::nan("")};
    EXPECT_TRUE(ValueScale(values).empty());
}

} // namespace
} // namespace balmer::widgets
