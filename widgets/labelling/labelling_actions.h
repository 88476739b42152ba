// LabellingActions: the answers, and what else can be done on the labelling panel. UI thread only; the panel
// owns them.
#pragma once

#include <array>
#include <utility>

#include "widgets/labelling/answer_actions.h"

namespace balmer::widgets {

class LabellingActions : public AnswerActions {
    Q_OBJECT
  public:
    explicit LabellingActions(QWidget& panel);
    void setAnswersEnabled(bool enabled) override;

    QAction *skip, *back, *on, *blind, *raw, *comment, *nextRound;
    QAction *classMean, *nearest, *epochs, *prototype; ///< what is drawn behind the line

    QAction *sheet, *rest, *up, *down; ///< the contact sheet, and what its keys do

    /// Of the four above, with what each stands for.
    std::array<std::pair<QAction*, Behind>, 4> behind() const;
};

} // namespace balmer::widgets
