// ContactSheet: a page of the queue at a glance, six by four, the one in focus framed. It shows what a
// QueueStrip holds and is turned by that strip's current entry. UI thread only.
#pragma once

#include <QStringList>
#include <QWidget>

#include "widgets/labelling/label_item.h"

namespace balmer::widgets {

class QueueStrip;

class ContactSheet : public QWidget {
    Q_OBJECT
  public:
    static constexpr int columns = 6, rows = 4, tiles = columns * rows;

    /// The strip must live longer.
    ContactSheet(const QueueStrip& queue, QWidget* parent);

    /// Of the entries on the page, those without a label; each once.
    QStringList unlabelled() const;

    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void entryClicked(int index);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

  private:
    /// Of the page on which the current entry is.
    int first() const;
    QRectF tile(int place) const;
    int indexAt(const QPoint& position) const; ///< −1: none
    const QueueStrip& queue_;
};

} // namespace balmer::widgets
