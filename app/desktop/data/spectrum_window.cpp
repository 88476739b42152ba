#include "app/desktop/data/spectrum_window.h"

#include <QVBoxLayout>

#include "app/desktop/answers/answering.h"
#include "app/desktop/data/plot_feeder.h"
#include "app/desktop/place/export_plot.h"
#include "widgets/common/elided_label.h"
#include "widgets/common/theme.h"
#include "widgets/labelling/answer_strip.h"
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
    auto* feeder = new PlotFeeder(session, plot, strip, window);
    feeder->show({id}, id);
    auto* answering = new Answering(session, *window, QStringLiteral("windowAnswer"), [feeder, id] {
        return AnswerTarget{{id}, feeder->differs(id), "window"};
    });
    auto* answers = new widgets::AnswerStrip(answering->actions(), {});
    auto* message = new widgets::ElidedLabel;
    message->setObjectName(QStringLiteral("spectrumWindowMessage"));
    message->setMinimumHeight(3 * widgets::gridStep);
    message->setContentsMargins(widgets::gridStep, 0, widgets::gridStep, 0);
    QObject::connect(answering, &Answering::classesChanged, answers, &widgets::AnswerStrip::classesChanged);
    QObject::connect(answering, &Answering::said, message, [message](const QString& sentence) {
        message->setText(sentence);
        message->setToolTip(sentence);
    });
    column->addWidget(answers);
    column->addWidget(message);
    window->show();
}

} // namespace balmer::desktop
