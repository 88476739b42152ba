#include "app/desktop/data/spectrum_window.h"

#include <QVBoxLayout>

#include "app/desktop/data/plot_feeder.h"
#include "app/desktop/place/export_plot.h"
#include "widgets/spectrum/line_strip.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::desktop {

void openSpectrumWindow(bridge::Session& session, const QString& id, QWidget* owner,
                        const std::function<void(const QString&)>& said) {
    auto* window = new QWidget(owner, Qt::Window);
    window->setAttribute(Qt::WA_DeleteOnClose);
    window->setObjectName(QStringLiteral("spectrumWindow"));
    window->setWindowTitle(id);
    window->resize(960, 560);
    auto* plot = new widgets::SpectrumPlot;
    auto* strip = new widgets::LineStrip;
    plot->setLines(widgets::commonLines());
    auto* column = new QVBoxLayout(window);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(plot, 1);
    column->addWidget(strip);
    QObject::connect(plot, &widgets::PlotView::exportRequested, window,
                     [plot, id, said] { exportPlot(plot, id, said); });
    (new PlotFeeder(session, plot, strip, window))->show({id}, id);
    window->show();
}

} // namespace balmer::desktop
