#include "engine/jobs/queue.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include "engine/core/crash_point.h"
#include "engine/core/log.h"
#include "engine/core/mutex.h"
#include "engine/core/start_thread.h"
#include "engine/core/thread_pool.h"
#include "engine/jobs/process_token.h"

namespace balmer::jobs {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {
using Ticks = std::chrono::steady_clock::time_point;
constexpr auto eventInterval = std::chrono::milliseconds(100);
constexpr auto recordInterval = std::chrono::milliseconds(500);
constexpr auto afterRefusal = std::chrono::minutes(1); ///< a store that refuses may have let the job wait
constexpr auto keepInterval = std::chrono::milliseconds(500);

void warn(JobId id, std::string_view what, const Error& error) {
    core::log::warning("job " + std::to_string(id) + ": " + std::string(what) + ": " + error.describe());
}
} // namespace

// ----------------------------------------------------------------------------------------------------
// observers

struct Subscription::Observer {
    explicit Observer(std::function<void(const JobEvent&)> given) : callback(std::move(given)) {}

    void notify(const JobEvent& event) {
        const core::LockGuard lock(mutex); // recursive: the callback may unsubscribe itself
        if (listening) callback(event);
    }
    void stop() {
        const core::LockGuard lock(mutex);
        listening = false;
    }
    bool listens() {
        const core::LockGuard lock(mutex);
        return listening;
    }

    std::recursive_mutex mutex;
    bool listening = true;
    std::function<void(const JobEvent&)> callback;
};

Subscription::Subscription(std::shared_ptr<Observer> observer) : observer_(std::move(observer)) {}

Subscription& Subscription::operator=(Subscription&& other) noexcept {
    if (this != &other) {
        if (observer_) observer_->stop();
        observer_ = std::move(other.observer_);
    }
    return *this;
}

Subscription::~Subscription() {
    if (observer_) observer_->stop();
}

// --------------------------------------------------------------------------------------------------------
// state

struct JobQueue::State {
    using Observer = Subscription::Observer;

    State(JobStore& givenStore, RunnerTable table, QueueOptions givenOptions)
        : store(givenStore), runners(std::move(table)), options(std::move(givenOptions)) {
        if (!options.ticks) options.ticks = [] { return std::chrono::steady_clock::now(); };
    }

    std::string now() const {
        return core::formatTime((options.clock ? *options.clock : core::systemClock()).now());
    }

    // Events wait in a list of their own, so that no observer holds up a runner.
    void emit(JobEvent event) {
        {
            const core::LockGuard lock(eventMutex);
            events.push_back(std::move(event));
        }
        eventAdded.notify_one();
    }
    void emitPhase(const Job& job) {
        try {
            emit({JobEvent::Kind::Phase, job, {}, {}});
        } catch (const std::bad_alloc&) { // the record says it
            core::log::warning("there was not enough memory to tell a job's phase");
        }
    }
    void notifyObservers();

    Result<Job> create(JobSpec spec);
    /// Whether a step of a job's record is tried again and again while a full disk or another program keeps
    /// it from being written, until the queue closes.
    enum class Keeps { Once, Until };
    Result<Job> execute(JobId id, Keeps keeps, std::stop_source stop,
                        const core::TaskContext::ProgressSink& progress,
                        const core::TaskContext::SeriesSink& series);
    /// The record that work() returns; where it fails or throws, the job has ended with that error.
    template <typename Work>
    Result<Job> toItsEnd(JobId id, Keeps keeps, Work work);
    template <typename Write>
    Status keep(JobId id, Keeps keeps, Write write);
    void runJobs(std::size_t number);
    void settle(JobId id); ///< the job is no longer this queue's business
    Status abortWaiting(JobId id, const std::string& message);

    JobStore& store;
    const RunnerTable runners;
    QueueOptions options;

