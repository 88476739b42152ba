#include "engine/api/worker_program.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "engine/core/clock.h"
#include "engine/core/files.h"
#include "engine/core/json_text.h"
#include "engine/core/log.h"
#include "engine/core/pending_file.h"
#include "engine/core/standard_streams.h"
#include "engine/core/start_thread.h"
#include "engine/remote/objects/object_store.h"
#include "engine/remote/server/relay.h"
#include "engine/remote/server/worker_server.h"
#include "engine/store/sqlite_worker_journal.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/parcel.h"

namespace balmer::api {

using core::ErrorCode;
using nlohmann::json;

namespace {

/// The kinds that can run elsewhere.
remote::WorkerJobs workerJobs(std::vector<std::string> runner) {
    const auto kinds = std::make_shared<const std::vector<workflow::JobKind>>(workflow::jobKinds({}));
    remote::WorkerJobs made;
    for (const auto& kind : *kinds)
        if (workflow::canTravel(kind)) made.kinds.push_back(kind.about.kind);
    made.check = [kinds](const std::string& text) -> core::Status {
        BALMER_TRY(const auto spec, workflow::readSpec(text));
        const auto found = std::find_if(kinds->begin(), kinds->end(), [&](const auto& kind) {
            return kind.about.kind == spec.job.spec.kind;
        });
        if (found == kinds->end())
            return core::fail(ErrorCode::Unsupported,
                              "this worker (Balmer " BALMER_VERSION ") knows no job of the kind \"" +
                                  spec.job.spec.kind.substr(0, 60) + "\"; bring it to the desktop's version");
        BALMER_CHECK(workflow::checkTravel(*found));
        BALMER_TRY([[maybe_unused]] const auto complete, found->complete(spec.job.spec.parameters));
        return {};
    };
    made.describe = [](const std::string& text) {
        const auto spec = workflow::readSpec(text);
        return spec ? remote::WorkerJobs::Words{spec->job.spec.kind, spec->job.spec.label}
                    : remote::WorkerJobs::Words{};
    };
    made.runner = std::move(runner);
    return made;
}

// ---- The child

/// Writes lines for the worker, from any thread.
class ParentPipe {
  public:
    void send(const json& line) { core::writeOutput(core::jsonText(line) + '\n'); }
};

class PipeNotes final : public jobs::JobNotes {
  public:
    explicit PipeNotes(ParentPipe& parent) : parent_(parent) {}
    void log(std::string_view line) override {
        parent_.send({{"log", line}, {"time", core::formatTime(core::systemClock().now())}});
    }
    void artefact(const jobs::Artefact&) override {} // travels with the outputs

