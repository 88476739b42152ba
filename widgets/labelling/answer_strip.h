// AnswerStrip: the answers and their keys in one thin line, for places that show more than one spectrum. UI
// thread only.
#pragma once

#include <vector>

#include <QWidget>

class QAction;
class QHBoxLayout;

namespace balmer::widgets {

class AnswerActions;
class KeyButton;

class AnswerStrip : public QWidget {
    Q_OBJECT
  public:
    /// extra: more actions, at the right end. All must outlive the strip.
    AnswerStrip(AnswerActions& actions, const std::vector<QAction*>& extra, QWidget* parent = nullptr);

    /// The actions have other classes.
    void classesChanged();

  private:
    KeyButton* button(QAction* action);
    AnswerActions& actions_;
    QHBoxLayout* classRow_;
    std::vector<KeyButton*> classButtons_;
};

} // namespace balmer::widgets
