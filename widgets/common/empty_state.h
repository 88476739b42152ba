// EmptyState: what an empty place shows – a glyph, one sentence, and the button that does the next step. UI
// thread only.
#pragma once

#include <QWidget>

#include "widgets/common/icons.h"

class QLabel;
class QPushButton;

namespace balmer::widgets {

class EmptyState : public QWidget {
    Q_OBJECT
  public:
    /// An empty `action` shows no button.
    EmptyState(Icon glyph, const QString& sentence, const QString& action, QWidget* parent = nullptr);

    void setSentence(const QString& sentence);
    void setAction(const QString& text, const QString& toolTip = {});
    QPushButton* button() const { return button_; }

  Q_SIGNALS:
    void actionTriggered();

  private:
    QLabel* glyph_;
    QLabel* sentence_;
    QPushButton* button_;
    Icon icon_;
    void drawGlyph();
    void changeEvent(QEvent* event) override;
};

} // namespace balmer::widgets
