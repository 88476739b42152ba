// Session: an open project as the desktop uses it: the workbench, its events on the UI thread, threads to ask
// it on, and the one selection that all places share.
//
// Owned by the main window; UI thread. Threads: balmer-lists (tables, headers, forms) and balmer-cursor
// (whatever follows the cursor, so that it never waits behind a long list).
#pragma once

#include <memory>

#include <QObject>

#include "app/bridge/background.h"
#include "app/bridge/event_relay.h"
#include "engine/api/workbench.h"
#include "widgets/selection/selection_model.h"

namespace balmer::bridge {

class Session : public QObject {
    Q_OBJECT
  public:
    explicit Session(std::unique_ptr<api::Workbench> workbench, QObject* parent = nullptr);
    ~Session() override;

    api::Workbench& workbench() { return *workbench_; }
    EventRelay& events() { return *events_; }
    Background& lists() { return *lists_; }
    Background& cursor() { return *cursor_; }
    widgets::SelectionModel& selection() { return selection_; }

    /// Nothing is being asked.
    bool idle() const { return lists_->idle() && cursor_->idle(); }

    /// Settings of the project's desktop; empty where never set. A failure to keep one is logged, not shown.
    QString setting(const QString& key) const;
    void setSetting(const QString& key, const QString& value);

  private:
    std::unique_ptr<api::Workbench> workbench_;
    widgets::SelectionModel selection_;
    std::unique_ptr<EventRelay> events_;
    std::unique_ptr<Background> lists_, cursor_;
};

} // namespace balmer::bridge
