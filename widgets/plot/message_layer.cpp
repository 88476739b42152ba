#include "widgets/plot/message_layer.h"

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"

namespace balmer::widgets {

void MessageLayer::draw(QCPPainter& painter, const PlotAxes& axes) const {
    painter.setPen(theme().mutedText);
    painter.drawText(axes.box.adjusted(gridStep, 0, -gridStep, 0), Qt::AlignCenter | Qt::TextWordWrap, text_);
}

} // namespace balmer::widgets
