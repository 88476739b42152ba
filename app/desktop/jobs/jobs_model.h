// JobsModel: the table of jobs, newest first, kept up to date by events. Owned by the place; UI thread.
#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "engine/api/workers.h"
#include "engine/jobs/job.h"
#include "widgets/common/phase_chip.h"

namespace balmer::desktop {

class JobsModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Id, Type, Label, Phase, Progress, Created, Duration, Place, ColumnCount };
    static constexpr int jobRole = Qt::UserRole + 1;

    using QAbstractTableModel::QAbstractTableModel;

    /// Newest first.
    void setJobs(std::vector<jobs::Job> jobs);
    /// Takes the present states in; unknown jobs are added.
    void update(const std::vector<jobs::Job>& jobs);
    const jobs::Job* job(int row) const;
    int rowOf(jobs::JobId id) const;
    /// How it stands with the workers that jobs run on.
    void setWorkers(std::vector<api::WorkerInfo> workers);
    /// The worker that the job is at and has not ended on; null for another job.
    const api::WorkerInfo* workerOf(const jobs::Job& job) const;
    /// What it is doing, and, while its worker is not connected, when that was heard.
    QString progressOf(const jobs::Job& job) const;
    /// Executing jobs have grown older.
    void tick();

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    std::vector<jobs::Job> jobs_;
    std::vector<api::WorkerInfo> workers_;
};

/// "Map" for "som" …; the kind's own word where it is not known.
QString jobKindTitle(const std::string& kind);
/// What it works on, in a word: the label that it was given, or else the name, dataset or folder of its
/// parameters.
QString jobSubject(const jobs::JobSpec& spec);
/// "executing": a phase for people.
QString phaseWord(jobs::Phase phase);
widgets::PhaseLook phaseLook(jobs::Phase phase);
/// "executing"; "stopping…" from the wish to abort a remote job until the worker has answered.
QString jobPhaseWord(const jobs::Job& job);
widgets::PhaseLook jobPhaseLook(const jobs::Job& job);
/// What it is doing now: the stage of a job that executes or travels; "" for others.
QString jobStage(const jobs::Job& job);
/// "last heard 14:16": of a job that has not ended on its worker; "" for others.
QString jobLastHeard(const jobs::Job& job);
/// How long it ran, or has been running; "" before it started.
QString jobDuration(const jobs::Job& job);

} // namespace balmer::desktop
