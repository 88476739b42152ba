#include "widgets/labelling/class_buttons.h"

#include <QAction>
#include <QBoxLayout>

#include "widgets/common/key_button.h"
#include "widgets/labelling/answer_actions.h"

namespace balmer::widgets {

void remakeClassButtons(std::vector<KeyButton*>& buttons, const AnswerActions& actions, QBoxLayout& layout,
                        QWidget& parent, Qt::FocusPolicy focus) {
    for (KeyButton* old : buttons)
        delete old;
    buttons.clear();
    for (QAction* action : actions.classes()) {
        auto* made = new KeyButton(action, &parent);
        made->setFocusPolicy(focus);
        made->setClassIndex(int(buttons.size()));
        layout.addWidget(made);
        buttons.push_back(made);
    }
}

} // namespace balmer::widgets
