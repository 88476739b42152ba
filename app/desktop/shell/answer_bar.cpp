#include "app/desktop/shell/answer_bar.h"

#include <QVBoxLayout>

#include "app/desktop/place/actions.h"
#include "app/desktop/place/place.h"
#include "app/desktop/shell/docks.h"
#include "widgets/labelling/answer_strip.h"

namespace balmer::desktop {

AnswerBar::AnswerBar(bridge::Session& session, const Docks& docks, QWidget* window)
    : session_(session), docks_(docks),
      answering_(new Answering(session, *window, QStringLiteral("answer"), [this] { return target(); })),
      labelThese_(makeAction(window, "labelTheseAction", tr("label these…"), QKeySequence(Qt::Key_L), {},
                             [this] { request(); })) {
    labelThese_->setToolTip(tr("The selection, or all that is listed here, becomes the queue of Label"));
    labelThese_->setShortcutContext(Qt::WindowShortcut); // wherever the keyboard is
    auto* strip = new widgets::AnswerStrip(answering_->actions(), {labelThese_});
    connect(answering_, &Answering::classesChanged, strip, &widgets::AnswerStrip::classesChanged);
    connect(answering_, &Answering::said, this, &AnswerBar::said);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(strip);
    follow(nullptr);
}

void AnswerBar::follow(const Place* place) {
    const bool on = place && place->labelsSelection();
    answering_->setEnabled(on);
    labelThese_->setEnabled(on);
    setVisible(on);
}

AnswerTarget AnswerBar::target() const {
    const auto& selection = session_.selection();
    const Chosen chosen{selection.highlighted(), selection.current()};
    AnswerTarget target{chosen.ids, {}, plain(docks_.currentPlace()->key())};
    if (chosen.current.isEmpty())
        target.problem = tr("no spectrum is chosen");
    else if (!chosen.ids.contains(chosen.current))
        target.problem = tr("%1 is shown, but is none of the %2 selected; choose again")
                             .arg(chosen.current)
                             .arg(chosen.ids.size());
    else if (selection.pending())
        target.problem = tr("%1 is not shown everywhere yet").arg(chosen.current);
    else
        target.problem = docks_.differs(chosen);
    return target;
}

void AnswerBar::request() {
    const LabelList list = docks_.currentPlace()->toLabel();
    if (list.ids.empty())
        Q_EMIT said(tr("There is nothing to label here: choose spectra first"));
    else
        Q_EMIT listRequested(list);
}

} // namespace balmer::desktop
