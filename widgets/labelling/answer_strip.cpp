#include "widgets/labelling/answer_strip.h"

#include <QAction>
#include <QHBoxLayout>

#include "widgets/common/key_button.h"
#include "widgets/common/theme.h"
#include "widgets/labelling/answer_actions.h"

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
    auto* made = new KeyButton(action->text(), this);
    made->setObjectName(action->objectName() + QStringLiteral("Button"));
    made->setFocusPolicy(Qt::NoFocus); // the table keeps the keyboard
    made->followAction(action);
    return made;
}

void AnswerStrip::classesChanged() {
    for (KeyButton* old : classButtons_)
        delete old;
    classButtons_.clear();
    for (QAction* action : actions_.classes()) {
        KeyButton* made = button(action);
        made->setClassIndex(int(classButtons_.size()));
        classRow_->addWidget(made);
        classButtons_.push_back(made);
    }
}

} // namespace balmer::widgets
