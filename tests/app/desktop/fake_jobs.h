// FakeJobs: jobs that do nothing by themselves; advance() moves them. Any thread.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "engine/api/jobs.h"
#include "tests/app/desktop/fake_events.h"
#include "tests/app/desktop/fake_survey.h"
#include "tests/app/desktop/fake_workers.h"
#include "tests/app/desktop/slow_calls.h"

namespace balmer::test {

class FakeJobs : public api::Jobs {
  public:
    FakeJobs(const FakeOptions& options, FakeEvents& events, FakeWorkers& workers, SlowCalls& slow);

    // What tests turn and look at.
    std::atomic<bool> refuseAuto = false; ///< no worker answers submit(…, "auto")
    std::vector<jobs::JobSpec> submitted() const;
    std::vector<std::string> submittedTo() const; ///< where each of submitted() was sent; "" here
    void advance(jobs::JobId id, jobs::Phase phase, double progress);
    /// Completes the job with this result, JSON.
    void finish(jobs::JobId id, const std::string& result);

    core::Result<jobs::JobId> submit(jobs::JobSpec spec) override;
    core::Result<jobs::JobId> submit(jobs::JobSpec spec, const std::string& where) override;
    core::Result<jobs::Job> follow(jobs::JobId id, core::TaskContext& task) override;
    core::Result<jobs::Job> runHere(jobs::JobSpec spec, core::TaskContext& task) override;
    core::Status abort(jobs::JobId id) override;
    core::Status remove(jobs::JobId id) override;
    core::Result<std::vector<jobs::Job>> list() override;
    core::Result<jobs::Job> get(jobs::JobId id) override;
    core::Result<std::vector<std::pair<double, double>>> series(jobs::JobId id,
                                                                const std::string& name) override;
    std::vector<jobs::Job> interrupted() const override;

  private:
    core::Result<jobs::JobId> keep(jobs::JobSpec spec, const std::string& where);

    FakeEvents& events_;
    FakeWorkers& workers_;
    SlowCalls& slow_;
    const bool interrupted_;
    mutable std::mutex mutex_;    ///< guards the next
    std::vector<jobs::Job> jobs_; ///< oldest first
    std::vector<jobs::JobSpec> submitted_;
    std::vector<std::string> submittedTo_;
};

} // namespace balmer::test
