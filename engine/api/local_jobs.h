// LocalJobs: the jobs of a project that is open here. Private to api.
#pragma once

#include <memory>
#include <vector>

#include "engine/api/event_hub.h"
#include "engine/api/jobs.h"
#include "engine/api/local_workers.h"
#include "engine/core/mutex.h"
#include "engine/jobs/queue.h"
#include "engine/store/project.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::api {

/// Tells of the job, and of what a completed one has changed.
void publishJob(EventHub& hub, const jobs::JobEvent& event);

class LocalJobs final : public Jobs {
  public:
    /// What is given must live longer; threads as for workflow::prepareJob. Starts the queue.
    LocalJobs(store::Project& project, const std::vector<workflow::JobKind>& kinds, std::size_t threads,
              std::shared_ptr<EventHub> hub, LocalWorkers& workers);
    ~LocalJobs() override;

    core::Result<jobs::JobId> submit(jobs::JobSpec spec) override;
    core::Result<jobs::JobId> submit(jobs::JobSpec spec, const std::string& where) override;
    core::Result<jobs::Job> follow(jobs::JobId id, core::TaskContext& task) override;
    core::Result<jobs::Job> runHere(jobs::JobSpec spec, core::TaskContext& task) override;
    core::Status abort(jobs::JobId id) override;
    core::Status remove(jobs::JobId id) override;
    core::Result<std::vector<jobs::Job>> list() override;
    core::Result<jobs::Job> get(jobs::JobId id) override { return recordsOf(id).get(id); }
    core::Result<std::vector<std::pair<double, double>>> series(jobs::JobId id,
                                                                const std::string& name) override;
    std::vector<jobs::Job> interrupted() const override { return project_.interruptedJobs(); }

  private:
    /// In a project that can only be read, or whose disk is full by now: jobs that change nothing there, with
    /// records that go when the project is closed. Their ids are greater than any of the project's.
    struct Unkept;
    /// Makes it at the first call. Errors: Io for a kind that changes something; those of making it.
    core::Result<Unkept*> unkeptFor(const std::string& kind) BALMER_EXCLUDES(making_);
    /// Where it was made and the id is one of its; else null.
    Unkept* unkeptWith(jobs::JobId id) BALMER_EXCLUDES(making_);
    jobs::JobStore& recordsOf(jobs::JobId id);
    core::Status prepare(jobs::JobSpec& spec) const {
        return workflow::prepareJob(kinds_, project_, spec, threads_);
    }

    store::Project& project_;
    const std::vector<workflow::JobKind>& kinds_;
    std::size_t threads_;
    std::shared_ptr<EventHub> hub_;
    LocalWorkers& workers_;
    // Last, so that it ends first: its threads use everything above.
    std::unique_ptr<jobs::JobQueue> queue_;
    jobs::Subscription watching_;
    core::Mutex making_;
    std::unique_ptr<Unkept> unkept_ BALMER_GUARDED_BY(making_); ///< once made it stays
};

} // namespace balmer::api
