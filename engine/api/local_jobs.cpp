#include "engine/api/local_jobs.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "engine/api/job_kinds.h"
#include "engine/core/temporary_folder.h"

namespace balmer::api {

namespace {

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

LocalJobs::LocalJobs(store::Project& project, const std::vector<workflow::JobKind>& kinds,
                     std::size_t threads, std::shared_ptr<EventHub> hub, LocalWorkers& workers)
    : project_(project), kinds_(kinds), threads_(threads), hub_(std::move(hub)), workers_(workers) {
    queue_ = makeQueue(project_.jobs(), kinds_);
    watching_ = queue_->subscribe([this](const jobs::JobEvent& event) { publishJob(*hub_, event); });
}

core::Result<jobs::JobId> LocalJobs::submit(jobs::JobSpec spec) {
    BALMER_CHECK(prepare(spec));
    return queue_->submit(std::move(spec));
}

core::Result<jobs::Job> LocalJobs::runHere(jobs::JobSpec spec, core::TaskContext& task) {
    BALMER_CHECK(prepare(spec));
    return project_.onlyReads().empty() ? runIn(*queue_, std::move(spec), task)
                                        : runUnkept(std::move(spec), task);
}

core::Result<jobs::Job> LocalJobs::runUnkept(jobs::JobSpec spec, core::TaskContext& task) {
    const auto* const kind = findJobKind(spec.kind);
    if (kind == nullptr || !kind->changes.empty())
        return core::fail(core::ErrorCode::Io, project_.onlyReads());
    BALMER_TRY(const auto folder, core::TemporaryFolder::make());
    BALMER_TRY(const auto records, store::Project::open(folder.path() / "records"));
    BALMER_TRY(auto job, runIn(*makeQueue(records->jobs(), kinds_), std::move(spec), task));
    job.id = 0;
    return job;
}

core::Result<jobs::JobId> LocalJobs::submit(jobs::JobSpec spec, const std::string& where) {
    if (where.empty() || where == "here") return submit(std::move(spec));
    BALMER_CHECK(prepare(spec));
    return workers_.submit(std::move(spec), where);
}

core::Status LocalJobs::abort(jobs::JobId id) {
    BALMER_TRY(const auto known, project_.jobs().get(id));
    return known.remote ? workers_.abort(id) : queue_->abort(id);
}

core::Result<std::vector<std::pair<double, double>>> LocalJobs::series(jobs::JobId id,
                                                                       const std::string& name) {
    BALMER_TRY(const auto points, project_.jobs().series(id));
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
    BALMER_TRY(auto known, project_.jobs().get(id));
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
            BALMER_TRY(known, project_.jobs().get(id));
        }
    }
    return known;
}

} // namespace balmer::api
