#include "widgets/plot/flash_layer.h"

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"

namespace balmer::widgets {

FlashLayer::FlashLayer(std::function<void()> redraw) {
    fading_.setDuration(400);
    fading_.setStartValue(1.0);
    fading_.setEndValue(0.0);
    fading_.setEasingCurve(QEasingCurve::InQuad);
    QObject::connect(&fading_, &QVariantAnimation::valueChanged, &fading_,
                     [this, redraw = std::move(redraw)](const QVariant& value) {
                         strength_ = value.toDouble();
                         redraw();
                     });
}

void FlashLayer::flash(const QColor& colour, const QString& text) {
    colour_ = colour;
    text_ = text;
    fading_.stop();
    fading_.start();
}

void FlashLayer::draw(QCPPainter& painter, const PlotAxes& axes) const {
    if (strength_ <= 0) return;
    const QRect& box = axes.box;
    QColor colour = colour_;
    colour.setAlphaF(float(strength_));
    // Four bars: filling is many times quicker than stroking so long a line.
    constexpr int wide = 4;
    painter.setAntialiasing(false);
    painter.fillRect(QRect(box.left(), box.top(), box.width(), wide), colour);
    painter.fillRect(QRect(box.left(), box.bottom() - wide + 1, box.width(), wide), colour);
    painter.fillRect(QRect(box.left(), box.top() + wide, wide, box.height() - 2 * wide), colour);
    painter.fillRect(QRect(box.right() - wide + 1, box.top() + wide, wide, box.height() - 2 * wide), colour);
    painter.setAntialiasing(true);
    QFont bold = axes.font;
    bold.setBold(true);
    painter.setFont(bold);
    QColor ink = theme().text;
    ink.setAlphaF(float(strength_));
    painter.setPen(ink);
    painter.drawText(box.adjusted(0, 0, 0, -2 * gridStep), Qt::AlignHCenter | Qt::AlignBottom, text_);
}

} // namespace balmer::widgets
