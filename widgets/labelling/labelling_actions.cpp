#include "widgets/labelling/labelling_actions.h"

#include <QAction>
#include <QWidget>

namespace balmer::widgets {

LabellingActions::LabellingActions(QWidget& panel)
    : AnswerActions(panel, QStringLiteral("labelling"), Qt::WidgetWithChildrenShortcut) {
    noteworthy->setCheckable(true);
    skip = make(QStringLiteral("Skip"), tr("skip"), tr("Go on without a label; undo takes it back"),
                {Qt::Key_S});
    back = make(QStringLiteral("Back"), tr("back"),
                tr("Go to the spectrum before; a change there is a new label"),
                {Qt::Key_Left, Qt::Key_Backspace});
    on = make(QStringLiteral("On"), tr("on"), tr("Go to the spectrum after this one; nothing is said of it"),
              {Qt::Key_Right});
    for (QAction* walk : {back, on})
        walk->setAutoRepeat(true);
    blind = make(QStringLiteral("Hide"), tr("blind"), tr("Hide what the model says, so as not to be led"),
                 {Qt::Key_B});
    blind->setCheckable(true);
    raw = make(QStringLiteral("Raw"), tr("as observed"),
               tr("With the preprocessed curve, in grey, what it was made of"), {Qt::Key_R});
    raw->setCheckable(true);
    comment = make(QStringLiteral("Comment"), tr("comment"),
                   tr("Write a comment; Enter or Escape leaves the field"), {Qt::Key_C});
    nextRound = make(QStringLiteral("NextRound"), tr("next round ▸"),
                     tr("Train with the new labels and choose the next lists"),
                     {QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)});
    LabellingActions::setAnswersEnabled(false);
}

void LabellingActions::setAnswersEnabled(bool enabled) {
    AnswerActions::setAnswersEnabled(enabled);
    for (QAction* action : {skip, comment})
        action->setEnabled(enabled);
}

} // namespace balmer::widgets