    core::Mutex mutex;
    std::condition_variable jobAdded, jobSettled;
    std::deque<JobId> waiting BALMER_GUARDED_BY(mutex);
    std::map<JobId, std::stop_source> running BALMER_GUARDED_BY(mutex);
    bool closing BALMER_GUARDED_BY(mutex) = false;

    core::Mutex eventMutex;
    std::condition_variable eventAdded;
    std::deque<JobEvent> events BALMER_GUARDED_BY(eventMutex);
    std::vector<std::shared_ptr<Observer>> observers BALMER_GUARDED_BY(eventMutex);
    bool eventsEnd BALMER_GUARDED_BY(eventMutex) = false;

    Status threads; ///< why there are fewer than were asked for
    std::vector<core::Thread> executors;
    core::Thread notifier;
};

void JobQueue::State::notifyObservers() {
    core::nameThisThread("balmer-events");
    core::UniqueLock lock(eventMutex);
    while (true) {
        eventAdded.wait(lock.waitable(),
                        [&]() BALMER_REQUIRES(eventMutex) { return eventsEnd || !events.empty(); });
        if (events.empty()) return;
        const JobEvent event = std::move(events.front());
        events.pop_front();
        const auto audience = observers;
        lock.unlock();
        for (const auto& observer : audience) {
            try {
                observer->notify(event);
            } catch (const std::exception& exception) {
                core::log::error("an observer of jobs threw: " + std::string(exception.what()));
            }
        }
        lock.lock();
        std::erase_if(observers, [](const auto& observer) { return !observer->listens(); });
    }
}

Result<Job> JobQueue::State::create(JobSpec spec) {
    if (!runners.contains(spec.kind)) {
        std::string known;
        for (const auto& [kind, runner] : runners)
            known += (known.empty() ? "" : ", ") + kind;
        return fail(ErrorCode::InvalidArgument, "there is no job of kind \"" + spec.kind + "\"; known are " +
                                                    (known.empty() ? "none" : known));
    }
    Job job;
    job.spec = std::move(spec);
    job.phase = Phase::Queued;
    job.created = now();
    job.programVersion = options.programVersion;
    job.device = options.device;
    job.processToken = thisProcessToken();
    BALMER_TRY(job.id, store.create(job));
    return job;
}

void JobQueue::State::settle(JobId id) {
    {
        const core::LockGuard lock(mutex);
        running.erase(id);
    }
    jobSettled.notify_all();
}

/// The job is in `running` already, so that nobody takes it for settled before its record says so.
Status JobQueue::State::abortWaiting(JobId id, const std::string& message) {
    const auto done = store.finish(id, Phase::Aborted, now(), "", Error(ErrorCode::Cancelled, message));
    if (const auto job = store.get(id)) emitPhase(*job);
    settle(id);
    return done;
}

namespace {

/// Passes what a running job reports on to the record and the observers, not too often.
class Reporter : public JobNotes {
  public:
    using Emit = std::function<void(JobEvent)>;
    Reporter(Job job, JobStore& store, const QueueOptions& options, std::stop_source stop, Emit emit,
             std::function<std::string()> now)
        : job_(std::move(job)), store_(store), options_(options), stop_(std::move(stop)),
          emit_(std::move(emit)), now_(std::move(now)) {}

    void progress(double fraction, std::string_view stage) {
        job_.progress = fraction;
        job_.stage = stage;
        changed_ = true;
        reportWhenDue();
    }
    void series(std::string_view name, double step, double value) {
        const SeriesPoint point{std::string(name), step, value};
        unreported_.push_back(point);
        unsaved_.push_back(point);
        changed_ = true;
        reportWhenDue();
    }
    void log(std::string_view line) override {
        LogLine entry{now_(), std::string(line)};
        if (const auto kept = store_.addLog(job_.id, entry); !kept)
            warn(job_.id, "keeping its log", kept.error());
        emit_({JobEvent::Kind::Log, job_, {}, std::move(entry)});
    }
    void artefact(const Artefact& artefact) override {
        if (std::find(job_.artefacts.begin(), job_.artefacts.end(), artefact) != job_.artefacts.end()) return;
        job_.artefacts.push_back(artefact);
        if (const auto kept = store_.addArtefact(job_.id, artefact); !kept && failure_.empty())
            failure_.push_back(kept.error());
    }

