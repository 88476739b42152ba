#include "engine/api/local_jobs.h"

#include <chrono>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <optional>

#include "engine/api/job_kinds.h"
#include "engine/core/temporary_folder.h"

namespace balmer::api {

namespace {

constexpr jobs::JobId firstUnkept = 1'000'000'001;

/// Of models nobody is told by an event of its own: the job's says it.
std::optional<Event::Kind> eventOf(jobs::Change change) {
    using jobs::Change;
    switch (change) {
    case Change::Catalogue:
        return Event::Kind::Catalogue;
    case Change::Datasets:
        return Event::Kind::Datasets;
    case Change::Columns:
        return Event::Kind::Columns;
    case Change::Labels:
        return Event::Kind::Labels;
    case Change::Rounds:
        return Event::Kind::Rounds;
    case Change::Maps:
        return Event::Kind::Maps;
    case Change::Models:
        break;
    }
    return std::nullopt;
}

std::unique_ptr<jobs::JobQueue> makeQueue(jobs::JobStore& store,
                                          const std::vector<workflow::JobKind>& kinds) {
    jobs::RunnerTable runners;
    for (const auto& kind : kinds)
        runners.emplace(kind.about.kind, kind.run);
    jobs::QueueOptions options;
    options.programVersion = BALMER_VERSION;
    return std::make_unique<jobs::JobQueue>(store, std::move(runners), options);
}

core::Result<jobs::Job> runIn(jobs::JobQueue& queue, jobs::JobSpec spec, core::TaskContext& task) {
    return queue.runHere(
        std::move(spec), task.stopToken(),
        [&task](double fraction, std::string_view stage) { (void)task.checkpoint(fraction, stage); },
        [&task](std::string_view name, double step, double value) { task.report(name, step, value); });
}

} // namespace

void publishJob(EventHub& hub, const jobs::JobEvent& event) {
    Event told;
    told.kind = Event::Kind::Job;
    told.job = event.job;
    hub.publish(told);
    if (event.kind != jobs::JobEvent::Kind::Phase || event.job.phase != jobs::Phase::Completed) return;
    if (const auto* const kind = findJobKind(event.job.spec.kind))
        for (const auto change : kind->changes)
            if (const auto what = eventOf(change)) hub.publish(*what);
}

namespace {

/// A full disk, or another program that writes without end, keeps no record: what changes nothing there goes
/// on without one.
bool goesUnkept(const std::string& kind, const core::Error& error) {
    const auto* const known = findJobKind(kind);
    return (error.code() == core::ErrorCode::ResourceExhausted ||
            error.code() == core::ErrorCode::DeadlineExceeded) &&
           known != nullptr && known->changes.empty();
}

} // namespace

struct LocalJobs::Unkept {
    Unkept(core::TemporaryFolder made, std::unique_ptr<store::Project> opened)
        : folder(std::move(made)), records(std::move(opened)) {}

