// The menu that sends what there is to other programs. UI thread.
#pragma once

#include "app/desktop/place/sendable.h"

class QMenu;

namespace balmer::bridge {
class NeighbourLink;
}

namespace balmer::desktop {

/// Fills the menu anew with what can be sent to whom; where nobody listens, with the next step instead.
void fillSendMenu(QMenu& menu, bridge::NeighbourLink& link, const Sendable& what);

} // namespace balmer::desktop
