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
    classMean = make(QStringLiteral("ClassMean"), tr("class mean"),
                     tr("Behind the line the mean of what is labelled, with its spread: of the class that "
                        "it has or is proposed, then of each other one"),
                     {Qt::Key_M});
    nearest = make(QStringLiteral("Nearest"), tr("nearest"),
                   tr("Behind the line the labelled spectra that are most like it"), {Qt::Key_K});
    epochs = make(QStringLiteral("Epochs"), tr("epochs"),
                  tr("Behind the line the other spectra of the same object"), {Qt::Key_E});
    prototype = make(QStringLiteral("Prototype"), tr("prototype"),
                     tr("Behind the line the prototype of its neuron in the newest map"), {Qt::Key_P});
    for (const auto& [action, what] : behind())
        action->setCheckable(true);
    sheet = make(QStringLiteral("Sheet"), tr("contact sheet"),
                 tr("Twenty-four at a glance; the answers are for the one in the frame"), {Qt::Key_G});
    sheet->setCheckable(true);
    rest = make(QStringLiteral("Rest"), tr("the rest"), tr("Name the classes first"),
                {Qt::Key_Return, Qt::Key_Enter});
    up = make(QStringLiteral("Up"), tr("up"), tr("Go to the spectrum above on the contact sheet"),
              {Qt::Key_Up});
    down = make(QStringLiteral("Down"), tr("down"), tr("Go to the spectrum below on the contact sheet"),
                {Qt::Key_Down});
    for (QAction* ofTheSheet : {rest, up, down})
        ofTheSheet->setEnabled(false);
    nextRound = make(QStringLiteral("NextRound"), tr("next round ▸"),
                     tr("Train with the new labels and choose the next lists"),
                     {QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)});
    LabellingActions::setAnswersEnabled(false);
}

std::array<std::pair<QAction*, Behind>, 4> LabellingActions::behind() const {
    return {{{classMean, Behind::ClassMean},
             {nearest, Behind::NearestLabelled},
             {epochs, Behind::OtherEpochs},
             {prototype, Behind::Prototype}}};
}

void LabellingActions::setAnswersEnabled(bool enabled) {
    AnswerActions::setAnswersEnabled(enabled);
    for (QAction* action : {skip, comment})
        action->setEnabled(enabled);
}

} // namespace balmer::widgets
