// Looking for a hub, and after it.
#include <algorithm>

#include "engine/core/log.h"
#include "engine/vo/samp/lock_place.h"
#include "engine/vo/samp/samp_link_state.h"

namespace balmer::vo {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

/// What the server takes, so that a call that is too long can be told.
constexpr std::size_t bodyBytes = 3 * callBytes;
/// Looks at a hub from one time that all clients are asked again to the next.
constexpr std::uint64_t looksBetween = 12;
constexpr std::string_view hubTypes[] = {"samp.hub.event.shutdown",      "samp.hub.event.register",
                                         "samp.hub.event.unregister",    "samp.hub.event.metadata",
                                         "samp.hub.event.subscriptions", "samp.hub.disconnect"};

/// Why there is no hub.
std::string reasonOf(const core::Error& error) {
    return error.code() == ErrorCode::Remote ? "the SAMP hub refuses Balmer: " + error.message()
                                             : error.describe();
}

} // namespace

std::optional<SampLink::State::Time> SampLink::State::nextDeadline() const {
    auto next = offerEnds;
    const auto earlier = [&next](Time time) { next = next ? std::min(*next, time) : time; };
    if (wanted) earlier(nextLook);
    if (!replies.empty()) earlier(replies.front().due);
    for (const auto& [ticket, awaited] : waiting)
        earlier(awaited.until);
    return next;
}

void SampLink::State::connect() {
    if (wanted) return;
    wanted = true;
    nextLook = now();
    why = "looking for a SAMP hub";
    standing = SampState::Hub::Absent;
}

void SampLink::State::disconnect() {
    wanted = false;
    leave({}, SampState::Hub::Off);
}

void SampLink::State::leave(std::string because, SampState::Hub becomes) {
    if (hub) {
        hub->setLimit(options.ping);
        sendReplies(now() + replyDelay);
        const auto left = hub->unregister({});
        if (!left) core::log::debug("leaving the SAMP hub: " + left.error().describe());
    }
    forget(std::move(because), becomes);
    server.reset();
    offers.clear();
    lastHub.reset();
}

void SampLink::State::forget(std::string because, SampState::Hub becomes) {
    {
        const core::LockGuard lock(mutex);
        expectedKey.clear();
    }
    hub.reset();
    clients.clear();
    replies.clear();
    why = std::move(because);
    standing = becomes;
    auto lost = std::move(waiting);
    waiting.clear();
    for (auto& [ticket, awaited] : lost)
        loseAll(ticket, awaited, "the SAMP hub went away before it answered");
}

void SampLink::State::look() {
    if (hub) {
        hub->setLimit(options.ping);
        const auto there = refreshClients();
        hub->setLimit(options.request);
        if (!there) {
            if (there.error().code() == ErrorCode::Cancelled) return;
            lastHub = hub;
            forget("the SAMP hub does not answer: " + there.error().message(), SampState::Hub::Absent);
        }
    }
    if (!hub) {
        const auto joined = join();
        if (!joined) forget(reasonOf(joined.error()), SampState::Hub::Absent);
    }
    nextLook = now() + options.look;
}

Result<SampLock> SampLink::State::findLock() {
    BALMER_TRY(const auto place, options.hub ? lockPlace(options.hub, {}) : lockPlace());
    if (place.url.empty()) {
        auto lock = readLock(place.file);
        if (!lock && lock.error().code() == ErrorCode::NotFound)
            return fail(ErrorCode::NotFound,
                        "no SAMP hub is running; start TOPCAT, Aladin or another program with a hub");
        return lock;
    }
    http::Request request;
    request.url = place.url;
    request.limit = options.ping;
    request.limitBytes = sampLockLimit;
    BALMER_TRY(const auto answer, net.send(request, task()));
    if (!answer.succeeded()) return fail(http::statusError(answer));
    return parseLock(answer.body);
}

