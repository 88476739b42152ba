// Saves a plot as PNG, SVG or PDF, by the ending of the file that the user names. UI thread.
#pragma once

#include <functional>

#include <QString>

class QWidget;

namespace balmer::widgets {
class MapView;
class PlotView;
} // namespace balmer::widgets

namespace balmer::desktop {

using Said = std::function<void(const QString& sentence)>;

/// Asks for the file (not modal to the application) and writes it; says what came of it.
void exportPlot(widgets::PlotView* plot, const QString& suggestedName, const Said& said);
void exportMap(widgets::MapView* map, const QString& suggestedName, const Said& said);

} // namespace balmer::desktop
