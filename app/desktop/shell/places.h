// The table of places: one row each, in the order of the rail and of the keys Ctrl+1 … Ctrl+9. The window
// makes everything else from it: rail, keys, entries of the command palette, pictures, what is kept. UI
// thread.
#pragma once

#include <functional>
#include <vector>

#include <QString>

#include "app/bridge/session.h"
#include "widgets/common/icons.h"

namespace balmer::desktop {

class Place;

struct PlaceRow {
    QString key;   ///< "data": prefix of its settings, name of its picture
    QString title; ///< on the rail
    widgets::Icon icon = widgets::Icon::Data;
    /// The session outlives the place; the window owns it.
    std::function<Place*(bridge::Session& session)> make;
};

/// The places of the program.
std::vector<PlaceRow> placeTable();

} // namespace balmer::desktop