Status SampLink::State::join() {
    BALMER_TRY(const auto lock, findLock());
    HubClient found(net, lock, options.ping);
    if (auto there = found.ping(task()); !there)
        return fail(ErrorCode::NotFound, "the lock file names a SAMP hub that does not answer (" +
                                             there.error().message() + "); start a hub again");
    BALMER_CHECK(listen());
    found.setLimit(options.request);
    if (lastHub && lastHub->lock() == lock) { // it was only slow, and still lists us
        const auto left = lastHub->unregister(task());
        if (!left) core::log::debug("an old registration: " + left.error().describe());
    }
    lastHub.reset();
    BALMER_CHECK(found.registerSelf(task()));
    {
        const core::LockGuard guard(mutex);
        expectedKey = found.privateKey();
    }
    hub = found;
    auto settled = settle();
    if (!settled) {
        hub->setLimit(options.ping);
        const auto left = hub->unregister({});
        if (!left) core::log::debug("leaving the SAMP hub: " + left.error().describe());
    }
    return settled;
}

Status SampLink::State::listen() {
    if (server) return {};
    callbackPath = "/" + http::randomToken();
    http::LoopbackServerLimits limits;
    limits.bodyBytes = bodyBytes;
    BALMER_TRY(server, http::LoopbackServer::start(
                           [this](const http::ServerRequest& request) { return serve(request); }, 0, limits,
                           [this](std::string_view target) {
                               return target == callbackPath ? bodyBytes : std::size_t{0};
                           }));
    return {};
}

Status SampLink::State::settle() {
    BALMER_CHECK(hub->setCallback(server->url() + callbackPath, task()));
    BALMER_CHECK(hub->declareMetadata(options.metadata, task()));
    auto mtypes = options.subscriptions;
    mtypes.emplace_back(pingType);
    mtypes.insert(mtypes.end(), std::begin(hubTypes), std::end(hubTypes));
    BALMER_CHECK(hub->declareSubscriptions(mtypes, task()));
    BALMER_CHECK(refreshClients());
    why.clear();
    standing = SampState::Hub::Connected;
    return {};
}

Status SampLink::State::refreshClients() {
    BALMER_TRY(const auto ids, hub->registeredClients(task()));
    std::map<std::string, SampClient> present;
    const bool everybody = ++looks % looksBetween == 0;
    for (const auto& id : ids) {
        if (id == hub->selfId() || present.size() == clientLimit) continue;
        auto& client = present[id];
        client.id = id;
        const auto known = clients.find(id);
        if (known != clients.end()) {
            client = known->second;
            if (!everybody && !client.subscriptions.empty()) continue;
        }
        // One that has gone meanwhile is a fault, and no matter.
        auto metadata = hub->metadataOf(id, task());
        if (!metadata && metadata.error().code() != ErrorCode::Remote) return fail(metadata.error());
        if (metadata) client.metadata = std::move(*metadata);
        auto mtypes = hub->subscriptionsOf(id, task());
        if (!mtypes && mtypes.error().code() != ErrorCode::Remote) return fail(mtypes.error());
        if (mtypes) client.subscriptions = std::move(*mtypes);
    }
    std::vector<std::string> gone;
    for (const auto& [ticket, awaited] : waiting)
        for (const auto& id : awaited.from)
            if (!present.contains(id) && id != hub->hubId()) gone.push_back(id);
    for (const auto& id : gone)
        lose(id); // while its name is still known
    clients = std::move(present);
    return {};
}

void SampLink::State::publish() {
    SampState state;
    state.hub = standing;
    state.why = why;
    if (hub) {
        state.hubUrl = hub->lock().hubUrl;
        state.selfId = hub->selfId();
        for (const auto& [id, client] : clients)
            state.clients.push_back(client);
        std::stable_sort(
            state.clients.begin(), state.clients.end(),
            [](const SampClient& one, const SampClient& other) { return one.name() < other.name(); });
    }
    {
        const core::LockGuard lock(mutex);
        if (state == shown) return;
        shown = state;
    }
    if (handlers.stateChanged) handlers.stateChanged(state);
}

std::string SampLink::State::nameOf(const std::string& id) const {
    const auto found = clients.find(id);
    return found == clients.end() ? id : found->second.name();
}

} // namespace balmer::vo
