// The steps of a job: pack, send, listen, fetch, release; each begins again after a cut.
#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "engine/core/amount_text.h"
#include "engine/core/crash_point.h"
#include "engine/core/file.h"
#include "engine/core/files.h"
#include "engine/core/json_text.h"
#include "engine/core/log.h"
#include "engine/remote/client/remote_jobs_state.h"

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

constexpr auto retryAfterTrouble = std::chrono::seconds(10);

bool isKey(std::string_view text) {
    return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// "12.3 MB of 45.0 MB"
std::string share(std::uint64_t done, std::uint64_t all) {
    return core::bytesText(done) + " of " + core::bytesText(all);
}

bool maySucceedLater(const Error& error) {
    return error.code() == ErrorCode::ResourceExhausted || error.code() == ErrorCode::Io ||
           error.code() == ErrorCode::Store || error.code() == ErrorCode::DeadlineExceeded;
}

} // namespace

asio::awaitable<void> RemoteJobs::State::drive(Line& line, JobId id) {
    const auto client = line.client;
    while (!closing && !client->closed()) {
        auto done = co_await driveOnce(client, id);
        if (done) {
            line.known.erase(id);
            stageReported.erase(id);
            break;
        }
        if (client->closed() || closing) break;
        const auto error = done.error();
        if (maySucceedLater(error)) {
            reportStage(id, "waiting: " + error.message());
            core::log::warning("job " + std::to_string(id) + ": " + error.describe());
            co_await line.wake.wait(retryAfterTrouble);
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
        auto gone = releaseJob(client, *job, std::move(outputs));
        co_return co_await std::move(gone);
    }
    if (job->remote->abortWanted) {
        auto cancelled = co_await client->cancel(job->remote->key);
        if (!cancelled && cancelled.error().code() == ErrorCode::NotFound && !client->closed()) {
            const Error early(ErrorCode::Cancelled, "aborted on request before the worker had it");
            auto ended = co_await endJob(id, Phase::Aborted, early);
            if (!ended) co_return ended;
            auto gone = releaseJob(client, *job, {});
            co_return co_await std::move(gone);
        }
        if (!cancelled) co_return cancelled;
    } else {
        auto sent = co_await send(client, *job);
        if (!sent) co_return sent;
        // An abort that was requested before the worker had the job has reached nobody.
        auto now_ = co_await get(id);
        if (now_ && now_->remote && now_->remote->abortWanted) {
            auto cancelled = co_await client->cancel(job->remote->key);
            if (!cancelled) co_return cancelled;
        }
    }
    auto heard = co_await listen(client, id);
    if (!heard) co_return heard;
    co_return co_await fetch(client, id);
}

/// Packed once; what was packed is sent again after a cut, whatever has happened to the project since.
Result<std::shared_ptr<const std::vector<PackedFile>>> RemoteJobs::State::packed(const Job& job) {
    const auto folder = folderOf(job), list = folder / "parcel-list.json";
    core::TaskContext task(stop.get_token(), {});
    std::vector<NamedFile> files;
    if (const auto kept = core::readFile(list, 16u << 20)) {
        const auto all = core::parseJson<nlohmann::json>(*kept);
        if (!all || !all->is_array())
            return fail(ErrorCode::Io, list.string() + " is damaged; abort the job and run it again");
        for (const auto& each : *all)
            files.push_back({each.value("name", ""), std::filesystem::path(each.value("path", ""))});
    } else {
        BALMER_CHECK(core::makeFolders(folder));
        BALMER_TRY(files, ports.pack(job, folder, task));
        nlohmann::json all = nlohmann::json::array();
        for (const auto& file : files)
            all.push_back({{"name", file.name}, {"path", file.path.string()}});
        const auto text = core::exactJsonText(all);
        if (!text)
            return fail(ErrorCode::Unsupported, "the job cannot travel: the name of a file in " +
                                                    folder.string() + " " + text.error().message() +
                                                    "; run it here");
        BALMER_CHECK(core::writeFile(list, *text));
    }
    BALMER_TRY(auto measured, measure(files, manifests, task));
    return std::make_shared<const std::vector<PackedFile>>(std::move(measured));
}

asio::awaitable<Status> RemoteJobs::State::send(std::shared_ptr<WorkerClient> client, const Job& job) {
    const auto id = job.id;
    if (job.phase == Phase::Pending) reportStage(id, "packing");
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
                                  reportStage(id, "sending " + share(done, all));
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
                BALMER_TRY(const bool fresh, store.recordEvent(id, event));
                if (!fresh) return std::optional<Job>();
                core::crashPoint("home.heard");
                BALMER_TRY(auto known, store.get(id));
                return std::optional<Job>(std::move(known));
            });
            auto heard = co_await std::move(heardSoon);
            if (!heard) co_return fail(std::move(heard).error());
            if (*heard)
                publish(**heard,
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
        if (incomingError) co_return fail(*incomingError);
        auto downloading = download(client, transfer, *incoming, result->outputs,
                                    [this, id](std::uint64_t done, std::uint64_t all) {
                                        reportStage(id, "fetching " + share(done, all));
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
            return ports.commit(id, text, *kept, timeNow());
        });
        auto taken = co_await std::move(takenSoon);
        if (!taken) co_return fail(std::move(taken).error());
        core::crashPoint("home.committed");
        auto done = co_await get(id);
        countBytes(line(job->remote->worker)); // whoever sees the end of the job sees these, too
        if (done) publish(*done, jobs::JobEvent::Kind::Phase);
    }
    auto gone = releaseJob(client, *job, std::move(result->outputs));
    co_return co_await std::move(gone);
}

