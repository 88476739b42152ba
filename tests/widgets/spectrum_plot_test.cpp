// The spectrum plot: read-out, ranges, drawing of strange data, export.
#include <cmath>

#include <QMouseEvent>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include "widgets/common/theme.h"
#include "widgets/gallery/made_up_data.h"
#include "widgets/plot/custom_plot.h"
#include "widgets/spectrum/line_strip.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::widgets {
namespace {

PlottedSpectrum ramp(const QString& id, double first, double step, int samples, float offset) {
    PlottedSpectrum s;
    s.id = id;
    s.name = id;
    for (int i = 0; i < samples; ++i) {
        s.wavelength.push_back(first + step * i);
        s.flux.push_back(offset + 0.01F * float(i));
    }
    return s;
}

TEST(SpectrumPlots, TheReadOutNamesTheNearestSampleAndSpectrum) {
    SpectrumPlot plot;
    PlottedSpectrum low = ramp("vi140035", 6561.07, 0.5, 100, 3.29F);
    plot.setSpectra({low, ramp("other", 6500, 1, 200, 8)});
    EXPECT_EQ(plot.readOutAt(6561.1, 3.2), "6561.07 Å: vi140035: 3.29");
    EXPECT_EQ(plot.readOutAt(6561.1, 9.0), "6561.00 Å: other: 8.61");
    EXPECT_EQ(plot.readOutAt(6561.1, std::nan("")), "6561.07 Å: vi140035: 3.29");
    plot.setCurrent("other");
    EXPECT_EQ(plot.readOutAt(6561.1, std::nan("")), "6561.00 Å: other: 8.61");
    EXPECT_EQ(plot.readOutAt(4000, 3), "") << "outside all spectra";
}

TEST(SpectrumPlots, TheCurrentSpectrumAloneHasTheColourOfASpectrum) {
    SpectrumPlot plot;
    plot.setSpectra({ramp("a", 6500, 1, 100, 1), ramp("b", 6500, 1, 100, 2), ramp("c", 6500, 1, 100, 3)});
    const auto black = [&plot] {
        QStringList names;
        for (const PlotLayer* layer : plot.visibleLayers())
            for (const LegendEntry& entry : layer->legend())
                if (entry.colour == theme().spectrum) names << entry.name;
        return names;
    };
    EXPECT_EQ(black(), QStringList{"a"}) << "none is chosen: the first";
    plot.setCurrent("b");
    EXPECT_EQ(black(), QStringList{"b"});
    plot.setCurrent("c");
    EXPECT_EQ(black(), QStringList{"c"});
}

TEST(SpectrumPlots, TheCursorTellsFluxAndVelocity) {
    SpectrumPlot plot;
    plot.resize(800, 400);
    plot.setVelocityReference(6564.61, "Hα");
    plot.setSpectrum(ramp("a", 6500, 1, 130, 1));
    plot.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&plot));
    plot.redrawNow();
    QString text, id;
    double wavelength = 0, flux = 0, v = 0;
    QObject::connect(&plot, &SpectrumPlot::readOut, &plot,
                     [&](const QString& t, double w, double f, double k, const QString& i) {
                         text = t;
                         wavelength = w;
                         flux = f;
                         v = k;
                         id = i;
                     });
    QCustomPlot* inner = plot.plot();
    const QPoint at(int(inner->xAxis->coordToPixel(6570)), int(inner->yAxis->coordToPixel(1.7)));
    QMouseEvent move(QEvent::MouseMove, at, inner->mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                     Qt::NoModifier);
    QCoreApplication::sendEvent(inner, &move);
    EXPECT_EQ(id, "a");
    EXPECT_NEAR(wavelength, 6570, 1.01);
    EXPECT_NEAR(flux, 1 + 0.01 * (wavelength - 6500), 1e-5);
    EXPECT_NEAR(v, 299792.458 * (wavelength / 6564.61 - 1), 1e-6);
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(inner, &leave);
    EXPECT_TRUE(text.isEmpty());
}

