#include "widgets/som/quality_sparkline.h"

#include <algorithm>
#include <cmath>

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"

namespace balmer::widgets {

QualitySparkline::QualitySparkline(QWidget* parent) : PlotView(parent) {
    setObjectName(QStringLiteral("qualitySparkline"));
    setAccessibleName(tr("Map quality by epoch"));
    QCustomPlot& p = *plot();
    p.xAxis->setLabel(tr("epoch"));
    p.yAxis->setLabel(tr("QE"));
    p.yAxis2->setLabel(tr("TE"));
    p.yAxis2->setVisible(true);
    p.yAxis->ticker()->setTickCount(3);
    p.yAxis2->ticker()->setTickCount(3);
    p.xAxis->setTicker(QSharedPointer<QCPAxisTickerFixed>(new QCPAxisTickerFixed));
    p.xAxis->setSubTicks(false);
    p.yAxis2->grid()->setVisible(false);
    p.axisRect()->setMinimumMargins(QMargins(9 * gridStep, gridStep, 9 * gridStep, 5 * gridStep));
    p.setInteractions(QCP::Interactions());
    p.addGraph(p.xAxis, p.yAxis)->setName(tr("quantisation error"));
    p.addGraph(p.xAxis, p.yAxis2)->setName(tr("topographic error"));
    setToolTip(tr(
        "QE: quantisation error, the mean distance to the best neuron. TE: topographic error, the share of "
        "spectra whose two best neurons are not neighbours."));
    QualitySparkline::applyColours();
    QualitySparkline::fit();
}

void QualitySparkline::append(int epoch, double quantisationError, double topographicError) {
    if (std::isfinite(quantisationError)) plot()->graph(0)->addData(epoch, quantisationError);
    if (std::isfinite(topographicError)) plot()->graph(1)->addData(epoch, topographicError);
    epochs_ = std::max(epochs_, epoch);
    fit();
}

void QualitySparkline::setHistory(const std::vector<double>& quantisationError,
                                  const std::vector<double>& topographicError) {
    clear();
    const auto fill = [&](int graph, const std::vector<double>& values) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (std::isfinite(values[i])) plot()->graph(graph)->addData(double(i), values[i]);
        }
    };
    fill(0, quantisationError);
    fill(1, topographicError);
    epochs_ = std::max(0, int(std::max(quantisationError.size(), topographicError.size())) - 1);
    fit();
}

void QualitySparkline::clear() {
    epochs_ = 0;
    plot()->graph(0)->data()->clear();
    plot()->graph(1)->data()->clear();
    fit();
}

void QualitySparkline::fit() {
    // An axis that would grow with each epoch would redraw everything in another place; it grows by tens.
    const int room = std::max(10, (epochs_ + 9) / 10 * 10);
    plot()->xAxis->setRange(-0.5, room + 0.5);
    qSharedPointerCast<QCPAxisTickerFixed>(plot()->xAxis->ticker())
        ->setTickStep(room <= 20   ? 2
                      : room <= 50 ? 5
                                   : room / 10);
    for (int g = 0; g < 2; ++g) {
        QCPAxis* axis = g == 0 ? plot()->yAxis : plot()->yAxis2;
        bool found = false;
        const QCPRange range = plot()->graph(g)->getValueRange(found);
        if (!found) {
            axis->setRange(0, 1);
        } else {
            const double pad = std::max(0.1 * range.size(), 0.02 * std::abs(range.upper) + 1e-12);
            axis->setRange(std::max(0.0, range.lower - pad), range.upper + pad);
        }
    }
    redraw();
}

QSize QualitySparkline::sizeHint() const {
    return {50 * gridStep, 15 * gridStep};
}

void QualitySparkline::applyColours() {
    PlotView::applyColours();
    if (plot()->graphCount() < 2) return;
    const ThemeColours& c = theme();
    const std::pair<QColor, QColor> lines[] = {{c.accent, c.accentText}, {c.selection, c.selectionText}};
    for (int g = 0; g < 2; ++g) {
        plot()->graph(g)->setPen(QPen(lines[g].first, 1.5, g == 0 ? Qt::SolidLine : Qt::DashLine));
        plot()->graph(g)->setScatterStyle(
            QCPScatterStyle(g == 0 ? QCPScatterStyle::ssDisc : QCPScatterStyle::ssSquare, lines[g].first, 4));
        QCPAxis* axis = g == 0 ? plot()->yAxis : plot()->yAxis2;
        axis->setLabelColor(lines[g].second);
    }
}

} // namespace balmer::widgets
