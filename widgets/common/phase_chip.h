// Phase chips: the phase of a job as a coloured chip with its word, in a view's cell or anywhere. UI thread
// only.
#pragma once

#include <QStyledItemDelegate>

namespace balmer::widgets {

/// How a chip looks; what it says is another matter.
enum class PhaseLook {
    Hollow, ///< what is not known, as of a worker that cannot be reached
    Waiting,
    Executing,
    Completed,
    Error,
    Aborted
};

/// `progress` in [0, 1] fills the chip while executing; NaN: not known.
void drawPhaseChip(QPainter& painter, const QRect& cell, const QString& word, PhaseLook look, double progress,
                   const QFont& font);
QColor phaseColour(PhaseLook look);

/// Draws Qt::DisplayRole as a chip.
class PhaseChipDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    /// Role under which a model gives the progress, double in [0, 1], absent or NaN where not known.
    static constexpr int progressRole = Qt::UserRole + 100;
    /// Role under which a model gives the PhaseLook, as int; hollow where absent.
    static constexpr int lookRole = Qt::UserRole + 101;

    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace balmer::widgets