  private:
    ParentPipe& parent_;
};

core::Status runOne(const std::filesystem::path& folder, std::size_t threads, std::stop_token stop,
                    ParentPipe& parent) {
    constexpr auto betweenLines = std::chrono::milliseconds(100);
    auto told = std::chrono::steady_clock::time_point();
    core::TaskContext task(
        stop,
        [&](double fraction, std::string_view stage) {
            const auto now = std::chrono::steady_clock::now();
            if (now - told < betweenLines) return;
            told = now;
            parent.send({{"progress", fraction}, {"stage", stage}});
        },
        [&](std::string_view name, double step, double value) {
            parent.send({{"series", {name, step, value}}});
        });
    PipeNotes notes(parent);
    BALMER_TRY(const auto result, workflow::runParcel(folder, {threads}, task, notes));
    json outputs = json::array();
    for (const auto& file : result.outputs)
        outputs.push_back(file.name);
    return core::replaceFile(folder / "result.json", core::jsonText(json{{"result", result.resultJson},
                                                                         {"outputs", std::move(outputs)}}));
}

std::atomic<int> signalled = -1; ///< the writing end of a pipe

extern "C" void onSignal(int) {
    const char byte = 0;
    (void)!::write(signalled, &byte, 1);
}

json describe(const core::Error& error) {
    return {
        {"code", core::toString(error.code())}, {"message", error.message()}, {"context", error.context()}};
}

} // namespace

core::Status runJobs() {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // with its worker ends the job; the next worker begins it anew
    pollfd orders{STDIN_FILENO, POLLIN, 0};
    if (::poll(&orders, 1, 0) > 0 && (orders.revents & POLLHUP) != 0)
        return {}; // its worker had gone before that
    sigset_t none;
    sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    std::signal(SIGINT, SIG_IGN); // Ctrl+C in the worker's terminal is the worker's business

    ParentPipe parent;
    std::mutex mutex;
    std::optional<std::stop_source> running; ///< of the job that runs
    std::optional<json> order;
    std::condition_variable came;
    bool over = false;
    BALMER_TRY(auto listening, core::startThread([&] {
                   ::pthread_setname_np(::pthread_self(), "balmer-orders");
                   for (std::string line; std::getline(std::cin, line);) {
                       auto object = core::parseJson<json>(line);
                       if (!object || !object->is_object()) continue;
                       const std::lock_guard lock(mutex);
                       if (object->contains("stop") && running) running->request_stop();
                       if (object->contains("job") && (*object)["job"].is_string()) {
                           order = *std::move(object);
                           came.notify_one();
                       }
                   }
                   // The worker has gone, or wants this child no more.
                   const std::lock_guard lock(mutex);
                   over = true;
                   if (running) running->request_stop();
                   came.notify_one();
               }));
    while (true) {
        std::unique_lock lock(mutex);
        came.wait(lock, [&] { return order || over; });
        if (!order) break;
        const auto object = std::move(*order);
        order.reset();
        running.emplace();
        const auto stop = running->get_token();
        lock.unlock();
        std::size_t threads = 0;
        if (const auto found = object.find("threads"); found != object.end() && found->is_number_unsigned())
            threads = found->get<std::size_t>();
        const auto done = runOne(object["job"].get<std::string>(), threads, stop, parent);
        lock.lock();
        running.reset();
        lock.unlock();
        parent.send({{"done", done ? json::object() : json{{"error", describe(done.error())}}}});
    }
    listening.join();
    return {};
}

// ---- The worker

core::Status serveWorker(const WorkerOptions& options,
                         const std::function<void(const WorkerAddresses&)>& ready) {
    // A signal may come to any thread, also to those that libraries have started before main().
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return core::fail(ErrorCode::Io, "no pipe can be made");
    signalled = ends[1];
    std::signal(SIGTERM, onSignal);
    std::signal(SIGINT, onSignal);

    remote::WorkerSettings settings;
    settings.folder = options.folder;
    BALMER_TRY(settings.config, remote::WorkerConfig::read(options.folder / "worker.json"));
    if (options.slots > 0) settings.config.slots = static_cast<std::size_t>(options.slots);
    if (options.threads >= 0) settings.config.threads = static_cast<std::size_t>(options.threads);
    if (options.idleMinutes >= 0) settings.config.idleMinutes = static_cast<unsigned>(options.idleMinutes);
    settings.tls = options.listenTls;
    settings.tcp = options.listenTcp;
    settings.programVersion = BALMER_VERSION;
    BALMER_CHECK(core::makeFolders(options.folder));
    std::error_code error;
    std::filesystem::permissions(options.folder, std::filesystem::perms::owner_all, error);
    BALMER_TRY(const auto journal, store::openWorkerJournal(options.folder / "journal.sqlite"));
    BALMER_TRY(const auto server,
               remote::WorkerServer::open(std::move(settings), workerJobs(options.runner), *journal));

    BALMER_TRY(auto waiting, core::startThread([&server, from = ends[0]] {
                   ::pthread_setname_np(::pthread_self(), "balmer-signals");
                   char byte = 0;
                   while (::read(from, &byte, 1) < 0 && errno == EINTR) {
                   }
                   server->stop();
               }));
    WorkerAddresses addresses{server->socket(), server->tlsPort(), server->tcpPort(), {}};
    if (addresses.tlsPort != 0)
        if (const auto fingerprint = remote::workerFingerprint(options.folder))
            addresses.fingerprint = *fingerprint;
    if (ready) ready(addresses);
    const auto done = server->run();
    onSignal(0);
    waiting.join();
    return done;
}

core::Status relayWorker(const std::filesystem::path& folder, const std::vector<std::string>& start) {
    return remote::relay(folder, start);
}

std::filesystem::path defaultWorkerFolder() {
    return remote::defaultWorkerFolder();
}

core::Result<std::string> openWorkerPairing(const std::filesystem::path& folder) {
    return remote::openPairing(folder);
}

core::Result<std::string> workerToken(const std::filesystem::path& folder, const std::string& user) {
    return remote::workerToken(folder, user);
}

core::Result<WorkerGarbage> collectWorkerGarbage(const std::filesystem::path& folder, int unusedForDays) {
    if (unusedForDays < 0) return core::fail(ErrorCode::InvalidArgument, "days must be 0 or more");
    BALMER_TRY(const auto config, remote::WorkerConfig::read(folder / "worker.json"));
    BALMER_TRY(const auto journal, store::openWorkerJournal(folder / "journal.sqlite"));
    remote::ObjectStoreOptions storing;
    storing.quotaBytes = config.quotaGibibyte << 30;
    storing.roots = config.roots;
    BALMER_TRY(const auto objects, remote::ObjectStore::open(folder / "objects", storing));
    BALMER_TRY(const auto collected, remote::collectGarbage(*objects, *journal, unusedForDays));
    WorkerGarbage garbage;
    garbage.objects = collected.objects;
    garbage.bytes = collected.bytes;
    garbage.left = collected.left;
    garbage.jobs = collected.jobs;
    return garbage;
}

} // namespace balmer::api
