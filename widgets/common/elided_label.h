// ElidedLabel: one line of text that ends in "…" where the room does; its tooltip should have it whole. UI
// thread only.
#pragma once

#include <QLabel>

namespace balmer::widgets {

class ElidedLabel : public QLabel {
  public:
    ElidedLabel();
    /// What is read with the room that there is now.
    QString shownText() const;

  protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace balmer::widgets
