// QueueHeader: the one row above the labelling panel: what the owner puts at its left (which queue, which of
// its lists), the error of the last label, the pace, and the way to the next round. UI thread only.
#pragma once

#include <QWidget>

#include "widgets/labelling/label_item.h"

class QAction;
class QHBoxLayout;
class QLabel;

namespace balmer::widgets {

class ElidedLabel;

class QueueHeader : public QWidget {
    Q_OBJECT
  public:
    /// The action must outlive the header.
    QueueHeader(QAction* nextRound, QWidget* parent);
    /// At the left end, after those added before; the header takes it.
    void addLeading(QWidget* widget);
    /// Left of the pace; gives its room to an error.
    void addDetail(QWidget* widget);
    void setStatus(const QueueStatus& status);
    /// Empty: none.
    void setError(const QString& message);

  private:
    QAction* nextRound_;
    QString usualText_; ///< of that action
    QHBoxLayout *leading_, *details_;
    QWidget* detailArea_;
    QLabel* pace_;
    ElidedLabel* error_;
};

} // namespace balmer::widgets
