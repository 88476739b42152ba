// QueueStrip: the queue as a row of thumbnails in the colours and letters of their lists; draws only what is
// in sight, so a hundred thousand entries cost no more than ten. UI thread only.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include <QWidget>

#include "widgets/labelling/label_item.h"

namespace balmer::widgets {

class QueueStrip : public QWidget {
    Q_OBJECT
  public:
    explicit QueueStrip(QWidget* parent = nullptr);

    void setEntries(std::vector<QueueEntry> entries);
    const std::vector<QueueEntry>& entries() const { return entries_; }
    /// Labels that are class names get the mark of their class.
    void setClassNames(const QStringList& names);
    const QStringList& classNames() const { return classNames_; }
    /// A spectrum may stand on several lists; these two reach each of its entries.
    void setLabel(const QString& id, const QString& label);
    void setThumbnail(const QString& id, const std::vector<float>& thumbnail);
    /// The entry that the strip keeps in sight: the one on this list, or the first of this id. Nothing
    /// happens for an unknown id.
    void setCurrentId(const QString& id, std::optional<QueueList> list = {});
    int currentIndex() const { return current_; }
    int indexOf(const QString& id, std::optional<QueueList> list = {}) const; ///< the first; -1: none

    /// What is known of the entry, for a tooltip.
    QString entryText(int index) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void entryClicked(int index);
    /// Entries, labels, thumbnails, or which one is current.
    void changed();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void changedNow();
    int firstVisible() const;
    int indexAt(const QPoint& position) const;
    std::vector<QueueEntry> entries_;
    QStringList classNames_;
    std::unordered_multimap<QString, int> byId_;
    int current_ = -1;
    int scroll_ = 0; ///< entries that the wheel moved the strip away from the current one
};

} // namespace balmer::widgets
