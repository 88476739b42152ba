#include "widgets/spectrum/line_plot.h"

#include <QMenu>
#include <QToolButton>

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"

namespace balmer::widgets {

LinePlot::LinePlot(QWidget* parent) : SpectrumPlot(parent), choice_(new QToolButton(this)) {
    choice_->setObjectName(QStringLiteral("lineChoice"));
    choice_->setAccessibleName(tr("Line"));
    choice_->setToolTip(tr("The line about which the velocities are"));
    choice_->setAutoRaise(true);
    choice_->setPopupMode(QToolButton::InstantPopup);
    choice_->setFocusPolicy(Qt::TabFocus);
    choice_->setFixedSize(14 * gridStep, 3 * gridStep);
    auto* lines = new QMenu(this);
    for (const auto& line : spectrum::spectralLines) {
        auto* about = lines->addAction(marked(line).name, this, [this, line] {
            setLine(marked(line));
            Q_EMIT lineChosen(line_.name);
        });
        about->setObjectName(QStringLiteral("velocityAbout %1 Action").arg(marked(line).name));
        about->setToolTip(tr("Velocities about %1").arg(marked(line).name));
    }
    choice_->setMenu(lines);
    plot()->yAxis->setLabel(tr("flux [scaled]"));
    setLine(marked(spectrum::line("Hα")));
}

void LinePlot::setLine(const MarkedLine& line) {
    line_ = line;
    choice_->setText(line.name + QStringLiteral(" ▾"));
    setVelocityAxis(line);
    LinePlot::fit(); // also while it is constructed
}

std::pair<double, double> LinePlot::reach() const {
    return {wavelengthAt(-halfWidthKmPerSecond, line_.wavelength),
            wavelengthAt(halfWidthKmPerSecond, line_.wavelength)};
}

void LinePlot::fit() {
    SpectrumPlot::fit();
    const auto [lower, upper] = reach();
    setXRange(lower, upper);
}

void LinePlot::resizeEvent(QResizeEvent* event) {
    SpectrumPlot::resizeEvent(event);
    // Beside the label of the axis.
    choice_->move(width() - choice_->width(), height() - choice_->height());
    choice_->raise();
}

} // namespace balmer::widgets
