// LabellingActions: the answers, and what else can be done on the labelling panel. UI thread only; the panel
// owns them.
#pragma once

#include "widgets/labelling/answer_actions.h"

namespace balmer::widgets {

class LabellingActions : public AnswerActions {
    Q_OBJECT
  public:
    explicit LabellingActions(QWidget& panel);
    void setAnswersEnabled(bool enabled) override;

    QAction *skip, *back, *on, *blind, *raw, *comment, *nextRound;
};

} // namespace balmer::widgets
