#include "engine/remote/client/remote_jobs.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>

#include <pthread.h>

#include "engine/core/clock.h"
#include "engine/core/crash_point.h"
#include "engine/core/files.h"
#include "engine/core/log.h"
#include "engine/remote/client/transfer.h"
#include "engine/remote/client/worker_client.h"
#include "engine/remote/transport/offload.h"

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

constexpr auto retryOfTrouble = std::chrono::seconds(10);
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

bool isKey(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string now() {
    return core::formatTime(core::systemClock().now());
}

/// "12.3 of 45.0 MB"
std::string share(std::uint64_t done, std::uint64_t all) {
    const auto text = [](std::uint64_t bytes) {
        const auto tenths = (bytes + 50'000) / 100'000;
        return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
    };
    return text(done) + " of " + text(all) + " MB";
}

bool maySucceedLater(const Error& error) {
    return error.code() == ErrorCode::ResourceExhausted || error.code() == ErrorCode::Io ||
           error.code() == ErrorCode::Store;
}

ClientSettings settingsFor(const WorkerProbe::Options& options) {
    ClientSettings settings;
    settings.connector = {options.ssh, options.identity, options.limit};
    settings.software = options.software;
    settings.user = options.user;
    settings.handshake = options.limit;
    return settings;
}

/// Objects that a job fetches, commits and takes away again: another job with an equal output waits
/// meanwhile.
class Fetching {
  public:
    explicit Fetching(const asio::any_io_executor& executor) : changed_(executor) {}

    class [[nodiscard]] Hold {
      public:
        Hold(std::shared_ptr<Fetching> owner, std::vector<ObjectId> objects)
            : owner_(std::move(owner)), objects_(std::move(objects)) {}
        Hold(Hold&&) noexcept = default;
        Hold& operator=(Hold&&) = delete;
        ~Hold() {
            if (!owner_) return;
            for (const auto& object : objects_)
                owner_->held_.erase(object);
            owner_->changed_.notify();
        }

      private:
        std::shared_ptr<Fetching> owner_;
        std::vector<ObjectId> objects_;
    };
    static asio::awaitable<Hold> hold(std::shared_ptr<Fetching> self,
                                      std::vector<jobs::ParcelEntry> outputs) {
        std::vector<ObjectId> objects;
        for (const auto& output : outputs)
            objects.push_back(output.object);
        while (std::any_of(objects.begin(), objects.end(),
                           [&](const auto& each) { return self->held_.contains(each); }))
            co_await self->changed_.wait();
        self->held_.insert(objects.begin(), objects.end());
        co_return Hold(self, std::move(objects));
    }

  private:
    std::set<ObjectId> held_;
    Signal changed_;
};

/// Runs the coroutine on a loop of its own and waits for it.
template <typename T, typename Make>
Result<T> waitFor(Make make) {
    asio::io_context io(1);
    std::optional<Result<T>> outcome;
    asio::co_spawn(
        io, [&]() -> asio::awaitable<void> { outcome.emplace(co_await make(io.get_executor())); },
        asio::detached);
    io.run();
    if (!outcome) return fail(ErrorCode::Internal, "the question to the worker ended without an answer");
    return std::move(*outcome);
}

} // namespace

// --------------------------------------------------------------------------------------------------------
// probes

Result<WorkerReport> WorkerProbe::ask(const WorkerEntry& entry) const {
    return waitFor<WorkerReport>(
        [&](asio::any_io_executor executor) -> asio::awaitable<Result<WorkerReport>> {
            auto settings = settingsFor(options_);
            auto client = co_await WorkerClient::open(executor, entry, std::move(settings));
            if (!client) co_return fail(std::move(client).error());
            WorkerReport report;
            report.greeting = (*client)->greeting();
            const auto began = std::chrono::steady_clock::now();
            auto status = co_await (*client)->status({});
            if (!status) co_return fail(std::move(status).error());
            report.answered = std::chrono::duration_cast<std::chrono::microseconds>(
                std::chrono::steady_clock::now() - began);
            report.greeting.limits = status->limits;
            report.running = status->running;
            report.waiting = status->waiting;
            report.objects = status->objects;
            auto listed = co_await (*client)->list();
            if (!listed) co_return fail(std::move(listed).error());
            for (auto& job : *listed)
                report.jobs.push_back({job.key, job.owner, job.kind, job.label, job.phase, job.stage,
                                       job.created, job.progress});
            (*client)->close();
            co_return report;
        });
}

Result<std::string> WorkerProbe::pair(const WorkerEntry& entry, const std::string& code) const {
    if (normalisedPairingCode(code).empty())
        return fail(ErrorCode::InvalidArgument, "\"" + code +
                                                    "\" is no pairing code; `balmer-worker pair` shows one, "
                                                    "four groups of four letters and digits");
    return waitFor<std::string>([&](asio::any_io_executor executor) -> asio::awaitable<Result<std::string>> {
        auto settings = settingsFor(options_);
        settings.pairingCode = normalisedPairingCode(code);
        settings.pairingName = options_.user;
        auto client = co_await WorkerClient::open(executor, entry, std::move(settings));
        if (!client) co_return fail(std::move(client).error());
        const auto fingerprint = (*client)->fingerprint();
        (*client)->close();
        if (fingerprint.empty())
            co_return fail(ErrorCode::InvalidArgument, entry.url + " needs no pairing; only tls:// does");
        co_return fingerprint;
    });
}

Result<RegisteredData> WorkerProbe::registerPath(const WorkerEntry& entry, const std::string& path) const {
    return waitFor<RegisteredData>(
        [&](asio::any_io_executor executor) -> asio::awaitable<Result<RegisteredData>> {
            auto settings = settingsFor(options_);
            auto client = co_await WorkerClient::open(executor, entry, std::move(settings));
            if (!client) co_return fail(std::move(client).error());
            auto made = co_await (*client)->registerPath(path);
            (*client)->close();
            if (!made) co_return fail(std::move(made).error());
            co_return RegisteredData{made->files, made->bytes, std::move(made->refused)};
        });
}

// --------------------------------------------------------------------------------------------------------
// state

struct RemoteJobs::State {
    /// One worker, as long as the program runs.
    struct Line {
        explicit Line(const asio::any_io_executor& executor, std::string given) : wake(executor) {
            link.worker = std::move(given);
        }
        Link link;
        Signal wake;
        std::shared_ptr<WorkerClient> client;
        std::set<JobId> known;   ///< that are to be looked after
        std::set<JobId> driving; ///< that are looked after now
    };

    State(jobs::JobStore& kept, ParcelPort& given, WorkerBook entries, Options chosen, JobObserver forJobs,
          LinkObserver forLinks)
        : store(kept), ports(given), book(std::move(entries)), options(std::move(chosen)),
          tellJob(std::move(forJobs)), tellLink(std::move(forLinks)), manifests(options.folder / "manifests"),
          io(1), transfer(2, "balmer-transfer") {}

    Line& line(const std::string& worker);
    void lookAfter(const std::string& worker, JobId id);
    void setState(Line& line, Link::State state, std::string trouble = {});
    void countBytes(Line& line);
    void show(const Link& link);
    void tell(const Job& job, jobs::JobEvent::Kind kind, std::vector<jobs::SeriesPoint> points = {});
    void tellStage(JobId id, const std::string& stage);

    asio::awaitable<void> serve(Line& line);
    asio::awaitable<void> whileConnected(Line& line);
    asio::awaitable<void> drive(Line& line, JobId id);
    asio::awaitable<Status> driveOnce(std::shared_ptr<WorkerClient> client, JobId id);
    asio::awaitable<Status> send(std::shared_ptr<WorkerClient> client, const Job& job);
    asio::awaitable<Status> listen(std::shared_ptr<WorkerClient> client, JobId id);
    asio::awaitable<Status> fetch(std::shared_ptr<WorkerClient> client, JobId id);
    asio::awaitable<Status> endJob(JobId id, Phase phase, Error error);
    asio::awaitable<Status> letGo(std::shared_ptr<WorkerClient> client, const Job& job,
                                  std::vector<jobs::ParcelEntry> outputs);
    void takeUp();
    asio::awaitable<Result<Job>> get(JobId id);
    Result<std::shared_ptr<const std::vector<PackedFile>>> packed(const Job& job);
    std::filesystem::path folderOf(const Job& job) const { return options.folder / job.remote->key; }

    jobs::JobStore& store;
    ParcelPort& ports;
    WorkerBook book;
    Options options;
    JobObserver tellJob;
    LinkObserver tellLink;
    ManifestCache manifests;
    std::unique_ptr<ObjectStore> incoming;
    std::optional<Error> noIncoming;

    mutable std::mutex linksMutex; ///< guards shown
    std::vector<Link> shown;
    std::mutex endMutex;
    std::condition_variable endCame; ///< some job became final
    std::uint64_t ends = 0;          ///< how many did; guarded by endMutex

    asio::io_context io;
    std::shared_ptr<Fetching> fetching = std::make_shared<Fetching>(io.get_executor());
    NamedPool transfer;
    std::map<std::string, std::unique_ptr<Line>> lines;
    std::map<JobId, std::chrono::steady_clock::time_point> stageTold;
    bool closing = false;
    std::stop_source stop;
    core::TaskContext task{stop.get_token(), {}};
    std::promise<void> ran;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
    std::thread thread;
};

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

void RemoteJobs::State::lookAfter(const std::string& worker, JobId id) {
    if (closing) return;
    auto& to = line(worker);
    to.known.insert(id);
    to.wake.notify();
}

void RemoteJobs::State::setState(Line& line, Link::State state, std::string trouble) {
    if (line.link.since.empty() || line.link.state != state) line.link.since = now();
    line.link.state = state;
    line.link.trouble = std::move(trouble);
    if (line.client) line.link.greeting = line.client->greeting();
    countBytes(line);
    if (tellLink) tellLink(line.link);
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

void RemoteJobs::State::tell(const Job& job, jobs::JobEvent::Kind kind,
                             std::vector<jobs::SeriesPoint> points) {
    if (tellJob) tellJob({kind, job, std::move(points), {}});
    if (jobs::isFinal(job.phase)) {
        const std::lock_guard lock(endMutex);
        ++ends;
        endCame.notify_all();
    }
}

/// Of a job that is being sent or fetched: shown, not kept.
void RemoteJobs::State::tellStage(JobId id, const std::string& stage) {
    const auto time = std::chrono::steady_clock::now();
    auto& last = stageTold[id];
    if (time - last < std::chrono::milliseconds(200)) return;
    last = time;
    auto job = store.get(id);
    if (!job) return;
    job->stage = stage;
    tell(*job, jobs::JobEvent::Kind::Progress);
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
            // A worker that ends its connections at once is not asked without a pause.
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
// a job's way

asio::awaitable<void> RemoteJobs::State::drive(Line& line, JobId id) {
    const auto client = line.client;
    while (!closing && !client->closed()) {
        auto done = co_await driveOnce(client, id);
        if (done) {
            line.known.erase(id);
            stageTold.erase(id);
            break;
        }
        if (client->closed() || closing) break;
        const auto error = done.error();
        if (maySucceedLater(error)) {
            tellStage(id, "waiting: " + error.message());
            core::log::warning("job " + std::to_string(id) + ": " + error.describe());
            co_await line.wake.wait(retryOfTrouble);
            continue;
        }
        if (error.code() == ErrorCode::NotFound) {
            auto job = co_await get(id);
            if (!job) { // removed here meanwhile
                line.known.erase(id);
                break;
            }
        }
        auto ended = co_await endJob(id, Phase::Error, error);
        if (ended) continue; // the worker is told
        core::log::warning("job " + std::to_string(id) + ": " + ended.error().describe());
        line.known.erase(id);
        break;
    }
    line.driving.erase(id);
    line.wake.notify();
}

asio::awaitable<Status> RemoteJobs::State::driveOnce(std::shared_ptr<WorkerClient> client, JobId id) {
    auto job = co_await get(id);
    if (!job) co_return fail(std::move(job).error());
    if (!job->remote) co_return Status();
    if (jobs::isFinal(job->phase)) {
        // This program, or another, ended between the end of the job and that of its folder.
        std::error_code ignored;
        if (!std::filesystem::exists(folderOf(*job), ignored)) co_return Status();
        auto result = co_await client->result(job->remote->key);
        auto outputs = result ? std::move(result->outputs) : std::vector<jobs::ParcelEntry>();
        auto holding = Fetching::hold(fetching, outputs);
        const auto held = co_await std::move(holding);
        auto gone = letGo(client, *job, std::move(outputs));
        co_return co_await std::move(gone);
    }
    if (job->remote->abortWanted) {
        auto told = co_await client->cancel(job->remote->key);
        if (!told && told.error().code() == ErrorCode::NotFound && !client->closed()) {
            const Error early(ErrorCode::Cancelled, "aborted on request before the worker had it");
            auto ended = co_await endJob(id, Phase::Aborted, early);
            if (!ended) co_return ended;
            auto gone = letGo(client, *job, {});
            co_return co_await std::move(gone);
        }
        if (!told) co_return told;
    } else {
        auto sent = co_await send(client, *job);
        if (!sent) co_return sent;
        // A wish to stop that came before the worker had the job was told to nobody.
        auto now_ = co_await get(id);
        if (now_ && now_->remote && now_->remote->abortWanted) {
            auto told = co_await client->cancel(job->remote->key);
            if (!told) co_return told;
        }
    }
    auto heard = co_await listen(client, id);
    if (!heard) co_return heard;
    co_return co_await fetch(client, id);
}

/// Packed once; what was packed is sent again after a cut, whatever has happened to the project since.
Result<std::shared_ptr<const std::vector<PackedFile>>> RemoteJobs::State::packed(const Job& job) {
    const auto folder = folderOf(job), list = folder / "parcel-list.json";
    std::vector<NamedFile> files;
    if (const auto kept = core::readFile(list, 16u << 20)) {
        const auto all = nlohmann::json::parse(*kept, nullptr, false);
        if (!all.is_array())
            return fail(ErrorCode::Io, list.string() + " is damaged; abort the job and run it again");
        for (const auto& each : all)
            files.push_back({each.value("name", ""), std::filesystem::path(each.value("path", ""))});
    } else {
        std::error_code error;
        std::filesystem::create_directories(folder, error);
        if (error) return fail(ErrorCode::Io, folder.string() + " cannot be made: " + error.message());
        BALMER_TRY(files, ports.pack(job, folder, task));
        nlohmann::json all = nlohmann::json::array();
        for (const auto& file : files)
            all.push_back({{"name", file.name}, {"path", file.path.string()}});
        BALMER_CHECK(core::writeFile(list, all.dump()));
    }
    BALMER_TRY(auto measured, measure(files, manifests, task));
    return std::make_shared<const std::vector<PackedFile>>(std::move(measured));
}

asio::awaitable<Status> RemoteJobs::State::send(std::shared_ptr<WorkerClient> client, const Job& job) {
    const auto id = job.id;
    if (job.phase == Phase::Pending) tellStage(id, "packing");
    auto specSoon = offload(transfer, [this, job] { return ports.describe(job); });
    auto spec = co_await std::move(specSoon);
    if (!spec) co_return fail(std::move(spec).error());
    auto filesSoon = offload(transfer, [this, job] { return packed(job); });
    auto files = co_await std::move(filesSoon);
    if (!files) co_return fail(std::move(files).error());
    core::crashPoint("home.packed");
    std::vector<jobs::ParcelEntry> entries;
    for (const auto& file : **files)
        entries.push_back(file.entry);
    while (true) {
        auto answer = co_await client->submit(job.remote->key, *spec, entries);
        if (!answer) co_return fail(std::move(answer).error());
        core::crashPoint("home.submitted");
        if (answer->missing.empty()) co_return Status();
        auto sending = upload(client, transfer, *files, answer->missing,
                              [this, id](std::uint64_t done, std::uint64_t all) {
                                  tellStage(id, "sending " + share(done, all));
                              });
        auto sent = co_await std::move(sending);
        if (!sent) co_return sent;
    }
}

asio::awaitable<Status> RemoteJobs::State::listen(std::shared_ptr<WorkerClient> client, JobId id) {
    auto job = co_await get(id);
    if (!job) co_return fail(std::move(job).error());
    auto watching = client->watch(
        job->remote->key, job->remote->lastEvent,
        [this, id](jobs::RemoteEvent event, bool final) -> asio::awaitable<Status> {
            if (final) co_return Status(); // told with the result
            auto heardSoon = offload(transfer, [this, id, event]() -> Result<std::optional<Job>> {
                BALMER_TRY(const bool fresh, store.hear(id, event));
                if (!fresh) return std::optional<Job>();
                core::crashPoint("home.heard");
                BALMER_TRY(auto known, store.get(id));
                return std::optional<Job>(std::move(known));
            });
            auto heard = co_await std::move(heardSoon);
            if (!heard) co_return fail(std::move(heard).error());
            if (*heard)
                tell(**heard,
                     event.points.empty() ? jobs::JobEvent::Kind::Phase : jobs::JobEvent::Kind::Progress,
                     std::move(event.points));
            co_return Status();
        });
    co_return co_await std::move(watching);
}

asio::awaitable<Status> RemoteJobs::State::fetch(std::shared_ptr<WorkerClient> client, JobId id) {
    auto job = co_await get(id);
    if (!job) co_return fail(std::move(job).error());
    if (jobs::isFinal(job->phase)) co_return Status(); // another process was quicker
    const auto key = job->remote->key;
    auto result = co_await client->result(key);
    if (!result) co_return fail(std::move(result).error());
    auto holding = Fetching::hold(fetching, result->outputs);
    const auto held = co_await std::move(holding);
    if (result->phase != Phase::Completed) {
        auto ended = co_await endJob(
            id, result->phase,
            result->error.value_or(Error(ErrorCode::Remote, "the job ended at the worker without a reason")));
        if (!ended) co_return ended;
    } else {
        if (noIncoming) co_return fail(*noIncoming);
        auto downloading = download(client, transfer, *incoming, result->outputs,
                                    [this, id](std::uint64_t done, std::uint64_t all) {
                                        tellStage(id, "fetching " + share(done, all));
                                    });
        auto files = co_await std::move(downloading);
        if (!files) co_return fail(std::move(files).error());
        core::crashPoint("home.downloaded");
        const auto kept = std::make_shared<std::vector<NamedFile>>(std::move(*files));
        auto takenSoon = offload(transfer, [this, id, kept, text = result->result]() mutable -> Result<bool> {
            const auto long_ = std::find_if(kept->begin(), kept->end(), [](const NamedFile& file) {
                return file.name == longResultName;
            });
            if (long_ != kept->end()) {
                BALMER_TRY(text, core::readFile(long_->path, 64u << 20));
                kept->erase(long_);
            }
            return ports.commit(id, text, *kept, now());
        });
        auto taken = co_await std::move(takenSoon);
        if (!taken) co_return fail(std::move(taken).error());
        core::crashPoint("home.committed");
        auto done = co_await get(id);
        countBytes(line(job->remote->worker)); // whoever sees the end of the job sees these, too
        if (done) tell(*done, jobs::JobEvent::Kind::Phase);
    }
    auto gone = letGo(client, *job, std::move(result->outputs));
    co_return co_await std::move(gone);
}

/// Of a job that has ended here: the worker may forget it, and what was under way goes. The job's folder goes
/// last, so that all this is done again when it was cut short.
asio::awaitable<Status> RemoteJobs::State::letGo(std::shared_ptr<WorkerClient> client, const Job& job,
                                                 std::vector<jobs::ParcelEntry> outputs) {
    const auto folder = folderOf(job);
    auto released = co_await client->release(job.remote->key);
    if (!released && (client->closed() || maySucceedLater(released.error()))) co_return released;
    core::crashPoint("home.released");
    if (!released && released.error().code() == ErrorCode::InvalidArgument) {
        // It ended here alone, and is of no use there any more.
        auto told = co_await client->cancel(job.remote->key);
        if (!told && client->closed()) co_return told;
    }
    auto clearing = offload(transfer, [this, folder, outputs]() -> Status {
        if (incoming)
            for (const auto& output : outputs)
                (void)incoming->remove(output.object);
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
        return {};
    });
    (void)co_await std::move(clearing);
    co_return Status();
}

asio::awaitable<Status> RemoteJobs::State::endJob(JobId id, Phase phase, Error error) {
    auto endedSoon = offload(transfer, [this, id, phase, error]() -> Result<Job> {
        BALMER_TRY(const auto known, store.get(id));
        if (!jobs::isFinal(known.phase)) BALMER_CHECK(store.finish(id, phase, now(), "", error));
        return store.get(id);
    });
    auto ended = co_await std::move(endedSoon);
    if (!ended) co_return fail(std::move(ended).error());
    tell(*ended, jobs::JobEvent::Kind::Phase);
    co_return Status();
}

/// What an earlier process left: jobs that have not ended, and folders of jobs that have.
void RemoteJobs::State::takeUp() {
    // The folders first, for a job is in the store before it has one.
    std::set<std::string> folders;
    std::error_code error, ignored;
    for (std::filesystem::directory_iterator each(options.folder, error), end; !error && each != end;
         each.increment(error))
        if (isKey(each->path().filename().string())) folders.insert(each->path().filename().string());
    const auto open = store.listRemote();
    if (!open) return core::log::warning("the jobs on workers cannot be read: " + open.error().describe());
    for (const auto& job : *open) {
        folders.erase(job.remote->key);
        lookAfter(job.remote->worker, job.id);
    }
    if (folders.empty()) return;
    const auto all = store.list({});
    if (!all) return core::log::warning("the jobs that have ended cannot be read: " + all.error().describe());
    for (const auto& job : *all)
        if (job.remote && book.get(job.remote->worker) && folders.erase(job.remote->key) > 0)
            lookAfter(job.remote->worker, job.id);
    // Nobody is left to whom these could matter; young ones may be those of another process's question.
    const auto young = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24);
    for (const auto& folder : folders)
        if (std::filesystem::last_write_time(options.folder / folder, ignored) < young)
            std::filesystem::remove_all(options.folder / folder, ignored);
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
    std::error_code ignored;
    std::filesystem::create_directories(state->options.folder, ignored);
    if (auto opened = ObjectStore::open(state->options.folder / "incoming", keeping))
        state->incoming = std::move(*opened);
    else
        state->noIncoming = opened.error();
    state->work.emplace(state->io.get_executor());
    state->thread = std::thread([state] {
        ::pthread_setname_np(::pthread_self(), "balmer-remote");
        state->io.run();
        state->ran.set_value();
    });
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
    if (state_->ran.get_future().wait_for(std::chrono::seconds(1)) != std::future_status::ready)
        state_->io.stop();
    state_->thread.join();
    state_->transfer.join();
}

void RemoteJobs::begin() {
    asio::post(state_->io, [state = state_.get()] { state->takeUp(); });
}

Result<JobId> RemoteJobs::submit(jobs::JobSpec spec, const std::string& worker,
                                 const std::string& programVersion) {
    BALMER_TRY([[maybe_unused]] const auto entry, state_->book.get(worker));
    Job job;
    job.spec = std::move(spec);
    job.phase = Phase::Pending;
    job.created = now();
    job.place = worker;
    job.programVersion = programVersion;
    job.remote = jobs::RemoteTicket{worker, newKey(), 0, false};
    BALMER_TRY(const auto id, state_->store.create(job));
    core::crashPoint("home.created");
    job.id = id;
    asio::post(state_->io, [state = state_.get(), job, worker] {
        state->tell(job, jobs::JobEvent::Kind::Phase);
        state->lookAfter(worker, job.id);
    });
    return id;
}

Status RemoteJobs::attach(JobId id) {
    BALMER_TRY(const auto job, state_->store.get(id));
    if (!job.remote)
        return fail(ErrorCode::InvalidArgument, "job " + std::to_string(id) + " does not run on a worker");
    if (!jobs::isFinal(job.phase))
        asio::post(state_->io,
                   [state = state_.get(), worker = job.remote->worker, id] { state->lookAfter(worker, id); });
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
    std::error_code ignored;
    std::filesystem::remove_all(state_->folderOf(job), ignored);

    struct Offer {
        std::string worker;
        std::int64_t present = 0;
        unsigned free = 0;
    };
    std::vector<std::future<std::optional<Offer>>> asked;
    for (const auto& entry : *entries)
        asked.push_back(std::async(std::launch::async, [&, entry]() -> std::optional<Offer> {
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
                    auto told = co_await (*client)->status(objects);
                    (*client)->close();
                    co_return told;
                });
            if (!status) return std::nullopt;
            Offer offer{entry.name, 0, status->limits.freeSlots};
            for (std::size_t i = 0; i < objects.size(); ++i)
                if (status->present[i]) offer.present += bytes[i];
            return offer;
        }));
    std::optional<Offer> best;
    for (auto& each : asked) {
        const auto offer = each.get();
        if (offer && (!best || std::pair(offer->present, offer->free) > std::pair(best->present, best->free)))
            best = offer;
    }
    return best ? std::optional(best->worker) : std::nullopt;
}

Status RemoteJobs::abort(JobId id) {
    BALMER_CHECK(state_->store.requestAbort(id, now()));
    asio::post(state_->io, [state = state_.get(), id] {
        const auto job = state->store.get(id);
        if (!job || !job->remote) return;
        state->tell(*job, jobs::JobEvent::Kind::Progress);
        state->lookAfter(job->remote->worker, id);
        const auto& line = state->line(job->remote->worker);
        // What no worker has told of needs none to end; should one have it all the same, nobody asks for it.
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

Result<Job> RemoteJobs::wait(JobId id, std::stop_token stop) {
    const std::stop_callback wake(stop, [state = state_.get()] {
        const std::lock_guard lock(state->endMutex);
        state->endCame.notify_all();
    });
    std::unique_lock lock(state_->endMutex);
    while (true) {
        const auto before = state_->ends;
        lock.unlock();
        auto job = state_->store.get(id);
        lock.lock();
        if (!job || jobs::isFinal(job->phase) || stop.stop_requested()) return job;
        // Another process may end it, too; that is seen by looking.
        state_->endCame.wait_for(lock, std::chrono::seconds(1),
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
