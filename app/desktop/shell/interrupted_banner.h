// InterruptedBanner: which jobs were interrupted when the program last ended, above the place; not there when
// there are none, or once it is dismissed. Owned by the window; UI thread.
#pragma once

#include <QFrame>

#include "app/bridge/session.h"

namespace balmer::desktop {

class InterruptedBanner : public QFrame {
    Q_OBJECT
  public:
    /// Its actions belong to `actionOwner`, so that the command palette lists them.
    InterruptedBanner(bridge::Session& session, QWidget* actionOwner);

  Q_SIGNALS:
    void jobRequested(qint64 job);
    void said(const QString& sentence);

  private:
    void runAgain(const std::vector<balmer::jobs::Job>& jobs);

    bridge::Session& session_;
};

} // namespace balmer::desktop
