// LostWorkers: the workers that cannot be reached and have jobs of this project, in the status bar; hidden
// while there are none. Owned by the status bar; UI thread.
#pragma once

#include <string>
#include <vector>

#include <QToolButton>

#include "app/bridge/session.h"

namespace balmer::desktop {

class LostWorkers : public QToolButton {
    Q_OBJECT
  public:
    explicit LostWorkers(bridge::Session& session, QWidget* parent = nullptr);

    bool any() const { return !names_.empty(); }
    /// Connects at once to all of them.
    void retry();

  Q_SIGNALS:
    void changed();

  private:
    void load();
    void showLost(const std::vector<api::WorkerInfo>& workers);

    bridge::Session& session_;
    std::vector<std::string> names_;
};

} // namespace balmer::desktop
