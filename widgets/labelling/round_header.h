// RoundHeader: how far the round is, the pace, the error of the last label, and the way to the next round. UI
// thread only.
#pragma once

#include <QWidget>

#include "widgets/labelling/label_item.h"

class QAction;
class QLabel;

namespace balmer::widgets {

class RoundHeader : public QWidget {
    Q_OBJECT
  public:
    /// The action must outlive the header.
    RoundHeader(QAction* nextRound, QWidget* parent);
    void setStatus(const RoundStatus& status);
    /// Empty: none.
    void setError(const QString& message);

  private:
    QAction* nextRound_;
    QString usualText_; ///< of that action
    QLabel* round_;
    QLabel* pace_;
    QLabel* error_;
};

} // namespace balmer::widgets
