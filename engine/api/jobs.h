// Jobs: the jobs of an open project: submitted, watched through events, aborted by id.
//
// Handed out by Workbench::jobs and lives as long. Any thread, several at once. What is marked (quick) may be
// called from the UI thread; the others read many rows, or write and wait for the disk and the write before,
// and belong on a thread of their own. Times are ISO 8601 UTC text.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/jobs/job.h"

namespace balmer::api {

class Jobs {
  public:
    virtual ~Jobs() = default;

    /// Checks the parameters, against the project too, and queues the job with all of them. Its kind is one
    /// of job_kinds.h. Errors: InvalidArgument with the field's path; NotFound for what it names.
    virtual core::Result<jobs::JobId> submit(jobs::JobSpec spec) = 0;
    /// The same on a worker: by name, or "auto" for the one that has the data and a free slot ("here" and ""
    /// are this computer). Errors besides: Unsupported for a kind that must run here; NotFound for another
    /// name, and for "auto" where no worker answers (which waits for the network).
    virtual core::Result<jobs::JobId> submit(jobs::JobSpec spec, const std::string& where) = 0;
    /// Waits until the job has ended, telling the task how it gets on; a stop of the task ends the waiting
    /// alone, with Cancelled. Returns the record in its final phase.
    virtual core::Result<jobs::Job> follow(jobs::JobId id, core::TaskContext& task) = 0;
    /// Runs the job on the calling thread, recorded like any other; returns it in its final phase, or its
    /// error.
    virtual core::Result<jobs::Job> runHere(jobs::JobSpec spec, core::TaskContext& task) = 0;
    virtual core::Status abort(jobs::JobId id) = 0;
    /// Removes a job that has ended, its log and series; what it made stays.
    virtual core::Status remove(jobs::JobId id) = 0;
    virtual core::Result<std::vector<jobs::Job>> list() = 0; ///< newest first
    virtual core::Result<jobs::Job> get(jobs::JobId id) = 0;
    /// The values that the job reported while it ran: (step, value), in order.
    virtual core::Result<std::vector<std::pair<double, double>>> series(jobs::JobId id,
                                                                        const std::string& name) = 0;
    /// Jobs that an earlier process left unfinished, found when this project was opened. (quick)
    virtual std::vector<jobs::Job> interrupted() const = 0;
};

} // namespace balmer::api
