#include "engine/remote/client/remote_jobs.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <tuple>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include <pthread.h>

#include "engine/core/crash_point.h"
#include "engine/core/file.h"
#include "engine/core/log.h"
#include "engine/remote/client/remote_jobs_state.h"
#include "engine/remote/client/wait_for.h"

namespace balmer::remote {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using jobs::Job;
using jobs::JobId;
using jobs::Phase;

namespace {

constexpr std::uint64_t incomingQuota = std::uint64_t{1} << 50;

std::string newKey() {
    const auto nonce = randomNonce();
    std::string digits;
    for (std::size_t i = 0; i < 16; ++i)
        for (const unsigned digit :
             {std::to_integer<unsigned>(nonce[i]) >> 4, std::to_integer<unsigned>(nonce[i]) & 15u})
            digits += "0123456789abcdef"[digit];
    return digits;
}

} // namespace

// --------------------------------------------------------------------------------------------------------
// state

RemoteJobs::State::Line& RemoteJobs::State::line(const std::string& worker) {
    auto& place = lines[worker];
    if (!place) {
        place = std::make_unique<Line>(io.get_executor(), worker);
        auto* made = place.get();
        setState(*made, Link::State::Idle);
        asio::co_spawn(
            io, [this, made]() -> asio::awaitable<void> { co_await serve(*made); }, asio::detached);
    }
    return *place;
}

void RemoteJobs::State::supervise(const std::string& worker, JobId id) {
    if (closing) return;
    auto& to = line(worker);
    to.known.insert(id);
    to.wake.notify();
}

void RemoteJobs::State::setState(Line& line, Link::State state, std::string trouble) {
    if (line.link.since.empty() || line.link.state != state) line.link.since = timeNow();
    line.link.state = state;
    line.link.trouble = std::move(trouble);
    if (line.client) line.link.greeting = line.client->greeting();
    countBytes(line);
    if (publishLink) publishLink(line.link);
}

void RemoteJobs::State::countBytes(Line& line) {
    if (line.client) {
        line.link.sent = line.client->bytesSent();
        line.link.received = line.client->bytesReceived();
    }
    show(line.link);
}

void RemoteJobs::State::show(const Link& link) {
    const std::lock_guard lock(linksMutex);
    const auto found = std::find_if(shown.begin(), shown.end(),
                                    [&](const Link& each) { return each.worker == link.worker; });
    if (found == shown.end())
        shown.push_back(link);
    else
        *found = link;
}

void RemoteJobs::State::publish(const Job& job, jobs::JobEvent::Kind kind,
                                std::vector<jobs::SeriesPoint> points) {
    if (publishJob) publishJob({kind, job, std::move(points), {}});
    if (jobs::isFinal(job.phase)) {
        const std::lock_guard lock(endMutex);
        ++ends;
        jobEnded.notify_all();
    }
}

/// Of a job that is being sent or fetched: shown, not kept.
void RemoteJobs::State::reportStage(JobId id, const std::string& stage) {
    const auto time = std::chrono::steady_clock::now();
    auto& last = stageReported[id];
    if (time - last < std::chrono::milliseconds(200)) return;
    last = time;
    auto job = store.get(id);
    if (!job) return;
    job->stage = stage;
    publish(*job, jobs::JobEvent::Kind::Progress);
}

asio::awaitable<Result<Job>> RemoteJobs::State::get(JobId id) {
    auto answer = offload(transfer, [this, id] { return store.get(id); });
    co_return co_await std::move(answer);
}

// --------------------------------------------------------------------------------------------------------
// a worker's line

asio::awaitable<void> RemoteJobs::State::serve(Line& line) {
    unsigned failures = 0;
    std::minstd_rand jitter(
        static_cast<unsigned>(std::chrono::steady_clock::now().time_since_epoch().count()));
    while (!closing) {
        if (line.known.empty()) {
            setState(line, Link::State::Idle);
            co_await line.wake.wait();
            continue;
        }
        const auto entry = book.get(line.link.worker);
        auto client = Result<std::shared_ptr<WorkerClient>>(nullptr);
        if (entry) {
            if (failures == 0) setState(line, Link::State::Connecting);
            auto settings = settingsFor(options.connect);
            settings.timing.ping = options.ping;
            client = co_await WorkerClient::open(io.get_executor(), *entry, std::move(settings));
        } else {
            client = fail(entry.error());
        }
        if (closing) {
            if (client && *client) (*client)->close();
            co_return;
        }
        if (!client) {
            setState(line, Link::State::Lost, client.error().message());
            const auto step = options.firstRetry * (1u << std::min(failures, 10u));
            ++failures;
            const auto pause = std::min<std::chrono::milliseconds>(step, options.lastRetry);
            const auto shorter = static_cast<long>(pause.count() / 4 + 1);
            co_await line.wake.wait(pause - std::chrono::milliseconds(static_cast<long>(jitter()) % shorter));
            continue;
        }
        failures = 0;
        line.client = std::move(*client);
        setState(line, Link::State::Connected);
        co_await whileConnected(line);
        line.client->close();
        const auto why = co_await line.client->ended();
        line.client.reset();
        if (closing) co_return;
        if (!line.known.empty()) {
            setState(line, Link::State::Lost, why.message());
            // A worker that ends its connections at once is not tried again without a pause.
            co_await line.wake.wait(
                std::min<std::chrono::milliseconds>(options.firstRetry, std::chrono::milliseconds(100)));
        }
    }
}

asio::awaitable<void> RemoteJobs::State::whileConnected(Line& line) {
    const auto client = line.client;
    // The end of the connection wakes the line, too.
    asio::co_spawn(
        io,
        [this, client, &line]() -> asio::awaitable<void> {
            (void)co_await client->ended();
            line.wake.notify();
        },
        asio::detached);
    const auto entry = book.get(line.link.worker);
    const auto atOnce = static_cast<std::size_t>(entry ? entry->jobsAtOnce : 1);
    while (!closing && !client->closed()) {
        for (const auto id : line.known) {
            if (line.driving.size() >= atOnce) break;
            if (!line.driving.insert(id).second) continue;
            asio::co_spawn(
                io, [this, &line, id]() -> asio::awaitable<void> { co_await drive(line, id); },
                asio::detached);
        }
        const bool idle = line.known.empty();
        if (idle)
            co_await line.wake.wait(options.closeAfter);
        else
            co_await line.wake.wait();
        if (idle && line.known.empty()) co_return;
        countBytes(line);
    }
    while (!line.driving.empty())
        co_await line.wake.wait();
}

// --------------------------------------------------------------------------------------------------------
// the face

RemoteJobs::RemoteJobs(jobs::JobStore& store, ParcelPort& ports, WorkerBook book, Options options,
                       JobObserver jobs, LinkObserver links)
    : state_(std::make_unique<State>(store, ports, std::move(book), std::move(options), std::move(jobs),
                                     std::move(links))) {
    auto* const state = state_.get();
    ObjectStoreOptions keeping;
    keeping.quotaBytes = incomingQuota;
    if (auto opened = ObjectStore::open(state->options.folder / "incoming", keeping))
        state->incoming = std::move(*opened);
    else
        state->incomingError = opened.error();
    state->work.emplace(state->io.get_executor());
    if (const auto begun = state->begin(); !begun)
        core::log::error("jobs on workers wait: " + begun.error().describe());
}

Status RemoteJobs::State::begin() {
    const std::lock_guard lock(beginning);
    if (thread.joinable()) return {};
    BALMER_TRY(thread, core::startThread([this] {
                   ::pthread_setname_np(::pthread_self(), "balmer-remote");
                   io.run();
                   ran.set_value();
               }));
    return {};
}

RemoteJobs::~RemoteJobs() {
    asio::post(state_->io, [state = state_.get()] {
        state->closing = true;
        state->stop.request_stop();
        for (const auto& [name, line] : state->lines) {
            if (line->client) line->client->close();
            line->wake.notify();
        }
        state->work.reset();
    });
    // What still waits for a network that does not answer is not waited for.
    if (!state_->thread.joinable() ||
        state_->ran.get_future().wait_for(std::chrono::seconds(1)) != std::future_status::ready)
        state_->io.stop();
    state_->thread.join();
    state_->transfer.join();
}

void RemoteJobs::begin() {
    asio::post(state_->io, [state = state_.get()] { state->resumeJobs(); });
}

Result<JobId> RemoteJobs::submit(jobs::JobSpec spec, const std::string& worker,
                                 const std::string& programVersion) {
    BALMER_TRY([[maybe_unused]] const auto entry, state_->book.get(worker));
    BALMER_CHECK(state_->begin());
    Job job;
    job.spec = std::move(spec);
    job.phase = Phase::Pending;
    job.created = timeNow();
    job.place = worker;
    job.programVersion = programVersion;
    job.remote = jobs::RemoteTicket{worker, newKey(), 0, false};
    BALMER_TRY(const auto id, state_->store.create(job));
    core::crashPoint("home.created");
    job.id = id;
    asio::post(state_->io, [state = state_.get(), job, worker] {
        state->publish(job, jobs::JobEvent::Kind::Phase);
        state->supervise(worker, job.id);
    });
    return id;
}

Status RemoteJobs::attach(JobId id) {
    BALMER_CHECK(state_->begin());
    BALMER_TRY(const auto job, state_->store.get(id));
    if (!job.remote)
        return fail(ErrorCode::InvalidArgument, "job " + std::to_string(id) + " does not run on a worker");
    if (!jobs::isFinal(job.phase))
        asio::post(state_->io,
                   [state = state_.get(), worker = job.remote->worker, id] { state->supervise(worker, id); });
    return {};
}

std::optional<std::string> RemoteJobs::choose(const jobs::JobSpec& spec) {
    const auto entries = state_->book.all();
    if (!entries || entries->empty()) return std::nullopt;
    Job job;
    job.spec = spec;
    job.remote = jobs::RemoteTicket{"", newKey(), 0, false};
    std::vector<ObjectId> objects;
    std::vector<std::int64_t> bytes;
    if (const auto files = state_->packed(job))
        for (const auto& file : **files)
            if (objects.size() < 1000) {
                objects.push_back(file.entry.object);
                bytes.push_back(file.entry.bytes);
            }
    (void)core::removeTree(state_->folderOf(job));

    struct Offer {
        std::string worker;
        std::int64_t present = 0; ///< bytes of the objects that it has
        std::int64_t ready = 0;   ///< slots that no job runs in or waits for
        auto rank() const { return std::tuple(ready > 0, present, ready); }
    };
    std::map<std::string, std::int64_t> onTheWay; ///< jobs that the worker has not got yet
    if (const auto known = state_->store.listRemote())
        for (const auto& each : *known)
            if (each.remote->lastEvent == 0) ++onTheWay[each.remote->worker];
    const auto ask = [&](const WorkerEntry& entry) -> std::optional<Offer> {
        auto status = waitFor<WorkerStatus>(
            [&](asio::any_io_executor executor) -> asio::awaitable<Result<WorkerStatus>> {
                auto settings = settingsFor(state_->options.connect);
                auto client = co_await WorkerClient::open(executor, entry, std::move(settings));
                if (!client) co_return fail(std::move(client).error());
                const auto& able = (*client)->greeting().capabilities;
                if (std::find(able.begin(), able.end(), "kind:" + spec.kind) == able.end()) {
                    (*client)->close();
                    co_return fail(ErrorCode::Unsupported, "the worker has no such kind");
                }
                auto answer = co_await (*client)->status(objects);
                (*client)->close();
                co_return answer;
            });
        if (!status) return std::nullopt;
        Offer offer{entry.name, 0, static_cast<std::int64_t>(status->limits.freeSlots)};
        offer.ready -= static_cast<std::int64_t>(status->waiting);
        if (const auto mine = onTheWay.find(entry.name); mine != onTheWay.end()) offer.ready -= mine->second;
        for (std::size_t i = 0; i < objects.size(); ++i)
            if (status->present[i]) offer.present += bytes[i];
        return offer;
    };
    std::vector<std::optional<Offer>> offers(entries->size());
    core::allAtOnce(offers.size(), [&](std::size_t i) { offers[i] = ask((*entries)[i]); });
    std::optional<Offer> best;
    for (const auto& offer : offers)
        if (offer && (!best || offer->rank() > best->rank())) best = offer;
    return best ? std::optional(best->worker) : std::nullopt;
}

Status RemoteJobs::abort(JobId id) {
    BALMER_CHECK(state_->store.requestAbort(id, timeNow()));
    asio::post(state_->io, [state = state_.get(), id] {
        const auto job = state->store.get(id);
        if (!job || !job->remote) return;
        state->publish(*job, jobs::JobEvent::Kind::Progress);
        state->supervise(job->remote->worker, id);
        const auto& line = state->line(job->remote->worker);
        // A job that no worker has reported ends here; if a worker has it after all, nobody asks for it.
        if (!line.client && job->phase == Phase::Pending && job->remote->lastEvent == 0) {
            asio::co_spawn(
                state->io,
                [state, id]() -> asio::awaitable<void> {
                    Error early(ErrorCode::Cancelled, "aborted on request before the worker had it");
                    (void)co_await state->endJob(id, Phase::Aborted, early);
                },
                asio::detached);
            return;
        }
        if (!line.client || !line.driving.contains(id)) return; // told when its turn comes
        asio::co_spawn(
            state->io,
            [client = line.client, key = job->remote->key]() -> asio::awaitable<void> {
                (void)co_await client->cancel(key);
            },
            asio::detached);
    });
    return {};
}

Status RemoteJobs::forget(const std::string& worker) {
    BALMER_TRY(const auto open, state_->store.listRemote());
    for (const auto& job : open) {
        if (job.remote->worker != worker || jobs::isFinal(job.phase)) continue;
        const Error gone(ErrorCode::Cancelled,
                         "its worker, " + worker + ", was forgotten; run it again elsewhere");
        BALMER_CHECK(state_->store.finish(job.id, Phase::Aborted, timeNow(), "", gone));
    }
    asio::post(state_->io, [state = state_.get(), open, worker] {
        if (const auto found = state->lines.find(worker); found != state->lines.end()) {
            found->second->known.clear();
            if (found->second->client) found->second->client->close();
            found->second->wake.notify();
        }
        for (const auto& job : open) {
            if (job.remote->worker != worker) continue;
            if (const auto now = state->store.get(job.id)) state->publish(*now, jobs::JobEvent::Kind::Phase);
            (void)core::removeTree(state->folderOf(job));
        }
    });
    return {};
}

Result<Job> RemoteJobs::wait(JobId id, std::stop_token stop) {
    const std::stop_callback wake(stop, [state = state_.get()] {
        const std::lock_guard lock(state->endMutex);
        state->jobEnded.notify_all();
    });
    std::unique_lock lock(state_->endMutex);
    while (true) {
        const auto before = state_->ends;
        lock.unlock();
        auto job = state_->store.get(id);
        lock.lock();
        if (!job || jobs::isFinal(job->phase) || stop.stop_requested()) return job;
        // Another process may end it, too; that is seen by looking.
        state_->jobEnded.wait_for(lock, std::chrono::seconds(1),
                                  [&] { return state_->ends != before || stop.stop_requested(); });
    }
}

std::vector<Link> RemoteJobs::links() const {
    const std::lock_guard lock(state_->linksMutex);
    return state_->shown;
}

void RemoteJobs::retryNow(const std::string& worker) {
    asio::post(state_->io, [state = state_.get(), worker] {
        if (const auto found = state->lines.find(worker); found != state->lines.end())
            found->second->wake.notify();
    });
}

} // namespace balmer::remote
