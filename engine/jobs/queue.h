// JobQueue: runs jobs on threads of its own, in the order of submission, and keeps their records in a
// JobStore.
//
// Owner: whoever opens the project; the store must outlive the queue. Every method may be called from any
// thread. Threads: `balmer-job-N` run the runners; `balmer-events` calls the observers, one event at a time
// and in order, so that an observer needs no lock against itself. An observer must return soon and must not
// destroy the queue.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/jobs/job.h"
#include "engine/jobs/job_store.h"

namespace balmer::jobs {

/// What a runner returns when it succeeds.
struct Outcome {
    std::string resultJson = "{}";
    std::vector<Artefact> artefacts;
};

/// What a runner may write into its job's record while it runs. Called by the runner's thread.
class JobNotes {
  public:
    virtual ~JobNotes() = default;
    virtual void log(std::string_view line) = 0;
    /// Kept at once, also when the job fails later.
    virtual void artefact(const Artefact& artefact) = 0;
};

/// Does the work of one kind. Called on one thread; several jobs of a kind may run at once. The job's spec
/// holds the parameters. An exception that escapes becomes an Internal error of the job.
using Runner = std::function<core::Result<Outcome>(const Job& job, core::TaskContext& task, JobNotes& notes)>;
/// Calls the runner; an exception becomes an error.
core::Result<Outcome> runGuarded(const Runner& runner, const Job& job, core::TaskContext& task,
                                 JobNotes& notes);
using RunnerTable = std::map<std::string, Runner, std::less<>>;

struct JobEvent {
    enum class Kind {
        Phase,    ///< the job is new or its phase changed
        Progress, ///< progress, stage or series grew; at most ten a second for each job
        Log,      ///< line was added
        Removed   ///< the record is gone; job holds its last state
    };
    Kind kind = Kind::Phase;
    Job job;                         ///< the record as it is now
    std::vector<SeriesPoint> points; ///< new since the event before, in Progress events
    LogLine line;                    ///< in Log events
};

/// Unsubscribes when it is destroyed; no callback runs after that (a callback may destroy its own handle).
class [[nodiscard]] Subscription {
  public:
    Subscription() = default;
    Subscription(Subscription&&) noexcept = default;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription();

  private:
    friend class JobQueue;
    struct Observer;
    explicit Subscription(std::shared_ptr<Observer> observer);
    std::shared_ptr<Observer> observer_;
};

struct QueueOptions {
    std::size_t threads = 1;         ///< jobs that run at once; heavy kinds use all processors by themselves
    std::string programVersion = {}; ///< written into every record
    std::string device = "cpu";      ///< likewise
    const core::Clock* clock = nullptr; ///< for the times in the records; the computer's own when null
    /// For the throttle of progress; the computer's steady clock when empty.
    std::function<std::chrono::steady_clock::time_point()> ticks = {};
};

class JobQueue {
  public:
    JobQueue(JobStore& store, RunnerTable runners, QueueOptions options = {});
    /// Stops what runs, waits for it, and leaves every job of this queue Aborted: "the program was closed".
    ~JobQueue();
    JobQueue(const JobQueue&) = delete;
    JobQueue& operator=(const JobQueue&) = delete;

    /// Keeps the job as Queued, durably, then queues it. Errors: InvalidArgument for a kind that has no
    /// runner (naming those that have); those of the store.
    core::Result<JobId> submit(JobSpec spec);

    /// Runs the job now, on the caller's thread, with the same record as a submitted one; observers hear of
    /// it too. Returns the record in its final phase: a runner's failure is the record's error, not this
    /// function's.
    core::Result<Job> runHere(JobSpec spec, std::stop_token stop = {},
                              core::TaskContext::ProgressSink progress = {},
                              core::TaskContext::SeriesSink series = {});

    /// A queued job is Aborted at once, an executing one at its next checkpoint; one of another process is
    /// asked through the store. Errors: NotFound; InvalidArgument when it has ended already.
    core::Status abort(JobId id);

    /// Waits until the job of this queue is final; returns its record.
    core::Result<Job> wait(JobId id);

    /// Forgets a final job and tells the observers.
    core::Status remove(JobId id);

    Subscription subscribe(std::function<void(const JobEvent&)> callback);

    std::vector<std::string> kinds() const;
    JobStore& store() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace balmer::jobs
