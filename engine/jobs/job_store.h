// JobStore: where the records of jobs are kept; the port that the queue writes to and the store implements.
//
// Every call may come from any thread. A call that returns success is durable. Jobs of several processes may
// lie in one store. Errors, everywhere: NotFound for an id that is not there (with a sentence that names it),
// Store or Io when the medium fails; InvalidArgument for a step of phase that canMove() does not allow.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/job.h"

namespace balmer::jobs {

/// Which jobs; an empty field does not restrict.
struct JobFilter {
    std::optional<Phase> phase = {};
    std::string kind = {};
    std::size_t limit = 0; ///< 0: all
};

class JobStore {
  public:
    virtual ~JobStore() = default;

    /// Keeps the job as it is given, its id aside; returns the new id. Errors: InvalidArgument for a remote
    /// job whose key is not a key, or is that of another job.
    virtual core::Result<JobId> create(const Job& job) = 0;

    /// Queued → Executing: sets phase, start, device and the process that answers for the job.
    virtual core::Status start(JobId id, std::string_view time, std::string_view device,
                               std::string_view processToken) = 0;

    /// Notes the progress of an executing job. True: somebody (perhaps another process) wants it stopped.
    virtual core::Result<bool> progress(JobId id, double fraction, std::string_view stage) = 0;

    /// Moves to a final phase with what came of it, in one step. progress becomes 1 for Completed. A remote
    /// job may end from any phase, since its worker may report late.
    virtual core::Status finish(JobId id, Phase phase, std::string_view time, std::string_view resultJson,
                                const std::optional<core::Error>& error) = 0;

    virtual core::Status addSeries(JobId id, std::span<const SeriesPoint> points) = 0;
    virtual core::Status addLog(JobId id, const LogLine& line) = 0;
    virtual core::Status addArtefact(JobId id, const Artefact& artefact) = 0;

    /// Asks whichever process runs the job to stop it; the job is aborted at once where none does. Of a
    /// remote job this sets remote->abortWanted and leaves the phase: the worker is to be told, and answers.
    /// Errors: InvalidArgument when it has ended already.
    virtual core::Status requestAbort(JobId id, std::string_view time) = 0;

    virtual core::Result<Job> get(JobId id) = 0;
    /// Newest first.
    virtual core::Result<std::vector<Job>> list(const JobFilter& filter) = 0;
    /// In the order in which they were added.
    virtual core::Result<std::vector<SeriesPoint>> series(JobId id) = 0;
    virtual core::Result<std::vector<LogLine>> log(JobId id) = 0;

    /// Applies an event of a remote job that is not final, in one step with the event's number: after a crash
    /// it is applied wholly or not at all. False, and nothing changed: the number is known, or the job has
    /// ended. Empty texts but the stage change nothing; a phase that cannot follow the present one (the
    /// worker began the job anew) is taken as it is. Errors: InvalidArgument for a final phase (that one
    /// comes with its outputs, through finish()) and for a job that is not remote.
    virtual core::Result<bool> recordEvent(JobId id, const RemoteEvent& event) = 0;

    /// Jobs that run on a worker and have not ended, oldest first.
    virtual core::Result<std::vector<Job>> listRemote() = 0;

    /// Forgets a final job with its series and log; artefacts that it left stay. Errors: InvalidArgument when
    /// it is not final.
    virtual core::Status remove(JobId id) = 0;
};

} // namespace balmer::jobs
