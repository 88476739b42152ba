// JobsPlace: every job of the project, newest first, and what is known of the chosen one. Owned by the
// window; UI thread.
#pragma once

#include <functional>

#include "app/desktop/jobs/jobs_model.h"
#include "app/desktop/place/place.h"

class QAction;
class QLabel;
class QPlainTextEdit;
class QSplitter;
class QStackedWidget;
class QTabWidget;
class QTableView;
class QTimer;
class QTreeWidget;

namespace balmer::widgets {
class EmptyState;
class QualitySparkline;
} // namespace balmer::widgets

namespace balmer::desktop {

class JobForm;

class JobsPlace : public Place {
    Q_OBJECT
  public:
    explicit JobsPlace(bridge::Session& session, QWidget* parent = nullptr);

    void enter() override;
    void keep() override;
    void showSomething() override;

    const JobsModel& model() const { return *model_; }
    /// Chooses the job; once it is known where it is not yet.
    void showJob(qint64 id);
    /// The form that runs the chosen job again with changed parameters; null when none is chosen.
    JobForm* runAgain();

  public Q_SLOTS:
    void newJob();

  private:
    void build();
    QWidget* buildDetails();
    void load();
    void loadWorkers();
    void followJobs(const std::vector<jobs::Job>& jobs);
    const jobs::Job* chosen() const;
    void showDetails();
    /// Sends the spectra that the chosen job lists to Label.
    void labelListed();
    /// Aborts or forgets the chosen job.
    void change(core::Status (api::Jobs::*how)(jobs::JobId), std::function<void()> then);

    JobsModel* model_;
    QTableView* view_;
    QStackedWidget* stack_;
    widgets::EmptyState* empty_;
    QSplitter* splitter_;
    QLabel* title_;
    QLabel* facts_;
    QLabel* error_;
    QTabWidget* tabs_;
    QPlainTextEdit* parameters_;
    QPlainTextEdit* result_;
    QTreeWidget* artefacts_;
    widgets::QualitySparkline* quality_;
    QAction *abort_, *remove_, *again_, *label_;
    QTimer* clock_;
    qint64 shown_ = 0;
    qint64 wanted_ = 0;
};

} // namespace balmer::desktop
