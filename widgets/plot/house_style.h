// The house style of plots: ticks outside, minor ticks, quiet frame, tabular figures, the theme's colours.
// For the .cpp files of widgets/. UI thread only.
#pragma once

#include <QFont>
#include <QSharedPointer>

class QCPAxisTicker;
class QCustomPlot;

namespace balmer::widgets {

/// Styles the background and every axis of every axis rect; to be called again after a change of theme or
/// font.
void applyHouseStyle(QCustomPlot& plot, const QFont& font);

/// Linear ticks whose negative numbers have a minus, not a hyphen.
QSharedPointer<QCPAxisTicker> houseTicker();

} // namespace balmer::widgets
