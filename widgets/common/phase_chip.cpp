#include "widgets/common/phase_chip.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QPainter>
#include <QStyle>
#include <QWidget>

#include "widgets/common/theme.h"

namespace balmer::widgets {

namespace {
constexpr int chipPadding = gridStep;
}

QColor phaseColour(PhaseLook look) {
    const ThemeColours& c = theme();
    switch (look) {
    case PhaseLook::Executing:
        return c.selectionText;
    case PhaseLook::Completed:
        return c.good;
    case PhaseLook::Error:
        return c.error;
    case PhaseLook::Aborted:
        return c.warning;
    case PhaseLook::Hollow:
    case PhaseLook::Waiting:
        break;
    }
    return c.mutedText;
}

void drawPhaseChip(QPainter& painter, const QRect& cell, const QString& word, PhaseLook look, double progress,
                   const QFont& font) {
    if (word.isEmpty()) return;
    const bool executing = look == PhaseLook::Executing;
    const bool hollow = look == PhaseLook::Hollow;
    const bool known = executing && !std::isnan(progress);
    const QColor colour = phaseColour(look);
    QString text = word;
    if (known) text += QStringLiteral(" %1 %").arg(std::lround(std::clamp(progress, 0.0, 1.0) * 100));

    const QFontMetrics metrics(font);
    const int height = std::min(metrics.height() + 4, cell.height() - 2);
    const int wide =
        metrics.horizontalAdvance(executing ? word + QStringLiteral(" 100 %") : text) + 2 * chipPadding;
    const QRectF chip(cell.left() + chipPadding / 2, cell.center().y() - height / 2.0 + 0.5,
                      std::min(wide, cell.width() - chipPadding), height);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QColor tint = colour;
    tint.setAlphaF(theme().dark ? 0.20F : 0.13F);
    painter.setPen(hollow ? QPen(colour, 1) : QPen(Qt::NoPen));
    painter.setBrush(hollow ? QBrush(Qt::NoBrush) : QBrush(tint));
    painter.drawRoundedRect(chip, height / 2.0, height / 2.0);
    if (known) {
        painter.setClipRect(
            QRectF(chip.left(), chip.top(), chip.width() * std::clamp(progress, 0.0, 1.0), chip.height()));
        tint.setAlphaF(theme().dark ? 0.40F : 0.28F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(tint);
        painter.drawRoundedRect(chip, height / 2.0, height / 2.0);
        painter.setClipping(false);
    }
    painter.setFont(font);
    painter.setPen(executing ? theme().text : colour);
    painter.drawText(chip.adjusted(chipPadding, 0, -chipPadding / 2, 0), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(text, Qt::ElideRight, int(chip.width()) - chipPadding * 3 / 2));
    painter.restore();
}

void PhaseChipDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                              const QModelIndex& index) const {
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QString word = cell.text;
    cell.text.clear();
    const QStyle* style = cell.widget != nullptr ? cell.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);
    const QVariant progress = index.data(progressRole);
    drawPhaseChip(*painter, option.rect, word, PhaseLook(index.data(lookRole).toInt()),
                  progress.isValid() ? progress.toDouble() : std::nan(""), smallFont(option.font));
}

QSize PhaseChipDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const QFontMetrics metrics(smallFont(option.font));
    const int width = metrics.horizontalAdvance(QStringLiteral("executing 100 %")) + 3 * chipPadding;
    return {width, std::max(metrics.height() + 6, QStyledItemDelegate::sizeHint(option, index).height())};
}

} // namespace balmer::widgets