    core::TemporaryFolder folder;
    std::unique_ptr<store::Project> records;
    std::unique_ptr<jobs::JobQueue> queue;
    jobs::Subscription watching;
};

LocalJobs::LocalJobs(store::Project& project, const std::vector<workflow::JobKind>& kinds,
                     std::size_t threads, std::shared_ptr<EventHub> hub, LocalWorkers& workers)
    : project_(project), kinds_(kinds), threads_(threads), hub_(std::move(hub)), workers_(workers) {
    queue_ = makeQueue(project_.jobs(), kinds_);
    watching_ = queue_->subscribe([this](const jobs::JobEvent& event) { publishJob(*hub_, event); });
}

LocalJobs::~LocalJobs() = default;

core::Result<LocalJobs::Unkept*> LocalJobs::unkeptFor(const std::string& kind) {
    const auto* const known = findJobKind(kind);
    if (known == nullptr || !known->changes.empty())
        return core::fail(core::ErrorCode::Io, project_.onlyReads());
    const core::LockGuard lock(making_);
    if (!unkept_) {
        BALMER_TRY(auto folder, core::TemporaryFolder::make());
        BALMER_TRY(auto records, store::Project::open(folder.path() / "records"));
        jobs::Job last; // from which the ids go on
        last.id = firstUnkept - 1;
        last.phase = jobs::Phase::Completed;
        BALMER_CHECK(records->adopt(last));
        BALMER_CHECK(records->jobs().remove(last.id));
        auto made = std::make_unique<Unkept>(std::move(folder), std::move(records));
        made->queue = makeQueue(made->records->jobs(), kinds_);
        made->watching =
            made->queue->subscribe([this](const jobs::JobEvent& event) { publishJob(*hub_, event); });
        unkept_ = std::move(made);
    }
    return unkept_.get();
}

LocalJobs::Unkept* LocalJobs::unkeptWith(jobs::JobId id) {
    const core::LockGuard lock(making_);
    return id >= firstUnkept ? unkept_.get() : nullptr;
}

jobs::JobStore& LocalJobs::recordsOf(jobs::JobId id) {
    auto* const unkept = unkeptWith(id);
    return unkept != nullptr ? unkept->records->jobs() : project_.jobs();
}

core::Result<jobs::JobId> LocalJobs::submit(jobs::JobSpec spec) {
    BALMER_CHECK(prepare(spec));
    if (project_.onlyReads().empty()) {
        auto kept = queue_->submit(spec);
        if (kept || !goesUnkept(spec.kind, kept.error())) return kept;
    }
    BALMER_TRY(auto* const unkept, unkeptFor(spec.kind));
    return unkept->queue->submit(std::move(spec));
}

core::Result<jobs::Job> LocalJobs::runHere(jobs::JobSpec spec, core::TaskContext& task) {
    BALMER_CHECK(prepare(spec));
    if (project_.onlyReads().empty()) {
        auto kept = runIn(*queue_, spec, task);
        if (kept || !goesUnkept(spec.kind, kept.error())) return kept;
    }
    BALMER_TRY(auto* const unkept, unkeptFor(spec.kind));
    BALMER_TRY(auto job, runIn(*unkept->queue, std::move(spec), task));
    job.id = 0; // nobody finds it afterwards
    return job;
}

core::Result<std::vector<jobs::Job>> LocalJobs::list() {
    BALMER_TRY(auto kept, project_.jobs().list({}));
    auto* const unkept = unkeptWith(firstUnkept);
    if (unkept == nullptr) return kept;
    BALMER_TRY(auto all, unkept->records->jobs().list({}));
    all.insert(all.end(), std::make_move_iterator(kept.begin()), std::make_move_iterator(kept.end()));
    return all;
}

core::Status LocalJobs::remove(jobs::JobId id) {
    auto* const unkept = unkeptWith(id);
    return (unkept != nullptr ? unkept->queue : queue_)->remove(id);
}

core::Result<jobs::JobId> LocalJobs::submit(jobs::JobSpec spec, const std::string& where) {
    if (where.empty() || where == "here") return submit(std::move(spec));
    BALMER_CHECK(prepare(spec));
    return workers_.submit(std::move(spec), where);
}

core::Status LocalJobs::abort(jobs::JobId id) {
    if (auto* const unkept = unkeptWith(id)) return unkept->queue->abort(id);
    BALMER_TRY(const auto known, project_.jobs().get(id));
    return known.remote ? workers_.abort(id) : queue_->abort(id);
}

core::Result<std::vector<std::pair<double, double>>> LocalJobs::series(jobs::JobId id,
                                                                       const std::string& name) {
    BALMER_TRY(const auto points, recordsOf(id).series(id));
    std::vector<std::pair<double, double>> values;
    for (const auto& point : points)
        if (point.name == name) values.emplace_back(point.step, point.value);
    return values;
}

core::Result<jobs::Job> LocalJobs::follow(jobs::JobId id, core::TaskContext& task) {
    struct Latest {
        std::mutex mutex;
        std::condition_variable came;
        std::optional<jobs::Job> job;
    };
    const auto latest = std::make_shared<Latest>();
    const auto listening = hub_->add([latest, id](const Event& event) {
        if (event.kind != Event::Kind::Job || event.job.id != id) return;
        const std::lock_guard lock(latest->mutex);
        latest->job = event.job;
        latest->came.notify_all();
    });
    BALMER_TRY(auto known, get(id));
    if (known.remote && !jobs::isFinal(known.phase)) BALMER_CHECK(workers_.attach(id));
    while (!jobs::isFinal(known.phase)) {
        BALMER_CHECK(task.checkpoint(known.progress, known.stage.empty() ? jobs::toString(known.phase)
                                                                         : std::string_view(known.stage)));
        std::unique_lock lock(latest->mutex);
        // Looked at again in any case: another process may end the job.
        latest->came.wait_for(lock, std::chrono::milliseconds(200), [&] { return latest->job.has_value(); });
        auto told = std::exchange(latest->job, std::nullopt);
        lock.unlock();
        if (told && !jobs::isFinal(told->phase)) {
            known = std::move(*told);
        } else {
            BALMER_TRY(known, get(id));
        }
    }
    return known;
}

} // namespace balmer::api