TEST(SpectrumPlots, ALockedRangeStaysAndAFreeOneFollows) {
    SpectrumPlot plot;
    plot.setSpectrum(ramp("a", 4000, 1, 1000, 1));
    EXPECT_EQ(plot.xRange(), std::make_pair(4000.0, 4999.0));
    plot.setRangeLocked(true);
    plot.setXRange(4100, 4200);
    plot.setYRange(0, 5);
    plot.setSpectrum(ramp("b", 5000, 1, 1000, 100));
    EXPECT_EQ(plot.xRange(), std::make_pair(4100.0, 4200.0));
    EXPECT_EQ(plot.yRange(), std::make_pair(0.0, 5.0));
    plot.fit();
    EXPECT_EQ(plot.xRange(), std::make_pair(5000.0, 5999.0)) << "the user rescales";
    plot.setRangeLocked(false);
    plot.setXRange(5100, 5200);
    plot.setSpectrum(ramp("b", 5000, 1, 1000, 100));
    EXPECT_EQ(plot.xRange(), std::make_pair(5100.0, 5200.0)) << "the same spectrum again";
    plot.setSpectrum(ramp("c", 6000, 1, 1000, 100));
    EXPECT_EQ(plot.xRange(), std::make_pair(6000.0, 6999.0));
}

TEST(SpectrumPlots, MaskedSamplesDoNotDecideTheFit) {
    SpectrumPlot plot;
    PlottedSpectrum s = ramp("a", 4000, 1, 100, 1);
    s.flux[50] = 1e6F;
    s.mask.assign(100, 0);
    s.mask[50] = 1;
    s.flux[60] = std::nanf("");
    plot.setSpectrum(s);
    EXPECT_LT(plot.yRange().second, 3);
}

TEST(SpectrumPlots, KeysZoomPanAndFit) {
    SpectrumPlot plot;
    plot.setSpectrum(ramp("a", 4000, 1, 1001, 1));
    QSignalSpy changed(&plot, &PlotView::rangeChangedByUser);
    QTest::keyClick(&plot, Qt::Key_Plus);
    EXPECT_NEAR(plot.xRange().second - plot.xRange().first, 800, 1e-6);
    QTest::keyClick(&plot, Qt::Key_Right);
    EXPECT_NEAR(plot.xRange().first, 4180, 1e-6);
    QTest::keyClick(&plot, Qt::Key_Minus);
    QTest::keyClick(&plot, Qt::Key_0);
    EXPECT_EQ(plot.xRange(), std::make_pair(4000.0, 5000.0));
    EXPECT_EQ(changed.count(), 4);
}

TEST(SpectrumPlots, CtrlDragChoosesAnInterval) {
    SpectrumPlot plot;
    plot.resize(800, 400);
    plot.setSpectrum(ramp("a", 4000, 1, 1001, 1));
    plot.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&plot));
    plot.redrawNow();
    QCustomPlot* inner = plot.plot();
    QSignalSpy chosen(&plot, &SpectrumPlot::intervalSelected);
    const QPoint from(int(inner->xAxis->coordToPixel(4700)), 150),
        to(int(inner->xAxis->coordToPixel(4300)), 200);
    QTest::mousePress(inner, Qt::LeftButton, Qt::ControlModifier, from);
    QMouseEvent move(QEvent::MouseMove, to, inner->mapToGlobal(to), Qt::NoButton, Qt::LeftButton,
                     Qt::ControlModifier);
    QCoreApplication::sendEvent(inner, &move);
    QTest::mouseRelease(inner, Qt::LeftButton, Qt::ControlModifier, to);
    ASSERT_EQ(chosen.count(), 1);
    EXPECT_NEAR(chosen.at(0).at(0).toDouble(), 4300, 3);
    EXPECT_NEAR(chosen.at(0).at(1).toDouble(), 4700, 3);
    EXPECT_EQ(plot.xRange(), std::make_pair(4000.0, 5000.0)) << "it is not a pan";
}

