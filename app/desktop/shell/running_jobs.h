// RunningJobs: how many jobs run and how far they are, in the top bar; says how each of them ended. Owned by
// the top bar; UI thread.
#pragma once

#include <map>
#include <vector>

#include <QWidget>

#include "app/bridge/session.h"

class QProgressBar;
class QPushButton;

namespace balmer::desktop {

class RunningJobs : public QWidget {
    Q_OBJECT
  public:
    explicit RunningJobs(bridge::Session& session, QWidget* parent = nullptr);

  Q_SIGNALS:
    /// The jobs are to be shown.
    void activated();
    void said(const QString& sentence);

  private:
    void follow(const std::vector<balmer::jobs::Job>& jobs);
    void showProgress();

    QProgressBar* bar_;
    QPushButton* button_;
    std::map<balmer::jobs::JobId, balmer::jobs::Job> running_;
};

} // namespace balmer::desktop