/// For a job that has ended here: the worker may forget it, and what was transferred is removed. The job's
/// folder goes last, so that all this is done again when it was cut short.
asio::awaitable<Status> RemoteJobs::State::releaseJob(std::shared_ptr<WorkerClient> client, const Job& job,
                                                      std::vector<jobs::ParcelEntry> outputs) {
    const auto folder = folderOf(job);
    auto released = co_await client->release(job.remote->key);
    if (!released && (client->closed() || maySucceedLater(released.error()))) co_return released;
    core::crashPoint("home.released");
    if (!released && released.error().code() == ErrorCode::InvalidArgument) {
        // It has ended here but not at the worker.
        auto cancelled = co_await client->cancel(job.remote->key);
        if (!cancelled && client->closed()) co_return cancelled;
    }
    auto clearing = offload(transfer, [this, folder, outputs]() -> Status {
        if (incoming)
            for (const auto& output : outputs)
                (void)incoming->remove(output.object);
        return core::removeTree(folder);
    });
    (void)co_await std::move(clearing);
    co_return Status();
}

asio::awaitable<Status> RemoteJobs::State::endJob(JobId id, Phase phase, Error error) {
    auto endedSoon = offload(transfer, [this, id, phase, error]() -> Result<Job> {
        BALMER_TRY(const auto known, store.get(id));
        if (!jobs::isFinal(known.phase)) BALMER_CHECK(store.finish(id, phase, timeNow(), "", error));
        return store.get(id);
    });
    auto ended = co_await std::move(endedSoon);
    if (!ended) co_return fail(std::move(ended).error());
    publish(*ended, jobs::JobEvent::Kind::Phase);
    co_return Status();
}

/// What an earlier process left: jobs that have not ended, and folders of jobs that have ended.
void RemoteJobs::State::resumeJobs() {
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
        supervise(job.remote->worker, job.id);
    }
    if (folders.empty()) return;
    const auto all = store.list({});
    if (!all) return core::log::warning("the jobs that have ended cannot be read: " + all.error().describe());
    for (const auto& job : *all)
        if (job.remote && book.get(job.remote->worker) && folders.erase(job.remote->key) > 0)
            supervise(job.remote->worker, job.id);
    // No job needs these; recent ones may be those of another process that chooses a worker.
    const auto young = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24);
    for (const auto& folder : folders)
        if (std::filesystem::last_write_time(options.folder / folder, ignored) < young)
            (void)core::removeTree(options.folder / folder);
}

} // namespace balmer::remote