TEST(SpectrumPlots, ThinningKeepsANarrowPeak) {
    SpectrumPlot plot;
    plot.setLinesVisible(false);
    PlottedSpectrum s = ramp("a", 4000, 0.05, 40000, 0);
    std::fill(s.flux.begin(), s.flux.end(), 1.0F);
    s.flux[20000] = 100;
    plot.setLegendLimit(0);
    plot.setSpectrum(s);
    const QImage image = plot.image({600, 400}, 1.0);
    // The middle column is dark far above the continuum; the columns at its sides are not.
    const auto darkAt = [&](int x) {
        int count = 0;
        for (int y = 60; y < 300; ++y)
            count += qGray(image.pixel(x, y)) < 128;
        return count;
    };
    int most = 0, columns = 0;
    for (int x = 80; x < 580; ++x) {
        most = std::max(most, darkAt(x));
        columns += darkAt(x) > 150;
    }
    EXPECT_GT(most, 200);
    EXPECT_LE(columns, 3);
}

TEST(SpectrumPlots, StrangeSpectraAreDrawn) {
    SpectrumPlot plot;
    plot.resize(500, 300);
    PlottedSpectrum unequal = ramp("unequal", 4000, 1, 10, 1);
    unequal.flux.pop_back();
    PlottedSpectrum none = ramp("nan", 4000, 1, 10, 1);
    std::fill(none.flux.begin(), none.flux.end(), std::nanf(""));
    PlottedSpectrum one = ramp("one", 4000, 1, 1, 1);
    PlottedSpectrum huge = ramp("huge", 4000, 1, 10, 1);
    huge.flux[3] = 3e38F;
    huge.error.assign(10, INFINITY);
    for (const PlottedSpectrum& s : {PlottedSpectrum{}, unequal, none, one, huge}) {
        plot.setSpectra({s});
        EXPECT_FALSE(plot.grab().isNull());
        plot.setSpectra({s, ramp("good", 4000, 1, 100, 1)});
        EXPECT_FALSE(plot.grab().isNull());
        plot.clear();
    }
    EXPECT_FALSE(plot.grab().isNull());
}

TEST(SpectrumPlots, ExportsAreWhatTheyAreCalled) {
    SpectrumPlot plot;
    plot.setSpectrum(gallery::wholeSpectrum(1, gallery::Profile::DoublePeak));
    EXPECT_TRUE(plot.exported(ExportFormat::Png, {600, 400}).startsWith("\x89PNG"));
    EXPECT_TRUE(plot.exported(ExportFormat::Pdf, {600, 400}).startsWith("%PDF"));
    const QByteArray svg = plot.exported(ExportFormat::Svg, {600, 400});
    EXPECT_TRUE(svg.contains("<svg"));
    EXPECT_TRUE(svg.contains("<polyline") || svg.contains("<path")) << "curves stay lines";
    EXPECT_EQ(plot.image({600, 400}, 2.0).size(), QSize(1200, 800));
}

TEST(Velocity, IsThatOfTheLine) {
    EXPECT_DOUBLE_EQ(velocity(6564.61, 6564.61), 0);
    EXPECT_NEAR(velocity(6564.61 * 1.001, 6564.61), 299.792458, 1e-6);
    EXPECT_NEAR(wavelengthAt(velocity(6570, 6564.61), 6564.61), 6570, 1e-9);
}

TEST(LineStrips, TakeAnySpectrum) {
    LineStrip strip;
    strip.resize(800, 140);
    strip.setSpectrum(gallery::wholeSpectrum(1, gallery::Profile::SinglePeak));
    EXPECT_FALSE(strip.grab().isNull());
    EXPECT_EQ(strip.plot()->graph(0)->data()->size() > 10, true);
    strip.setSpectrum(ramp("elsewhere", 9000, 1, 10, 1));
    EXPECT_EQ(strip.plot()->graph(0)->data()->size(), 0);
    strip.clear();
    EXPECT_FALSE(strip.grab().isNull());
    QSignalSpy clicked(&strip, &LineStrip::lineClicked);
    QTest::mouseClick(strip.plot(), Qt::LeftButton, Qt::NoModifier, QPoint(100, 40));
    ASSERT_EQ(clicked.count(), 1);
    EXPECT_EQ(clicked.at(0).at(0).toString(), "Hα");
}

} // namespace
} // namespace balmer::widgets
