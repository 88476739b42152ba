#include "widgets/labelling/answer_strip.h"

#include <QAction>
#include <QHBoxLayout>

#include "widgets/common/key_button.h"
#include "widgets/common/theme.h"
#include "widgets/labelling/answer_actions.h"
#include "widgets/labelling/class_buttons.h"

namespace balmer::widgets {

AnswerStrip::AnswerStrip(AnswerActions& actions, const std::vector<QAction*>& extra, QWidget* parent)
    : QWidget(parent), actions_(actions), classRow_(new QHBoxLayout) {
    setObjectName(QStringLiteral("answerStrip"));
    setAccessibleName(tr("Labels and their keys"));
    setFixedHeight(5 * gridStep);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(gridStep, 0, gridStep, 0);
    row->setSpacing(gridStep / 2);
    classRow_->setSpacing(gridStep / 2);
    row->addLayout(classRow_);
    row->addSpacing(gridStep);
    for (QAction* action : {actions.notSure, actions.bad, actions.artefact, actions.noteworthy})
        row->addWidget(button(action));
    row->addSpacing(gridStep);
    row->addWidget(button(actions.undo));
    row->addStretch();
    for (QAction* action : extra)
        row->addWidget(button(action));
    row->addWidget(button(actions.nameClasses));
    classesChanged();
}

KeyButton* AnswerStrip::button(QAction* action) {
    auto* made = new KeyButton(action, this);
    made->setFocusPolicy(Qt::NoFocus); // the table keeps the keyboard
    return made;
}

void AnswerStrip::classesChanged() {
    remakeClassButtons(classButtons_, actions_, *classRow_, *this, Qt::NoFocus);
}

} // namespace balmer::widgets
