// EventRelay: carries the workbench's events to the UI thread, gathered, at most ten times a second.
//
// Owned by the Session; made and destroyed on the UI thread, before the workbench goes. Of several states of
// one job only the newest is delivered, and each kind of change once.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include <QElapsedTimer>
#include <QObject>
#include <QSet>
#include <QStringList>
#include <QTimer>

#include "engine/api/workbench.h"

namespace balmer::bridge {

class EventRelay : public QObject {
    Q_OBJECT
  public:
    explicit EventRelay(api::Workbench& workbench, QObject* parent = nullptr);
    ~EventRelay() override;

  Q_SIGNALS:
    void jobsChanged(const std::vector<balmer::jobs::Job>& jobs); ///< the present states, by id
    void catalogueChanged();
    void datasetsChanged();
    void columnsChanged();
    void labelsChanged(const QStringList& spectra);
    void roundsChanged();
    void mapsChanged();
    void workersChanged();

  private:
    void receive(const api::Event& event); ///< any thread
    void schedule();
    void flush();

    struct Gathered {
        std::map<jobs::JobId, jobs::Job> jobs;
        std::set<api::Event::Kind> kinds;
        QSet<QString> spectra;
    };

    std::mutex mutex_;
    Gathered gathered_;
    bool scheduled_ = false;
    QElapsedTimer sinceFlush_;
    QTimer timer_;
    std::unique_ptr<api::Subscription> subscription_;
};

} // namespace balmer::bridge
