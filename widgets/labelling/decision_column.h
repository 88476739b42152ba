// DecisionColumn: the buttons of the labelling panel's actions, classes first with what the model gives each,
// and why the spectrum was chosen. However long the reason, the buttons keep their places. UI thread only.
#pragma once

#include <vector>

#include <QWidget>

#include "widgets/labelling/label_item.h"

class QAction;
class QLabel;
class QVBoxLayout;

namespace balmer::widgets {

class KeyButton;
class LabellingActions;

class DecisionColumn : public QWidget {
    Q_OBJECT
  public:
    /// The actions must outlive the column.
    DecisionColumn(LabellingActions& actions, QWidget* parent);

    /// The actions have other classes.
    void classesChanged();
    /// Null: no spectrum. Hidden: without what the model says.
    void showItem(const LabelItem* item, bool predictionsHidden);

  private:
    KeyButton* button(QAction* action);
    LabellingActions& actions_;
    KeyButton *notSure_, *bad_, *artefact_, *nameClasses_;
    QVBoxLayout* classColumn_;
    std::vector<KeyButton*> classButtons_;
    QLabel* reason_;
};

} // namespace balmer::widgets
