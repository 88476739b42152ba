#include "engine/remote/server/job_runner.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/core/crash_point.h"
#include "engine/core/file.h"
#include "engine/core/files.h"
#include "engine/core/json_text.h"
#include "engine/core/log.h"
#include "engine/core/pending_file.h"
#include "engine/remote/protocol/messages.h"
#include "engine/remote/transport/offload.h"

extern char** environ;

namespace balmer::remote {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using jobs::Phase;
using nlohmann::json;

namespace {

constexpr std::size_t resultTextLimit = 256u << 10;
constexpr std::size_t lineLimit = 4u << 20;
constexpr std::size_t eventBytesAtMost = 128u << 10; ///< bytes of log and series in an event, roughly
constexpr auto noteInterval = std::chrono::milliseconds(250);
constexpr auto shortageInterval = std::chrono::seconds(1);
constexpr auto graceAfterStop = std::chrono::seconds(10);

std::string textIn(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Error errorIn(const json& object) {
    Error error(core::errorCodeFrom(textIn(object, "code")), textIn(object, "message"));
    if (const auto context = object.find("context"); context != object.end() && context->is_array())
        for (const auto& doing : *context)
            if (doing.is_string()) error.during(doing.get<std::string>());
    return error;
}

std::string lineOf(const json& object) {
    return core::jsonText(object) + "\n";
}

Bytes bytesOf(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

/// The whole file as an object of the store.
Result<jobs::ParcelEntry> keepFile(ObjectStore& store, jobs::WorkerJournal& journal, const std::string& name,
                                   const std::filesystem::path& path) {
    core::TaskContext task;
    BALMER_TRY(const auto manifest, manifestOfFile(path, task));
    const auto id = objectIdOf(manifest);
    BALMER_TRY(const auto missing, offerMakingRoom(store, journal, manifest));
    BALMER_TRY(const auto file, core::File::open(path, core::File::Use::Read));
    std::vector<std::byte> chunk;
    for (const auto index : missing) {
        chunk.resize(chunkBytes(manifest, index));
        BALMER_CHECK(file.readAt(std::uint64_t{index} * chunkSize, chunk));
        BALMER_TRY([[maybe_unused]] const bool whole, store.put(id, index, chunk));
    }
    return jobs::ParcelEntry{name, id, static_cast<std::int64_t>(manifest.size)};
}

/// The folder that the child works in: spec.json, and inputs/NAME as links to the objects.
Status prepareFolder(const std::filesystem::path& folder, const jobs::WorkerJob& job, ObjectStore& store) {
    BALMER_CHECK(core::removeTree(folder));
    BALMER_CHECK(core::makeFolders(folder / "inputs"));
    for (const auto& entry : job.inputs) {
        if (!isParcelName(entry.name))
            return fail(ErrorCode::Format, "a file of the parcel has no proper name");
        BALMER_TRY(const auto path, store.pathOf(entry.object));
        std::error_code error;
        std::filesystem::create_symlink(path, folder / "inputs" / entry.name, error);
        if (error) return fail(core::systemError("write", folder / "inputs" / entry.name, error.value()));
    }
    return core::replaceFile(folder / "spec.json", job.spec);
}

} // namespace

Result<std::vector<std::uint32_t>> offerMakingRoom(ObjectStore& objects, jobs::WorkerJournal& journal,
                                                   const Manifest& manifest) {
    core::TaskContext task;
    auto missing = objects.offer(manifest, task);
    if (missing || missing.error().code() != ErrorCode::ResourceExhausted) return missing;
    Collection unused;
    BALMER_TRY(unused.inUse, journal.objectsInUse());
    unused.roomForBytes = manifest.size;
    BALMER_TRY([[maybe_unused]] const auto freed, objects.gc(unused));
    return objects.offer(manifest, task);
}

namespace {

/// The system refused something for one of these reasons.
bool isRefusal(const Error& error, std::initializer_list<int> codes) {
    return error.code() == ErrorCode::ResourceExhausted &&
           std::any_of(codes.begin(), codes.end(), [&](int code) {
               return error.message().find(std::strerror(code)) != std::string::npos;
           });
}

bool isShortage(const Error& error) {
    return isRefusal(error, {EMFILE, ENFILE});
}

} // namespace

Error withRoomHint(Error error) {
    if (!isRefusal(error, {ENOSPC, EDQUOT})) return error;
    Error hinting(error.code(), error.message() + "; `balmer-worker gc` there drops what no job uses");
    for (const auto& doing : error.context())
        hinting.during(doing);
    return hinting;
}

// --------------------------------------------------------------------------------------------------------
// children

struct JobRunner::Child {
    pid_t pid = -1;
    std::unique_ptr<Stream> stream;
    std::string rest; ///< begun lines
    bool reaped = false;

    ~Child() {
        if (pid > 0 && !reaped) {
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
        }
    }
};

/// What a running job has reported since it was last noted.
struct JobRunner::Report {
    jobs::RemoteEvent event;
    bool anything = false;
    std::size_t bytes = 0; ///< of points and lines
    std::chrono::steady_clock::time_point noted = {};
};

JobRunner::JobRunner(asio::any_io_executor executor, NamedPool& disk, jobs::WorkerJournal& journal,
                     ObjectStore& objects, Options options, std::function<void(const std::string&)> changed)
    : executor_(std::move(executor)), disk_(disk), journal_(journal), objects_(objects),
      options_(std::move(options)), changed_(std::move(changed)), alive_(std::make_shared<bool>(true)),
      stopped_(executor_) {}

JobRunner::~JobRunner() {
    *alive_ = false;
}

Result<std::shared_ptr<JobRunner::Child>> JobRunner::spawn() {
    int toChild[2], fromChild[2];
    if (::pipe2(toChild, O_CLOEXEC) != 0)
        return fail(core::systemError("make a pipe to", options_.command[0]));
    if (::pipe2(fromChild, O_CLOEXEC) != 0) {
        const int reason = errno;
        ::close(toChild[0]);
        ::close(toChild[1]);
        return fail(core::systemError("make a pipe to", options_.command[0], reason));
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, toChild[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    std::vector<char*> words;
    for (auto& word : options_.command)
        words.push_back(word.data());
    words.push_back(nullptr);
    auto made = std::make_shared<Child>();
    const int failed = ::posix_spawn(&made->pid, words[0], &actions, nullptr, words.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(toChild[0]);
    ::close(fromChild[1]);
    if (failed != 0) {
        made->pid = -1;
        ::close(toChild[1]);
        ::close(fromChild[0]);
        return fail(core::systemError("start", options_.command[0], failed));
    }
    BALMER_TRY(made->stream, streamOverPipes(executor_, fromChild[0], toChild[1]));
    return made;
}

Result<std::shared_ptr<JobRunner::Child>> JobRunner::child() {
    if (idle_.empty()) return spawn();
    auto kept = std::move(idle_.back());
    idle_.pop_back();
    return kept;
}

// --------------------------------------------------------------------------------------------------------
// the queue

Status JobRunner::resume() {
    BALMER_TRY(const auto left, journal_.unfinished());
    std::set<std::string> wanted;
    for (const auto& job : left) {
        wanted.insert(job.key);
        if (job.cancelWanted) cancelled_.insert(job.key);
        if (job.phase != Phase::Pending || job.cancelWanted) queue_.push_back(job.key);
    }
    // Folders of jobs that had ended when the worker was killed.
    std::error_code error;
    for (std::filesystem::directory_iterator each(options_.folder, error), end; !error && each != end;
         each.increment(error))
        if (!wanted.contains(each->path().filename().string())) (void)core::removeTree(each->path());
    startNext();
    if (running_.empty() && idle_.empty() && !stopping_)
        if (auto spare = spawn()) idle_.push_back(std::move(*spare));
    return {};
}

void JobRunner::enqueue(const std::string& key) {
    if (running_.contains(key) || std::find(queue_.begin(), queue_.end(), key) != queue_.end()) return;
    queue_.push_back(key);
    startNext();
}

void JobRunner::cancel(const std::string& key) {
    cancelled_.insert(key);
    const auto found = running_.find(key);
    if (found == running_.end()) {
        std::erase(queue_, key);
        asio::co_spawn(
            executor_,
            [this, key]() -> asio::awaitable<void> {
                co_await end(key, Error(ErrorCode::Cancelled, "aborted on request"));
                cancelled_.erase(key);
                changed_(key);
            },
            asio::detached);
        return;
    }
    if (!found->second) return;
    const auto child = found->second;
    asio::co_spawn(
        executor_,
        [this, alive = alive_, key, child]() -> asio::awaitable<void> {
            const auto line = lineOf({{"stop", true}});
            (void)co_await child->stream->write(bytesOf(line), {});
            co_await stopped_.wait(graceAfterStop);
            if (!*alive) co_return;
            if (const auto still = running_.find(key); still != running_.end() && still->second == child)
                ::kill(child->pid, SIGKILL);
        },
        asio::detached);
}

void JobRunner::startNext() {
    while (!stopping_ && !queue_.empty() && running_.size() < options_.slots) {
        auto key = std::move(queue_.front());
        queue_.pop_front();
        running_.emplace(key, nullptr);
        asio::co_spawn(
            executor_, [this, key]() -> asio::awaitable<void> { co_await run(key); }, asio::detached);
    }
}

void JobRunner::stop() {
    stopping_ = true;
    queue_.clear();
    idle_.clear();
    stopped_.notify();
    for (auto& [key, child] : running_)
        if (child) {
            ::kill(child->pid, SIGKILL);
            child->stream->close();
        }
}

// --------------------------------------------------------------------------------------------------------
// one job

asio::awaitable<void> JobRunner::run(std::string key) {
    auto done = co_await perform(key);
    // Descriptors come back; that there are none now is no reason for a job to end.
    while (!done && isShortage(done.error()) && !stopping_ && !cancelled_.contains(key)) {
        core::log::warning("job " + key + " waits: " + done.error().describe());
        co_await stopped_.wait(shortageInterval);
        if (!stopping_) done = co_await perform(key);
    }
    if (!done && !stopping_) {
        co_await end(key, done.error());
        changed_(key);
    }
    running_.erase(key);
    cancelled_.erase(key);
    if (!stopping_) {
        const auto folder = options_.folder / key;
        auto clearing = offload(disk_, [folder] { return core::removeTree(folder); });
        (void)co_await std::move(clearing);
    }
    startNext();
}

asio::awaitable<void> JobRunner::end(const std::string& key, Error error) {
    const bool stopped = cancelled_.contains(key);
    const auto phase = stopped ? Phase::Aborted : Phase::Error;
    error = stopped ? Error(ErrorCode::Cancelled, "aborted on request") : withRoomHint(std::move(error));
    auto notedSoon = offload(
        disk_, [this, key, phase, error]() -> Status { return journal_.finish(key, phase, "", error, {}); });
    auto noted = co_await std::move(notedSoon);
    if (!noted)
        core::log::warning("job " + key + " has ended, which cannot be noted: " + noted.error().describe());
}

asio::awaitable<Status> JobRunner::perform(const std::string& key) {
    auto foundSoon = offload(disk_, [this, key] { return journal_.find(key, ""); });
    auto found = co_await std::move(foundSoon);
    if (!found) co_return fail(std::move(found).error());
    if (!*found) co_return fail(ErrorCode::Internal, "the job has gone from the journal");
    const auto job = std::move(**found);
    if (jobs::isFinal(job.phase)) co_return Status();
    if (cancelled_.contains(key)) co_return fail(ErrorCode::Cancelled, "aborted on request");

    // A child of an earlier process may have ended its work just before the worker was killed.
    auto before = co_await collect(key);
    if (before || isShortage(before.error())) co_return before;

    if (job.attempts >= options_.attempts)
        co_return fail(ErrorCode::Internal, "the worker ended " + std::to_string(job.attempts) +
                                                " times while it ran this job; ask its operator, or give the "
                                                "job less to do");
    const auto folder = options_.folder / key;
    auto preparedSoon =
        offload(disk_, [this, folder, job]() -> Status { return prepareFolder(folder, job, objects_); });
    auto prepared = co_await std::move(preparedSoon);
    if (!prepared) co_return prepared;
    auto got = child();
    if (!got) co_return fail(std::move(got).error());
    const auto worker = std::move(*got);
    auto readySoon = offload(disk_, [this, job]() -> Status {
        BALMER_CHECK(journal_.beginAttempt(job.key));
        core::crashPoint("worker.begun");
        jobs::RemoteEvent began;
        began.device = options_.device;
        began.programVersion = options_.programVersion;
        return journal_.note(job.key, began);
    });
    auto ready = co_await std::move(readySoon);
    if (!ready) co_return ready;
    changed_(key);
    running_[key] = worker;
    if (cancelled_.contains(key)) cancel(key);
    auto answered = co_await converse(key, worker);
    const bool healthy = answered || answered.error().code() != ErrorCode::Internal || worker->reaped;
    running_[key] = nullptr;
    if (!worker->reaped && healthy && !stopping_) co_await keepIdle(worker);
    if (!answered) co_return answered;
    core::crashPoint("worker.child-done");
    co_return co_await collect(key);
}

asio::awaitable<void> JobRunner::keepIdle(std::shared_ptr<Child> child) {
    if (idle_.empty()) idle_.push_back(std::move(child));
    co_return;
}

asio::awaitable<Status> JobRunner::converse(const std::string& key, const std::shared_ptr<Child>& child) {
    const auto order = lineOf({{"job", (options_.folder / key).string()}, {"threads", options_.threads}});
    auto sent = co_await child->stream->write(bytesOf(order), {});
    Report report;
    std::vector<std::byte> buffer(64u << 10);
    const auto note = [&]() -> asio::awaitable<void> {
        report.anything = false;
        report.bytes = 0;
        report.noted = std::chrono::steady_clock::now();
        jobs::RemoteEvent next;
        next.progress = report.event.progress;
        next.stage = report.event.stage;
        const auto event = std::exchange(report.event, std::move(next));
        auto notedSoon = offload(disk_, [this, key, event] { return journal_.note(key, event); });
        auto noted = co_await std::move(notedSoon);
        if (!noted) core::log::warning("job " + key + ": " + noted.error().describe());
        changed_(key);
    };
    while (sent) {
        std::size_t from = 0;
        std::optional<json> done;
        for (auto end = child->rest.find('\n'); end != std::string::npos && !done;
             end = child->rest.find('\n', from)) {
            const auto parsed = core::parseJson<json>(std::string_view(child->rest).substr(from, end - from));
            report.bytes += end - from;
            from = end + 1;
            if (!parsed || !parsed->is_object()) continue;
            const auto& line = *parsed;
            report.anything = true;
            if (const auto progress = line.find("progress");
                progress != line.end() && progress->is_number()) {
                report.event.progress = std::clamp(progress->get<double>(), 0.0, 1.0);
                report.event.stage = textIn(line, "stage");
            }
            if (const auto series = line.find("series"); series != line.end() && series->is_array() &&
                                                         series->size() == 3 && (*series)[0].is_string() &&
                                                         (*series)[1].is_number() && (*series)[2].is_number())
                report.event.points.push_back(
                    {showable((*series)[0].get<std::string>(), 200), (*series)[1], (*series)[2]});
            if (line.contains("log"))
                report.event.lines.push_back(
                    {showable(textIn(line, "time"), 40), showable(textIn(line, "log"), 4000)});
            // An event must fit into a frame: what comes faster is noted at once, and waits meanwhile.
            if (report.bytes > eventBytesAtMost) co_await note();
            if (const auto end_ = line.find("done"); end_ != line.end()) done = *end_;
        }
        child->rest.erase(0, from);
        const bool due = std::chrono::steady_clock::now() - report.noted >= noteInterval;
        const bool more = !report.event.points.empty() || !report.event.lines.empty();
        if (report.anything && (due || (done && more))) co_await note();
        if (done) {
            if (done->is_object() && done->contains("error")) co_return fail(errorIn((*done)["error"]));
            co_return Status();
        }
        if (child->rest.size() > lineLimit) break;
        auto count = co_await child->stream->readSome(buffer);
        if (!count) break;
        child->rest.append(reinterpret_cast<const char*>(buffer.data()), *count);
    }
    // It has ended, or what it sends is not understood.
    ::kill(child->pid, SIGKILL);
    auto statusSoon = offload(disk_, [child]() -> Result<int> {
        int how = 0;
        ::waitpid(child->pid, &how, 0);
        child->reaped = true;
        return how;
    });
    auto status = co_await std::move(statusSoon);
    const int how = status.value_or(0);
    if (report.anything && !stopping_) co_await note();
    co_return fail(ErrorCode::Internal,
                   WIFSIGNALED(how)
                       ? "the job's process was ended by signal " + std::to_string(WTERMSIG(how)) +
                             " (out of memory, or a defect); give it less to do, or look into the "
                             "worker's log"
                       : "the job's process ended without a result");
}

asio::awaitable<Status> JobRunner::collect(const std::string& key) {
    const auto folder = options_.folder / key;
    auto keptSoon = offload(disk_, [this, folder, key]() -> Status {
        BALMER_TRY(const auto text, core::readFile(folder / "result.json", 16u << 20));
        const auto parsed = core::parseJson<json>(text);
        const auto result = parsed && parsed->is_object() ? *parsed : json::object();
        if (!result.contains("outputs") || !result["outputs"].is_array())
            return fail(ErrorCode::Internal, "the job's process left no proper result");
        std::vector<jobs::ParcelEntry> outputs;
        for (const auto& name : result["outputs"]) {
            if (!name.is_string() || !isParcelName(name.get<std::string>()))
                return fail(ErrorCode::Internal, "the job's process left a file without a proper name");
            BALMER_TRY(auto entry,
                       keepFile(objects_, journal_, name, folder / "outputs" / name.get<std::string>()));
            outputs.push_back(std::move(entry));
        }
        auto outcome = textIn(result, "result");
        if (outcome.size() > resultTextLimit) {
            BALMER_CHECK(core::replaceFile(folder / longResultName, std::exchange(outcome, {})));
            BALMER_TRY(auto entry,
                       keepFile(objects_, journal_, std::string(longResultName), folder / longResultName));
            outputs.push_back(std::move(entry));
        }
        core::crashPoint("worker.collected");
        BALMER_CHECK(journal_.finish(key, Phase::Completed, outcome, {}, outputs));
        core::crashPoint("worker.finished");
        return {};
    });
    auto kept = co_await std::move(keptSoon);
    if (kept) changed_(key);
    co_return kept;
}

} // namespace balmer::remote
