#include "engine/remote/server/worker_server.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <list>
#include <optional>
#include <type_traits>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/core/clock.h"
#include "engine/core/file.h"
#include "engine/core/files.h"
#include "engine/core/json_text.h"
#include "engine/core/log.h"
#include "engine/core/login_name.h"
#include "engine/core/pending_file.h"
#include "engine/core/private_file.h"
#include "engine/core/text_number.h"
#include "engine/remote/objects/object_store.h"
#include "engine/remote/protocol/handshake.h"
#include "engine/remote/protocol/messages.h"
#include "engine/remote/server/gate.h"
#include "engine/remote/server/job_runner.h"
#include "engine/remote/server/session.h"
#include "engine/remote/server/turnstile.h"
#include "engine/remote/server/worker_secrets.h"
#include "engine/remote/transport/offload.h"
#include "engine/remote/transport/pin_book.h"
#include "engine/remote/transport/shake_hands.h"
#include "engine/remote/transport/tls_stream.h"

namespace balmer::remote {

using asio::ip::tcp;
using boost::system::error_code;
using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using nlohmann::json;
using Local = asio::local::stream_protocol;

namespace {

/// Of the descriptors, a quarter and at most so many are never given to who comes: jobs and files need them.
constexpr std::size_t descriptorsKept = 256;
/// Accepted before others get their turn, where very many files may be open: who had to give way for them is
/// closed only then.
constexpr std::size_t acceptedAtOnce = 16, filesForEachAccepted = 64;
constexpr int secondsUntilFirstByte = 1;
constexpr std::size_t guessesAtMost = 5;
constexpr auto guessWindow = std::chrono::minutes(1);
constexpr auto guessPenalty = std::chrono::seconds(2);
constexpr int unusedDays = 30;
constexpr auto cleaningInterval = std::chrono::hours(24);

std::string processor() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return "x86-64 avx512";
    if (__builtin_cpu_supports("avx2")) return "x86-64 avx2";
    return "x86-64";
#elif defined(__aarch64__)
    return "aarch64";
#else
    return "other";
#endif
}

/// "host:port", the host perhaps in brackets.
Result<tcp::endpoint> endpointFrom(const std::string& text) {
    const auto colon = text.rfind(':');
    const auto port =
        core::parseInteger(colon == std::string::npos ? "" : text.substr(colon + 1)).value_or(-1);
    auto host = text.substr(0, colon == std::string::npos ? 0 : colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
    error_code error;
    const auto address = asio::ip::make_address(host.empty() ? "127.0.0.1" : host, error);
    if (port < 0 || port > 65535 || error)
        return fail(ErrorCode::InvalidArgument,
                    "\"" + text +
                        "\" is not an address to listen on; write e.g. 127.0.0.1:7350 or [::1]:7350");
    return tcp::endpoint(address, static_cast<std::uint16_t>(port));
}

Gate::Limits limitsOf(std::size_t descriptors) {
    Gate::Limits limits;
    limits.all = std::min(limits.all, descriptors / 4);
    limits.each = std::min(limits.each, limits.all / 2);
    return limits;
}

} // namespace

struct WorkerServer::State {
    State(WorkerSettings given, WorkerJobs work, jobs::WorkerJournal& kept)
        : settings(std::move(given)), jobs(std::move(work)), journal(kept), secrets(settings.folder), io(1),
          disk(2, "balmer-disk"), over(io.get_executor()), notifier(io.get_executor()),
          gate(io.get_executor(), limitsOf(descriptors)), turnstile(io.get_executor()) {}

    Status prepare();
    Status listenLocally();
    Result<tcp::acceptor> listenOn(const std::string& address, bool loopbackOnly);
    void begin();
    void end();

    template <typename Acceptor, typename Welcome>
    asio::awaitable<void> accept(Acceptor& acceptor, std::string way, Welcome welcome);
    template <typename Acceptor, typename Welcome>
    void receive(typename Acceptor::protocol_type::socket socket, const std::string& way, Welcome& welcome);
    asio::awaitable<void> serveLocal(Local::socket socket, Gate::Place place);
    asio::awaitable<void> servePlain(tcp::socket socket, Gate::Place place);
    asio::awaitable<void> serveTls(tcp::socket socket, Gate::Place place);
    asio::awaitable<void> serveStream(std::unique_ptr<Stream> stream, TransportTrust trust, bool tokens,
                                      Gate::Place place);
    asio::awaitable<void> watchIdleness();
    asio::awaitable<void> cleanUp();
    ServerHandshake::Settings handshakeSettings(TransportTrust trust, bool tokens);
    WorkerLimits limits() const;
    std::chrono::milliseconds penalty(); ///< of a wrong secret

