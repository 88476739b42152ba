// Phase chips: the phase of a job as a coloured chip with its word, in a view's cell or anywhere. UI thread
// only.
#pragma once

#include <QStyledItemDelegate>

namespace balmer::widgets {

/// The words of UWS in any case: pending, queued, held, executing, suspended, completed, error, aborted,
/// archived; "unreachable" and every other word are drawn hollow. `progress` in [0, 1] fills the chip while
/// executing; NaN: not known.
void drawPhaseChip(QPainter& painter, const QRect& cell, const QString& phase, double progress,
                   const QFont& font);
QColor phaseColour(const QString& phase);

/// Draws Qt::DisplayRole as a chip.
class PhaseChipDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    /// Role under which a model gives the progress, double in [0, 1], absent or NaN where not known.
    static constexpr int progressRole = Qt::UserRole + 100;

    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace balmer::widgets
