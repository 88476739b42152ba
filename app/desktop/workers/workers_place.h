// WorkersPlace: where jobs run: a card for this computer, with its means and the jobs that it has now. Owned
// by the window; UI thread.
#pragma once

#include "app/desktop/shell/place.h"
#include "engine/jobs/job.h"

class QLabel;
class QProgressBar;
class QTimer;
class QTreeWidget;

namespace balmer::desktop {

class WorkersPlace : public Place {
    Q_OBJECT
  public:
    explicit WorkersPlace(bridge::Session& session, QWidget* parent = nullptr);
    void enter() override;

  private:
    void build();
    void measure();
    void load();
    void show(const std::vector<jobs::Job>& jobs);

    QLabel *name_, *system_, *processors_, *memory_, *disk_, *version_, *summary_;
    QProgressBar *memoryBar_, *diskBar_;
    QTreeWidget* jobs_;
    QTimer* clock_;
};

} // namespace balmer::desktop
