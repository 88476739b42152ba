#include "widgets/plot/house_style.h"

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"

namespace balmer::widgets {

namespace {

class HouseTicker : public QCPAxisTicker {
  protected:
    QString getTickLabel(double tick, const QLocale& locale, QChar format, int precision) override {
        return QCPAxisTicker::getTickLabel(tick, locale, format, precision)
            .replace(QLatin1Char('-'), QChar(0x2212));
    }
};

} // namespace

QSharedPointer<QCPAxisTicker> houseTicker() {
    return QSharedPointer<QCPAxisTicker>(new HouseTicker);
}

void applyHouseStyle(QCustomPlot& plot, const QFont& font) {
    const ThemeColours& c = theme();
    plot.setBackground(QBrush(c.plot));
    const QFont ticks = tabularFont(smallFont(font));
    for (QCPAxisRect* rect : plot.axisRects()) {
        rect->setBackground(QBrush(c.plot));
        for (QCPAxis* axis : rect->axes()) {
            axis->setBasePen(QPen(c.mutedText, 1));
            axis->setTickPen(QPen(c.mutedText, 1));
            axis->setSubTickPen(QPen(c.mutedText, 1));
            axis->setTickLength(0, 5);
            axis->setSubTickLength(0, 3);
            axis->setTickLabelFont(ticks);
            axis->setTickLabelColor(c.mutedText);
            axis->setTickLabelPadding(3);
            axis->setLabelFont(smallFont(font));
            axis->setLabelColor(c.mutedText);
            axis->setLabelPadding(4);
            axis->grid()->setPen(QPen(c.grid, 1));
            axis->grid()->setZeroLinePen(QPen(c.grid, 1));
            axis->grid()->setSubGridVisible(false);
        }
    }
}

} // namespace balmer::widgets
