// The table of panels: one row each, in the order of the View menu. The shell makes docks, View menu and
// entries of the command palette from it. UI thread.
#pragma once

#include <functional>
#include <vector>

#include <QString>

#include "app/bridge/session.h"

namespace balmer::desktop {

class Panel;
class Place;

/// What a panel may be made from. References outlive the panel.
struct PanelContext {
    bridge::Session& session;
    const std::vector<Place*>& places;
    const std::vector<Panel*>& panels; ///< of the rows before
};

/// Where a panel stands at first in a place.
struct PanelHome {
    QString place; ///< its key
    Qt::DockWidgetArea area = Qt::RightDockWidgetArea;
    int extent =
        0; ///< width on the left and right; height at top and bottom in a window of 800 lines; pixels
};

struct PanelRow {
    QString key;   ///< "inspector": name of its dock
    QString title; ///< above it, and in the View menu
    /// Null where the places lack what it shows; then there is no such panel.
    std::function<Panel*(const PanelContext& context)> make;
    /// Where it is seen from the start. In every other place it is hidden at first.
    std::vector<PanelHome> homes;
    /// Where it comes when it is shown in a place that is not a home.
    PanelHome elsewhere = {};
};

/// The panels of the program.
std::vector<PanelRow> panelTable();

} // namespace balmer::desktop