    WorkerSettings settings;
    WorkerJobs jobs;
    balmer::jobs::WorkerJournal& journal;
    WorkerSecrets secrets;
    std::optional<core::File> lock;
    std::string storeId, instanceId = randomHex(16), fingerprint;
    std::unique_ptr<ObjectStore> objects;

    const std::size_t descriptors = raiseDescriptorLimit();
    asio::io_context io;
    NamedPool disk;
    Signal over;
    JobNotifier notifier;
    Gate gate;
    Turnstile turnstile; ///< for what is computed for strangers
    std::unique_ptr<JobRunner> runner;
    std::unique_ptr<Services> services;
    std::optional<Local::acceptor> local;
    std::optional<tcp::acceptor> plain, secure;
    std::shared_ptr<TlsContext> tls;
    std::list<std::weak_ptr<Session>> sessions;
    std::deque<std::chrono::steady_clock::time_point> guesses;
    SparseLog strangers;
    bool ended = false;
    std::chrono::steady_clock::time_point busy = std::chrono::steady_clock::now();
};

// --------------------------------------------------------------------------------------------------------
// opening

Status WorkerServer::State::prepare() {
    const auto& folder = settings.folder;
    BALMER_CHECK(core::makeFolders(folder.parent_path()));
    BALMER_CHECK(core::preparePrivateFolder(folder));
    BALMER_TRY(lock, core::File::open(folder / "lock", core::File::Use::OpenOrCreate));
    if (!lock->tryLock())
        return fail(ErrorCode::ResourceExhausted, "a worker runs in " + folder.string() + " already");
    if (const auto kept = core::readFile(folder / "store-id", 64); kept && kept->size() == 32) {
        storeId = *kept;
    } else {
        storeId = randomHex(16);
        BALMER_CHECK(core::replaceFile(folder / "store-id", storeId, 0600));
    }
    ObjectStoreOptions options;
    options.quotaBytes = settings.config.quotaGibibyte << 30;
    options.roots = settings.config.roots;
    BALMER_TRY(objects, ObjectStore::open(folder / "objects", options));

    JobRunner::Options running;
    running.folder = folder / "jobs";
    running.command = jobs.runner;
    running.slots = settings.config.slots;
    running.threads = settings.config.threads;
    running.attempts = settings.attempts;
    running.device = settings.device;
    running.programVersion = settings.programVersion;
    runner = std::make_unique<JobRunner>(io.get_executor(), disk, journal, *objects, std::move(running),
                                         [this](const std::string& key) { notifier.notify(key); });
    services = std::make_unique<Services>(
        Services{disk, journal, *objects, *runner, notifier, jobs.check,
                 [this](const std::string& spec) {
                     auto words = jobs.describe(spec);
                     return Services::Words{std::move(words.kind), std::move(words.label)};
                 },
                 [this](const std::string& owner) {
                     const auto& all = settings.config.seesAll;
                     return std::find(all.begin(), all.end(), owner) != all.end();
                 },
                 settings.programVersion});
    BALMER_CHECK(listenLocally());
    if (!settings.tcp.empty()) {
        BALMER_TRY([[maybe_unused]] const auto token, workerToken(folder, core::loginName()));
        BALMER_TRY(plain, listenOn(settings.tcp, true));
    }
    if (!settings.tls.empty()) {
        BALMER_TRY(const auto identity, identityIn(folder / "identity", "balmer-worker on " + hostName()));
        fingerprint = identity.fingerprint;
        BALMER_TRY(tls, TlsContext::make(TlsRole::Server, identity));
        BALMER_TRY(secure, listenOn(settings.tls, false));
    }
    return {};
}

Status WorkerServer::State::listenLocally() {
    const auto path = workerSocket(settings.folder);
    BALMER_CHECK(core::preparePrivateFolder(path.parent_path()));
    BALMER_CHECK(core::removeFile(path)); // of a worker that was killed: the lock is ours
    error_code error;
    local.emplace(io);
    local->open(Local(), error);
    if (!error) local->bind(Local::endpoint(path.string()), error);
    if (!error) local->listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(ErrorCode::Io, path.string() + " cannot be listened on: " + error.message());
    ::chmod(path.c_str(), 0600);
    return {};
}

Result<tcp::acceptor> WorkerServer::State::listenOn(const std::string& address, bool loopbackOnly) {
    BALMER_TRY(const auto endpoint, endpointFrom(address));
    if (loopbackOnly && !endpoint.address().is_loopback())
        return fail(ErrorCode::InvalidArgument, "plain TCP listens on loopback alone, and " + address +
                                                    " is not; use --listen-tls there");
    tcp::acceptor acceptor(io);
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    // Clients speak first: who says nothing waits in the system, and not in this program, for so long.
    (void)::setsockopt(acceptor.native_handle(), IPPROTO_TCP, TCP_DEFER_ACCEPT, &secondsUntilFirstByte,
                       sizeof secondsUntilFirstByte);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return fail(ErrorCode::Io, address + " cannot be listened on: " + error.message());
    return acceptor;
}

// --------------------------------------------------------------------------------------------------------
// clients

template <typename Acceptor, typename Welcome>
asio::awaitable<void> WorkerServer::State::accept(Acceptor& acceptor, std::string way, Welcome welcome) {
    error_code error;
    acceptor.non_blocking(true, error);
    while (!ended) {
        co_await acceptor.async_wait(Acceptor::wait_read, asio::redirect_error(asio::use_awaitable, error));
        if (ended) co_return;
        // A crowd is taken in quickly, but what is known already gets its turn in between.
        const auto most = std::clamp<std::size_t>(descriptors / filesForEachAccepted, 1, acceptedAtOnce);
        for (std::size_t i = 0; i < most && !error; ++i) {
            auto socket = acceptor.accept(error);
            if (!error) receive<Acceptor>(std::move(socket), way, welcome);
        }
        if (error && error != asio::error::would_block && error != asio::error::connection_aborted) {
            strangers.warning("a connection could not be accepted: " + error.message());
            co_await over.wait(std::chrono::milliseconds(100));
        }
    }
}

template <typename Acceptor, typename Welcome>
void WorkerServer::State::receive(typename Acceptor::protocol_type::socket socket, const std::string& way,
                                  Welcome& welcome) {
    // The system gives the lowest number that is free, so that this one says how many are in use.
    const int handle = socket.native_handle();
    if (static_cast<std::size_t>(handle) + std::min(descriptors / 4, descriptorsKept) >= descriptors)
        return strangers.warning("a connection was closed: of " + std::to_string(descriptors) +
                                 " files and sockets, the rest is for jobs; raise `ulimit -n`");
    std::string peer = way; // so that strangers on one way in drive nobody from another
    if constexpr (std::is_same_v<Acceptor, tcp::acceptor>) {
        error_code error;
        const auto from = socket.remote_endpoint(error);
        if (error) return; // it has gone already
        peer += peerName(from.address());
    }
    char first = 0;
    const bool speaks = ::recv(handle, &first, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
    auto place = gate.enter(peer, handle, speaks ? Gate::Standing::Speaking : Gate::Standing::Silent);
    asio::co_spawn(io, welcome(std::move(socket), std::move(place)), asio::detached);
}

asio::awaitable<void> WorkerServer::State::serveLocal(Local::socket socket, Gate::Place place) {
    auto stream = streamOver(std::move(socket));
    if (stream->peerUid() != static_cast<long>(::getuid())) {
        place.leave();
        strangers.warning("a connection of another user (uid " + std::to_string(stream->peerUid()) +
                          ") was refused");
        co_return;
    }
    TransportTrust trust;
    trust.user = core::loginName();
    co_await serveStream(std::move(stream), std::move(trust), false, std::move(place));
}

asio::awaitable<void> WorkerServer::State::servePlain(tcp::socket socket, Gate::Place place) {
    TransportTrust nothing;
    co_await serveStream(streamOver(std::move(socket)), std::move(nothing), true, std::move(place));
}

asio::awaitable<void> WorkerServer::State::serveTls(tcp::socket socket, Gate::Place place) {
    TlsContext::Order order;
    order.isKnown = [&](const std::string& knock) {
        const bool known = secrets.isKnock(knock, fingerprint);
        if (known) place.becomes(Gate::Standing::Known);
        return known;
    };
    order.turn = [this, &place] { return turnstile.pass(place); };
    auto meeting = tls->accept(std::move(socket), settings.handshake, std::move(order));
    auto stream = co_await std::move(meeting);
    if (!stream) {
        place.leave();
        strangers.warning("a TLS connection was refused: " + stream.error().describe());
        co_return;
    }
    TransportTrust trust;
    trust.binding = (*stream)->binding();
    trust.user = secrets.nameOf((*stream)->peerFingerprint(), fingerprint);
    place.becomes(trust.user ? Gate::Standing::Known : Gate::Standing::Silent);
    co_await serveStream(std::move(*stream), std::move(trust), false, std::move(place));
}

WorkerLimits WorkerServer::State::limits() const {
    WorkerLimits made;
    made.objectBytes = objectSizeLimit;
    made.quotaBytes = settings.config.quotaGibibyte << 30;
    made.slots = static_cast<unsigned>(runner->slots());
    made.freeSlots = static_cast<unsigned>(runner->slots() - std::min(runner->slots(), runner->running()));
    return made;
}

ServerHandshake::Settings WorkerServer::State::handshakeSettings(TransportTrust trust, bool tokens) {
    ServerHandshake::Settings made;
    made.software = "Balmer " + settings.programVersion;
    made.name = hostName();
    made.processor = processor();
    made.storeId = storeId;
    made.instanceId = instanceId;
    for (const auto& kind : jobs.kinds)
        made.capabilities.push_back("kind:" + kind);
    if (!settings.config.roots.empty()) made.capabilities.emplace_back("register");
    made.limits = limits();
    if (tokens) made.tokens = secrets.tokens();
    if (!trust.user && !trust.binding.empty())
        made.pairingCode = [folder = settings.folder] { return openCode(folder); };
    made.trust = std::move(trust);
    return made;
}

std::chrono::milliseconds WorkerServer::State::penalty() {
    const auto now = std::chrono::steady_clock::now();
    guesses.push_back(now);
    while (guesses.size() > guessesAtMost || now - guesses.front() > guessWindow)
        guesses.pop_front();
    return guesses.size() >= guessesAtMost ? guessPenalty : std::chrono::milliseconds(0);
}

asio::awaitable<void> WorkerServer::State::serveStream(std::unique_ptr<Stream> stream, TransportTrust trust,
                                                       bool tokens, Gate::Place place) {
    const auto fingerprintOfPeer = stream->peerFingerprint();
    ServerHandshake handshake(handshakeSettings(std::move(trust), tokens));
    // Who guesses waits for the answer, in the gate, where there is no room for many.
    std::function<asio::awaitable<void>()> beforeRefusal = [&]() -> asio::awaitable<void> {
        const auto time = handshake.guessed() ? penalty() : std::chrono::milliseconds(0);
        place.becomes(Gate::Standing::Refused);
        if (time.count() > 0) co_await place.wait(time);
    };
    const auto heard = [&] { place.speaks(); };
    auto shaking = shakeHands(*stream, handshake, settings.handshake, std::move(beforeRefusal), heard);
    auto shaken = co_await std::move(shaking);
    place.leave();
    if (!shaken) {
        if (shaken.error().code() != ErrorCode::Cancelled)
            strangers.warning("a connection was refused: " + shaken.error().describe());
        co_return;
    }
    if (ended) co_return;
    busy = std::chrono::steady_clock::now();
    if (handshake.paired()) {
        voidCode(settings.folder);
        if (auto kept = secrets.add({handshake.owner(), fingerprintOfPeer}); !kept) {
            core::log::warning("a paired client cannot be remembered: " + kept.error().describe());
            co_return;
        }
        core::log::info("paired with " + handshake.owner() + ", certificate " + fingerprintOfPeer);
    }
    const auto channel =
        std::make_shared<Channel>(io.get_executor(), std::move(stream),
                                  ChannelTiming{settings.ping, 3, std::chrono::milliseconds(30000)});
    const auto session = std::make_shared<Session>(*services, channel, handshake.owner());
    const auto entry = sessions.insert(sessions.end(), session);
    const auto rest = handshake.rest();
    const auto why = co_await session->run({rest.begin(), rest.end()});
    sessions.erase(entry);
    busy = std::chrono::steady_clock::now();
    if (why.code() == ErrorCode::Protocol)
        strangers.warning("the connection of " + session->owner() + " was ended: " + why.describe());
}

// --------------------------------------------------------------------------------------------------------
// running

asio::awaitable<void> WorkerServer::State::watchIdleness() {
    const auto limit = std::chrono::minutes(settings.config.idleMinutes);
    while (!ended) {
        co_await over.wait(std::chrono::seconds(5));
        const auto now = std::chrono::steady_clock::now();
        if (!sessions.empty() || runner->running() + runner->waiting() > 0) busy = now;
        if (now - busy > limit && !ended) {
            core::log::info("nothing is wanted any more");
            end();
        }
    }
}

asio::awaitable<void> WorkerServer::State::cleanUp() {
    while (!ended) {
        auto cleaning = offload(disk, [this] { return collectGarbage(*objects, journal, unusedDays); });
        const auto cleaned = co_await std::move(cleaning);
        if (!cleaned)
            core::log::warning("what no job needs cannot be removed: " + cleaned.error().describe());
        if (ended) co_return;
        co_await over.wait(cleaningInterval);
    }
}

void WorkerServer::State::begin() {
    asio::co_spawn(io, cleanUp(), asio::detached);
    asio::co_spawn(io,
                   accept(*local, "unix",
                          [this](Local::socket socket, Gate::Place place) {
                              return serveLocal(std::move(socket), std::move(place));
                          }),
                   asio::detached);
    if (plain)
        asio::co_spawn(io,
                       accept(*plain, "tcp ",
                              [this](tcp::socket socket, Gate::Place place) {
                                  return servePlain(std::move(socket), std::move(place));
                              }),
                       asio::detached);
    if (secure)
        asio::co_spawn(io,
                       accept(*secure, "tls ",
                              [this](tcp::socket socket, Gate::Place place) {
                                  return serveTls(std::move(socket), std::move(place));
                              }),
                       asio::detached);
    if (settings.config.idleMinutes > 0) asio::co_spawn(io, watchIdleness(), asio::detached);
}

void WorkerServer::State::end() {
    if (ended) return;
    ended = true;
    error_code ignored;
    local->close(ignored);
    if (plain) plain->close(ignored);
    if (secure) secure->close(ignored);
    gate.closeAll();
    const auto present = sessions;
    for (const auto& each : present)
        if (const auto session = each.lock()) session->close(Error(ErrorCode::Io, "the worker is ending"));
    runner->stop();
    notifier.notifyAll();
    over.notify();
}

WorkerServer::WorkerServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

WorkerServer::~WorkerServer() {
    state_->disk.join();
    (void)core::removeFile(socket());
}

Result<std::unique_ptr<WorkerServer>> WorkerServer::open(WorkerSettings settings, WorkerJobs jobs,
                                                         jobs::WorkerJournal& journal) {
    auto state = std::make_unique<State>(std::move(settings), std::move(jobs), journal);
    BALMER_CHECK(state->prepare());
    return std::unique_ptr<WorkerServer>(new WorkerServer(std::move(state)));
}

Status WorkerServer::run() {
    BALMER_CHECK(state_->runner->resume());
    state_->begin();
    // Returns when the last coroutine has ended.
    state_->io.run();
    return {};
}

void WorkerServer::stop() {
    asio::post(state_->io, [state = state_.get()] { state->end(); });
}

std::filesystem::path WorkerServer::socket() const {
    return workerSocket(state_->settings.folder);
}

std::uint16_t WorkerServer::tlsPort() const {
    error_code ignored;
    return state_->secure ? state_->secure->local_endpoint(ignored).port() : 0;
}

std::uint16_t WorkerServer::tcpPort() const {
    error_code ignored;
    return state_->plain ? state_->plain->local_endpoint(ignored).port() : 0;
}

// --------------------------------------------------------------------------------------------------------
// garbage

Result<Garbage> collectGarbage(ObjectStore& objects, jobs::WorkerJournal& journal, int unusedForDays) {
    Garbage garbage;
    const auto now = core::formatTime(core::systemClock().now());
    BALMER_TRY(const auto all, journal.list("", 0));
    for (const auto& job : all) {
        if (job.leaseUntil.empty() || job.leaseUntil > now) continue;
        if (job.phase == jobs::Phase::Pending) // its client has not come back with the inputs
            BALMER_CHECK(journal.finish(job.key, jobs::Phase::Aborted, "",
                                        Error(ErrorCode::DeadlineExceeded, "its inputs never came"), {}));
        else if (!jobs::isFinal(job.phase))
            continue;
        BALMER_CHECK(journal.remove(job.key));
        ++garbage.jobs;
    }
    Collection unused;
    BALMER_TRY(unused.inUse, journal.objectsInUse());
    unused.unusedForDays = unusedForDays;
    BALMER_TRY(const auto collected, objects.gc(unused));
    BALMER_TRY(const auto usage, objects.usage());
    garbage.objects = collected.objects;
    garbage.bytes = collected.bytes;
    garbage.left = usage.bytes;
    return garbage;
}

} // namespace balmer::remote
