// TopBar: the project and its menu, the View menu, the way to the command palette, and the jobs that run.
// Owned by the window; UI thread.
#pragma once

#include <QStringList>
#include <QWidget>

#include "app/bridge/session.h"

class QAction;
class QMenu;

namespace balmer::desktop {

class RunningJobs;

class TopBar : public QWidget {
    Q_OBJECT
  public:
    struct Actions {
        QAction *openProject, *newProject, *palette;
    };
    /// recent: folders of projects opened before, newest first.
    TopBar(bridge::Session& session, const Actions& actions, QMenu* view, const QStringList& recent);

    RunningJobs* runningJobs() const { return jobs_; }
    /// "halpha" for the project in halpha.balmer.
    static QString projectName(bridge::Session& session);

  Q_SIGNALS:
    void projectRequested(const QString& folder);

  private:
    QMenu* projectMenu(const Actions& actions, const QStringList& recent);

    QString folder_;
    RunningJobs* jobs_;
};

} // namespace balmer::desktop
