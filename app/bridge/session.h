// Session: an open project as the desktop uses it: the workbench, its events on the UI thread, threads to ask
// it on, and the one selection that all places share.
//
// Owned by the main window; UI thread. Threads: balmer-lists (tables, headers, forms), balmer-cursor
// (whatever follows the cursor, so that it never waits behind a long list), balmer-labels (labels given and
// taken back, in their order, all of them also when the window closes), balmer-changes (settings and jobs, so
// that a label never waits behind them; likewise all of them), and one balmer-ask for each question that may
// wait for a network; such a question may keep the workbench past the end of the session.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <QObject>

#include "app/bridge/background.h"
#include "app/bridge/event_relay.h"
#include "app/bridge/label_classes.h"
#include "app/bridge/questions.h"
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
    Background& labels() { return *labels_; }
    Background& changes() { return *changes_; }
    Questions& questions() { return questions_; }
    /// For questions, which may outlive the session.
    std::shared_ptr<api::Workbench> sharedWorkbench() const { return workbench_; }
    widgets::SelectionModel& selection() { return selection_; }
    LabelClasses& classes() { return *classes_; }

    /// Why nothing of the project can be changed, a sentence; empty where it can.
    QString onlyReads() const;

    /// Nothing is being asked of the project; questions to workers do not count.
    bool idle() const { return lists_->idle() && cursor_->idle() && labels_->idle() && changes_->idle(); }

    /// Settings of the project's desktop, read when it was opened; empty where never set. What is set is
    /// known at once and kept in the background; a failure to keep it is logged, not shown.
    QString setting(const QString& key) const;
    void setSetting(const QString& key, const QString& value);

  private:
    std::shared_ptr<api::Workbench> workbench_;
    Questions questions_;
    widgets::SelectionModel selection_;
    std::unique_ptr<EventRelay> events_;
    std::map<std::string, std::string> settings_;
    std::unique_ptr<Background> lists_, cursor_, labels_, changes_;
    std::unique_ptr<LabelClasses> classes_;
};

} // namespace balmer::bridge