    /// Reports and saves what has not been yet. Errors: an artefact or series that the store did not take.
    Status flush() {
        if (changed_) report();
        saveProgress();
        if (!failure_.empty()) return fail(failure_.front());
        return {};
    }

  private:
    void reportWhenDue() {
        const auto tick = options_.ticks();
        if (!reported_ || tick - *reported_ >= eventInterval) {
            reported_ = tick;
            report();
        }
        if (!save_ || tick >= *save_) {
            save_ = tick + recordInterval;
            saveProgress();
        }
    }
    void report() {
        changed_ = false;
        emit_({JobEvent::Kind::Progress, job_, std::exchange(unreported_, {}), {}});
    }
    void saveProgress() {
        if (!unsaved_.empty()) {
            if (const auto kept = store_.addSeries(job_.id, unsaved_); !kept)
                return refused("keeping its series", kept.error());
            unsaved_.clear();
        }
        const auto wantedStopped = store_.progress(job_.id, job_.progress, job_.stage);
        if (!wantedStopped) return refused("keeping its progress", wantedStopped.error());
        if (*wantedStopped) stop_.request_stop();
    }
    void refused(std::string_view what, const Error& error) {
        warn(job_.id, what, error);
        save_ = options_.ticks() + afterRefusal;
    }

    Job job_;
    JobStore& store_;
    const QueueOptions& options_;
    std::stop_source stop_;
    Emit emit_;
    std::function<std::string()> now_;
    std::optional<Ticks> reported_, save_; ///< when it was, and when it is next
    bool changed_ = false;
    std::vector<SeriesPoint> unreported_, unsaved_;
    std::vector<Error> failure_;
};

} // namespace

namespace {

/// What work() returns; an exception becomes an error: the boundary of all that a job does.
template <typename Work>
std::invoke_result_t<Work> guarded(Work work) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::ResourceExhausted,
                    "there was not enough memory for this job; try a smaller one");
    } catch (const std::exception& exception) {
        return fail(ErrorCode::Internal,
                    "the job met a defect of the program: " + std::string(exception.what()));
    } catch (...) {
        return fail(ErrorCode::Internal, "the job met a defect of the program: an unknown exception");
    }
}

} // namespace

Result<Outcome> runGuarded(const Runner& runner, const Job& job, core::TaskContext& task, JobNotes& notes) {
    return guarded([&] { return runner(job, task, notes); });
}

template <typename Write>
Status JobQueue::State::keep(JobId id, Keeps keeps, Write write) {
    for (bool said = false;; said = true) {
        auto kept = write();
        if (kept || keeps == Keeps::Once ||
            (kept.error().code() != ErrorCode::DeadlineExceeded &&
             kept.error().code() != ErrorCode::ResourceExhausted))
            return kept;
        if (!said) warn(id, "keeping its record, which is tried again", kept.error());
        core::UniqueLock lock(mutex);
        if (jobSettled.wait_for(lock.waitable(), keepInterval,
                                [&]() BALMER_REQUIRES(mutex) { return closing; }))
            return kept;
    }
}

template <typename Work>
Result<Job> JobQueue::State::toItsEnd(JobId id, Keeps keeps, Work work) {
    auto ended = guarded(std::move(work));
    if (ended) return ended;
    return guarded([&]() -> Result<Job> {
        (void)keep(id, keeps, [&] { return store.finish(id, Phase::Error, now(), "", ended.error()); });
        BALMER_TRY(Job job, store.get(id));
        if (!isFinal(job.phase)) return fail(ended.error());
        emitPhase(job);
        return job;
    });
}

