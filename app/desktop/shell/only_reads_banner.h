// OnlyReadsBanner: that the project can only be read, and why, above the place; not there where it can be
// written. Owned by the window; UI thread.
#pragma once

#include <QFrame>

#include "app/bridge/session.h"

namespace balmer::desktop {

class OnlyReadsBanner : public QFrame {
  public:
    explicit OnlyReadsBanner(bridge::Session& session);
};

} // namespace balmer::desktop
