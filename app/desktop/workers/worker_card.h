// WorkerCard: one worker: how it stands with the connection, what it said when it was asked last, and the
// jobs there. It asks nothing itself. Every value has its room from the start, so that nothing moves when an
// answer comes. Owned by the Workers place; UI thread.
#pragma once

#include <optional>
#include <vector>

#include <QFrame>

#include "engine/api/workers.h"
#include "engine/core/result.h"
#include "engine/jobs/job.h"

class QAction;
class QLabel;
class QProgressBar;
class QTreeWidget;

namespace balmer::desktop {

class WorkerCard : public QFrame {
    Q_OBJECT
  public:
    WorkerCard(const api::WorkerInfo& worker, QWidget* parent);

    const api::WorkerInfo& worker() const { return worker_; }
    void setWorker(const api::WorkerInfo& worker);
    /// The answer to a question; of a failure the reason is shown, and what was known stays.
    void setReport(const core::Result<api::WorkerReport>& report);
    /// All jobs of this project.
    void setJobs(const std::vector<jobs::Job>& jobs);
    /// The last question was not answered.
    bool isSilent() const { return silent_; }

  Q_SIGNALS:
    void retryRequested();
    void editRequested();
    void pairRequested();
    void removeRequested();
    void jobActivated(qint64 job);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void build();
    void showLink();
    void showFacts();
    void showJobs();

    api::WorkerInfo worker_;
    std::optional<api::WorkerReport> report_;
    std::string answered_; ///< when report_ came
    QString silence_;      ///< why the last question was not answered
    bool silent_ = false;
    std::vector<jobs::Job> jobs_; ///< of this project, at this worker, not ended
    QLabel *mark_, *name_, *address_, *link_;
    QLabel *slots_, *data_, *count_, *computer_, *processor_, *software_;
    QProgressBar* dataBar_;
    QTreeWidget* list_;
    QAction *retry_, *edit_, *pair_, *remove_;
};

} // namespace balmer::desktop