Result<Job> JobQueue::State::execute(JobId id, Keeps keeps, std::stop_source stop,
                                     const core::TaskContext::ProgressSink& progress,
                                     const core::TaskContext::SeriesSink& series) {
    const auto start = [&] { return store.start(id, now(), options.device, thisProcessToken()); };
    if (const auto begun = keep(id, keeps, start); !begun) {
        BALMER_TRY(auto job, store.get(id));
        if (isFinal(job.phase)) { // another process aborted it while it was queued
            emitPhase(job);
            return job;
        }
        return fail(begun.error());
    }
    BALMER_TRY(Job job, store.get(id));
    emitPhase(job);

    Reporter reporter(
        job, store, options, stop, [this](JobEvent event) { emit(std::move(event)); },
        [this] { return now(); });
    core::TaskContext task(
        stop.get_token(),
        [&](double fraction, std::string_view stage) {
            reporter.progress(fraction, stage);
            if (progress) progress(fraction, stage);
        },
        [&](std::string_view name, double step, double value) {
            reporter.series(name, step, value);
            if (series) series(name, step, value);
        });

    auto outcome = runGuarded(runners.find(job.spec.kind)->second, job, task, reporter);
    core::crashPoint("job.done");
    if (outcome)
        for (const auto& artefact : outcome->artefacts)
            reporter.artefact(artefact);
    if (const auto flushed = reporter.flush(); !flushed && outcome) outcome = fail(flushed.error());

    const auto finish = [&](Phase phase, const std::string& result, const std::optional<Error>& error) {
        return keep(id, keeps, [&] { return store.finish(id, phase, now(), result, error); });
    };
    Status finished;
    if (outcome) {
        finished = finish(Phase::Completed, outcome->resultJson, std::nullopt);
    } else if (outcome.error().code() == ErrorCode::Cancelled) {
        bool closed = false;
        {
            const core::LockGuard lock(mutex);
            closed = closing;
        }
        finished = finish(Phase::Aborted, "",
                          Error(ErrorCode::Cancelled, closed                  ? "the program was closed"
                                                      : stop.stop_requested() ? "aborted on request"
                                                                              : outcome.error().message()));
    } else {
        finished = finish(Phase::Error, "", outcome.error());
    }
    BALMER_TRY(Job ended, store.get(id));
    emitPhase(ended);
    if (!finished && !isFinal(ended.phase)) return fail(finished.error());
    return ended;
}

void JobQueue::State::runJobs(std::size_t number) {
    core::nameThisThread("balmer-job-" + std::to_string(number));
    while (true) {
        JobId id = 0;
        std::stop_source stop;
        {
            core::UniqueLock lock(mutex);
            jobAdded.wait(lock.waitable(),
                          [&]() BALMER_REQUIRES(mutex) { return closing || !waiting.empty(); });
            if (closing) return;
            id = waiting.front();
            waiting.pop_front();
            running.emplace(id, stop);
        }
        const auto job = toItsEnd(id, Keeps::Until, [&] { return execute(id, Keeps::Until, stop, {}, {}); });
        if (!job) warn(id, "keeping its record", job.error());
        settle(id);
    }
}

// --------------------------------------------------------------------------------------------------------
// queue

JobQueue::JobQueue(JobStore& store, RunnerTable runners, QueueOptions options)
    : state_(std::make_unique<State>(store, std::move(runners), std::move(options))) {
    auto* state = state_.get();
    const auto start = [state](std::function<void()> work) -> std::optional<core::Thread> {
        auto thread = core::startThread(std::move(work));
        if (thread) return *std::move(thread);
        state->threads = core::fail(thread.error());
        return std::nullopt;
    };
    if (auto notifier = start([state] { state->notifyObservers(); })) state->notifier = *std::move(notifier);
    for (std::size_t i = 0; i < std::max<std::size_t>(1, state->options.threads); ++i)
        if (auto executor = start([state, i] { state->runJobs(i + 1); }))
            state->executors.push_back(*std::move(executor));
}

JobQueue::~JobQueue() {
    std::deque<JobId> left;
    {
        const core::LockGuard lock(state_->mutex);
        state_->closing = true;
        left.swap(state_->waiting);
        for (auto& [id, stop] : state_->running)
            stop.request_stop();
        for (const auto id : left)
            state_->running.emplace(id, std::stop_source());
    }
    state_->jobAdded.notify_all();
    state_->jobSettled.notify_all();
    for (const auto id : left)
        if (const auto aborted = state_->abortWaiting(id, "the program was closed before this job began");
            !aborted)
            warn(id, "aborting it", aborted.error());
    for (auto& thread : state_->executors)
        thread.join();
    {
        const core::LockGuard lock(state_->eventMutex);
        state_->eventsEnd = true;
    }
    state_->eventAdded.notify_one();
    if (state_->notifier.joinable()) state_->notifier.join();
}

Result<JobId> JobQueue::submit(JobSpec spec) {
    if (state_->executors.empty()) return fail(state_->threads.error());
    BALMER_TRY(const auto job, state_->create(std::move(spec)));
    state_->emitPhase(job);
    {
        const core::LockGuard lock(state_->mutex);
        state_->waiting.push_back(job.id);
    }
    state_->jobAdded.notify_one();
    return job.id;
}

Result<Job> JobQueue::runHere(JobSpec spec, std::stop_token stop, core::TaskContext::ProgressSink progress,
                              core::TaskContext::SeriesSink series) {
    BALMER_TRY(const auto job, guarded([&] { return state_->create(std::move(spec)); }));
    using Keeps = State::Keeps;
    auto ended = state_->toItsEnd(job.id, Keeps::Once, [&] {
        state_->emitPhase(job);
        std::stop_source source;
        {
            const core::LockGuard lock(state_->mutex);
            state_->running.emplace(job.id, source);
        }
        const std::stop_callback passOn(stop, [&source] { source.request_stop(); });
        return state_->execute(job.id, Keeps::Once, source, progress, series);
    });
    state_->settle(job.id);
    return ended;
}

Status JobQueue::abort(JobId id) {
    {
        core::UniqueLock lock(state_->mutex);
        const auto place = std::find(state_->waiting.begin(), state_->waiting.end(), id);
        if (place != state_->waiting.end()) {
            state_->waiting.erase(place);
            state_->running.emplace(id, std::stop_source());
            lock.unlock();
            return state_->abortWaiting(id, "aborted on request before it began");
        }
        if (const auto run = state_->running.find(id); run != state_->running.end()) {
            auto stop = run->second;
            lock.unlock();
            stop.request_stop();
            return {};
        }
    }
    BALMER_CHECK(state_->store.requestAbort(id, state_->now()));
    BALMER_TRY(const auto job, state_->store.get(id));
    state_->emitPhase(job);
    return {};
}

Result<Job> JobQueue::wait(JobId id) {
    {
        core::UniqueLock lock(state_->mutex);
        state_->jobSettled.wait(lock.waitable(), [&]() BALMER_REQUIRES(state_->mutex) {
            return !state_->running.contains(id) &&
                   std::find(state_->waiting.begin(), state_->waiting.end(), id) == state_->waiting.end();
        });
    }
    return state_->store.get(id);
}

Status JobQueue::remove(JobId id) {
    BALMER_TRY(auto job, state_->store.get(id));
    BALMER_CHECK(state_->store.remove(id));
    state_->emit({JobEvent::Kind::Removed, std::move(job), {}, {}});
    return {};
}

Subscription JobQueue::subscribe(std::function<void(const JobEvent&)> callback) {
    auto observer = std::make_shared<Subscription::Observer>(std::move(callback));
    const core::LockGuard lock(state_->eventMutex);
    state_->observers.push_back(observer);
    return Subscription(std::move(observer));
}

std::vector<std::string> JobQueue::kinds() const {
    std::vector<std::string> names;
    for (const auto& [kind, runner] : state_->runners)
        names.push_back(kind);
    return names;
}

JobStore& JobQueue::store() const {
    return state_->store;
}

} // namespace balmer::jobs
