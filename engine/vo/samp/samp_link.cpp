#include "engine/vo/samp/samp_link.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <set>
#include <stop_token>
#include <thread>
#include <utility>

#include "engine/core/log.h"
#include "engine/core/mutex.h"
#include "engine/core/task_context.h"
#include "engine/core/text_number.h"
#include "engine/core/thread_pool.h"
#include "engine/http/client.h"
#include "engine/http/loopback_server.h"
#include "engine/vo/samp/echo_guard.h"
#include "engine/vo/samp/hub_client.h"
#include "engine/vo/samp/lock_place.h"
#include "engine/vo/samp/offered_files.h"
#include "engine/vo/samp/xml_rpc.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using Time = std::chrono::steady_clock::time_point;

Time now() {
    return std::chrono::steady_clock::now();
}

/// The hub of astropy 5.2 forgets a response that comes before it has noted down its own call.
constexpr auto replyDelay = std::chrono::milliseconds(50);

/// A call of the hub: a selection of 370 000 rows.
constexpr std::size_t callBytes = std::size_t{16} << 20;
/// What the server takes, so that a call that is too long can be told.
constexpr std::size_t bodyBytes = 3 * callBytes;
constexpr std::size_t connections = 32;
/// Calls of the hub that wait for our thread; more are refused.
constexpr std::size_t heardLimit = 256;
constexpr std::size_t heardBytesLimit = 4 * callBytes;
/// Looks at a hub from one time that all clients are asked again to the next.
constexpr std::uint64_t looksBetween = 12;
constexpr std::size_t clientLimit = 1000;

constexpr std::string_view pingType = "samp.app.ping";
constexpr std::string_view hubTypes[] = {"samp.hub.event.shutdown",      "samp.hub.event.register",
                                         "samp.hub.event.unregister",    "samp.hub.event.metadata",
                                         "samp.hub.event.subscriptions", "samp.hub.disconnect"};

/// A sending of which responses are still to come.
struct Awaited {
    std::string mtype;
    std::set<std::string> from;
    std::chrono::milliseconds limit{};
    Time until;
    std::string offer; ///< path; "" for none
};

struct Reply {
    Time due;
    std::string messageId;
    SampResponse response;
};

/// The other's word, with an end like a sentence's.
std::string quoted(const std::string& text) {
    return text.empty() ? std::string("it gave no reason") : text;
}

/// Why there is no hub.
std::string reasonOf(const core::Error& error) {
    return error.code() == ErrorCode::Remote ? "the SAMP hub refuses Balmer: " + error.message()
                                             : error.describe();
}

http::ServerResponse xmlResponse(std::string body) {
    http::ServerResponse response;
    response.contentType = "text/xml";
    response.body = std::move(body);
    return response;
}

http::ClientSettings clientSettings(const SampLink::Options& options) {
    http::ClientSettings settings;
    settings.connect = options.ping;
    return settings;
}

} // namespace

struct SampLink::State {
    State(Options given, Handlers to)
        : options(std::move(given)), handlers(std::move(to)), net(clientSettings(options)),
          echoes(options.echo) {}

    // --- any thread ---

    void enqueue(std::function<void()> task) {
        {
            const core::LockGuard lock(mutex);
            tasks.push_back(std::move(task));
        }
        wake.notify_one();
    }

    /// The server's handler: takes a call of the hub, or serves an offered file.
    http::ServerResponse serve(const http::ServerRequest& request) {
        if (request.path == callbackPath) {
            if (request.method == "POST") return xmlResponse(takeCall(request.body));
            http::ServerResponse response;
            response.status = 405;
            response.fields = {{"Allow", "POST"}};
            return response;
        }
        if (auto response = offers.answer(request)) return std::move(*response);
        http::ServerResponse response;
        response.status = 404;
        response.body = "There is nothing here.\n";
        return response;
    }

    std::string takeCall(std::string_view body) {
        if (body.size() > callBytes) {
            const auto why = "a message of " + std::to_string(body.size() >> 20) +
                             " MiB is too long; at most " + std::to_string(callBytes >> 20) +
                             " MiB are taken: select fewer rows";
            core::log::warning("SAMP: " + why);
            enqueue([this, why] {
                if (hub && handlers.tooLong) handlers.tooLong(why);
            });
            return encodeFault(1, why);
        }
        {
            const core::LockGuard lock(mutex); // only this thread adds to them
            if (heard >= heardLimit || heardBytes + body.size() > heardBytesLimit)
                return encodeFault(1, "too many messages at once; try again later");
        }
        XmlRpcLimits limits;
        limits.bytes = callBytes;
        auto call = decodeCall(body, limits);
        if (!call) return encodeFault(1, call.error().message());
        if (!call->method.starts_with("samp.client.receive"))
            return encodeFault(1, "there is no method " + call->method);
        {
            const core::LockGuard lock(mutex);
            const auto* key = call->params.empty() ? nullptr : call->params.front().text();
            if (expectedKey.empty() || !key || *key != expectedKey)
                return encodeFault(1, "wrong private key");
            ++heard;
            heardBytes += body.size();
            tasks.push_back([this, bytes = body.size(), call = std::move(*call)] {
                {
                    const core::LockGuard inner(mutex);
                    --heard;
                    heardBytes -= bytes;
                }
                take(call);
            });
        }
        wake.notify_one();
        return encodeAnswer({});
    }

    // --- balmer-samp alone, from here on ---

    void run() {
        core::nameThisThread("balmer-samp");
        while (true) {
            std::function<void()> task;
            {
                core::UniqueLock lock(mutex);
                const auto ready = [this]() BALMER_REQUIRES(mutex) { return ending || !tasks.empty(); };
                if (const auto until = nextDeadline())
                    wake.wait_until(lock.waitable(), *until, ready);
                else
                    wake.wait(lock.waitable(), ready);
                if (ending) break;
                if (!tasks.empty()) {
                    task = std::move(tasks.front());
                    tasks.pop_front();
                }
            }
            if (task) task();
            if (wanted && now() >= nextLook) look();
            sendReplies(now());
            giveUpWaiting();
            offerEnds = offers.expire(now());
            publish();
        }
        wanted = false;
        leave({}, SampState::Hub::Off);
        // What was asked for and not begun is told that there is no hub.
        for (auto task = nextTask(); task; task = nextTask())
            task();
    }

    std::function<void()> nextTask() {
        const core::LockGuard lock(mutex);
        if (tasks.empty()) return {};
        auto task = std::move(tasks.front());
        tasks.pop_front();
        return task;
    }

    std::optional<Time> nextDeadline() const {
        auto next = offerEnds;
        const auto earlier = [&next](Time time) { next = next ? std::min(*next, time) : time; };
        if (wanted) earlier(nextLook);
        if (!replies.empty()) earlier(replies.front().due);
        for (const auto& [ticket, awaited] : waiting)
            earlier(awaited.until);
        return next;
    }

    core::TaskContext task() const { return {stop.get_token(), {}}; }

    void connect() {
        if (wanted) return;
        wanted = true;
        nextLook = now();
        why = "looking for a SAMP hub";
        standing = SampState::Hub::Absent;
    }

    void disconnect() {
        wanted = false;
        leave({}, SampState::Hub::Off);
    }

    /// Unregisters where there is a hub to tell.
    void leave(std::string because, SampState::Hub becomes) {
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

    /// There is no hub any more.
    void forget(std::string because, SampState::Hub becomes) {
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

    // Looking for a hub, and after it.

    void look() {
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

    Result<SampLock> findLock() {
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

    Status join() {
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

    Status listen() {
        if (server) return {};
        callbackPath = "/" + http::randomToken();
        http::LoopbackServerLimits limits;
        limits.bodyBytes = bodyBytes;
        limits.connections = connections;
        BALMER_TRY(server,
                   http::LoopbackServer::start(
                       [this](const http::ServerRequest& request) { return serve(request); }, 0, limits));
        return {};
    }

    Status settle() {
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

    /// Who is there, by the hub's own list: what an event did not tell is mended here.
    Status refreshClients() {
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

    void publish() {
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

    std::string nameOf(const std::string& id) const {
        const auto found = clients.find(id);
        return found == clients.end() ? id : found->second.name();
    }

    // What the hub says.

    void take(const XmlRpcCall& call) {
        if (!hub || *call.params.front().text() != hub->privateKey()) return;
        const auto text = [&](std::size_t i) {
            return i < call.params.size() && call.params[i].text() ? *call.params[i].text() : std::string();
        };
        const auto& last = call.params.back();
        if (call.method == "samp.client.receiveResponse" && call.params.size() == 4) {
            takeResponse(text(1), text(2), decodeResponse(last));
        } else if (call.method == "samp.client.receiveNotification" && call.params.size() == 3) {
            takeMessage(text(1), {}, decodeMessage(last));
        } else if (call.method == "samp.client.receiveCall" && call.params.size() == 4) {
            takeMessage(text(1), text(2), decodeMessage(last));
        }
    }

    void takeMessage(const std::string& sender, const std::string& id, Result<SampMessage> message) {
        if (!message) {
            core::log::debug("a message of " + nameOf(sender) + ": " + message.error().describe());
            return respond(id, SampResponse::error(message.error().message()));
        }
        if (message->mtype == pingType) return respond(id, SampResponse::ok());
        if (message->mtype.starts_with("samp.hub.")) {
            if (sender == hub->hubId()) takeEvent(*message);
            if (hub) respond(id, SampResponse::ok());
            return;
        }
        const bool understood =
            std::any_of(options.subscriptions.begin(), options.subscriptions.end(),
                        [&](const auto& mtype) { return subscriptionMatches(mtype, message->mtype); });
        if (!understood || !handlers.received)
            return respond(id,
                           SampResponse::error("messages " + message->mtype + " are not understood here"));
        if (echoes.hears(*message, now())) return respond(id, SampResponse::ok());
        handlers.received({std::move(*message), sender, nameOf(sender), id});
    }

    void takeEvent(const SampMessage& event) {
        const auto id = textOr(event.params, "id");
        if (event.mtype == "samp.hub.event.shutdown") {
            forget("the SAMP hub has ended", SampState::Hub::Absent);
            nextLook = now() + options.look; // it may still answer for a moment
        } else if (event.mtype == "samp.hub.disconnect") {
            wanted = false;
            hub.reset(); // there is nothing to unregister
            leave("the SAMP hub has disconnected Balmer: " + quoted(textOr(event.params, "reason")),
                  SampState::Hub::Off);
        } else if (id.empty() || id == hub->selfId()) {
            return;
        } else if (event.mtype == "samp.hub.event.unregister") {
            lose(id);
            clients.erase(id);
        } else if (clients.contains(id) || clients.size() < clientLimit) {
            auto& client = clients[id];
            client.id = id;
            if (const auto* metadata = mapIn(event.params, "metadata")) client.metadata = *metadata;
            if (const auto* mtypes = mapIn(event.params, "subscriptions"))
                client.subscriptions = subscriptionsIn(*mtypes);
        }
    }

    void takeResponse(const std::string& responder, const std::string& tag, Result<SampResponse> response) {
        const auto ticket = core::parseInteger(tag);
        const auto found = ticket ? waiting.find(static_cast<std::uint64_t>(*ticket)) : waiting.end();
        if (found == waiting.end() || found->second.from.erase(responder) == 0) return;
        SampAnswer answer{
            found->first, SampAnswer::Outcome::Responded, responder, nameOf(responder), {}, {}, {}};
        if (response) {
            answer.response = std::move(*response);
            if (answer.response.status != SampStatus::Ok)
                answer.text = answer.clientName + ": " + quoted(answer.response.forUser());
        } else {
            answer.response = SampResponse::error(response.error().message());
            answer.text = answer.clientName + ": " + response.error().message();
        }
        answer.last = found->second.from.empty();
        if (answer.last) finish(found);
        tell(answer);
    }

    // What is sent.

    void tell(const SampAnswer& answer) const {
        if (handlers.answered) handlers.answered(answer);
    }

    void finish(std::map<std::uint64_t, Awaited>::iterator awaited) {
        offers.release(awaited->second.offer);
        waiting.erase(awaited);
    }

    void loseAll(std::uint64_t ticket, const Awaited& awaited, const std::string& because) {
        offers.release(awaited.offer);
        std::size_t left = awaited.from.size();
        for (const auto& id : awaited.from)
            tell({ticket, SampAnswer::Outcome::Lost, id, nameOf(id), {}, because, --left == 0});
    }

    /// The client has gone.
    void lose(const std::string& id) {
        for (auto entry = waiting.begin(); entry != waiting.end();) {
            const auto here = entry++;
            if (here->second.from.erase(id) == 0) continue;
            const bool last = here->second.from.empty();
            const auto ticket = here->first;
            if (last) finish(here);
            tell({ticket,
                  SampAnswer::Outcome::Lost,
                  id,
                  nameOf(id),
                  {},
                  nameOf(id) + " went away before it answered",
                  last});
        }
    }

    void giveUpWaiting() {
        const auto time = now();
        for (auto entry = waiting.begin(); entry != waiting.end();) {
            const auto here = entry++;
            if (here->second.until > time) continue;
            const auto node = waiting.extract(here);
            loseAll(node.key(), node.mapped(),
                    "there was no answer within " +
                        core::formatDouble(std::chrono::duration<double>(node.mapped().limit).count()) +
                        " s");
        }
    }

    void refuse(std::uint64_t ticket, SampAnswer::Outcome outcome, std::string because,
                const std::optional<SampOffer>& offer) const {
        if (offer) withdraw(*offer);
        tell({ticket, outcome, {}, {}, {}, std::move(because), true});
    }

    void dispatch(std::uint64_t ticket, SampSending sending) {
        using Outcome = SampAnswer::Outcome;
        auto& message = sending.message;
        if (!hub)
            return refuse(ticket, Outcome::NotSent, why.empty() ? "no SAMP hub is connected" : why,
                          sending.offer);
        if (echoes.sends(message, now()) && sending.unlessEcho)
            return refuse(ticket, Outcome::Echo, {}, sending.offer);
        Awaited awaited{message.mtype, {}, sending.limit, now() + sending.limit, {}};
        if (sending.offer) {
            awaited.offer = offers.add(std::move(*sending.offer), now());
            message.params.insert_or_assign("url", server->url() + awaited.offer);
        }

        std::vector<SampAnswer> answers;
        const auto reached = [&](const std::string& id) {
            if (sending.notify)
                answers.push_back({ticket, Outcome::Notified, id, nameOf(id), {}, {}, false});
            else
                awaited.from.insert(id);
        };
        const auto refused = [&](const std::string& id, const core::Error& error) {
            if (error.code() != ErrorCode::Remote) nextLook = now(); // is the hub still there?
            answers.push_back(
                {ticket, Outcome::NotSent, id, id.empty() ? id : nameOf(id), {}, error.message(), false});
        };
        const auto tag = std::to_string(ticket);
        if (sending.to.empty()) {
            const auto all =
                sending.notify ? hub->notifyAll(message, task()) : hub->callAll(tag, message, task());
            if (!all) {
                refused({}, all.error());
            } else {
                for (const auto& id : *all)
                    reached(id);
            }
        } else {
            for (const auto& id : sending.to) {
                const auto sent =
                    sending.notify ? hub->notify(id, message, task()) : hub->call(id, tag, message, task());
                if (sent) {
                    reached(id);
                } else {
                    refused(id, sent.error());
                }
            }
        }
        if (answers.empty() && awaited.from.empty())
            answers.push_back({ticket,
                               Outcome::NotSent,
                               {},
                               {},
                               {},
                               "no program at the SAMP hub listens to " + message.mtype,
                               false});
        if (awaited.from.empty()) {
            answers.back().last = true;
            offers.release(awaited.offer);
        } else {
            waiting.emplace(ticket, std::move(awaited));
        }
        for (const auto& answer : answers)
            tell(answer);
    }

    void respond(std::string messageId, SampResponse response) {
        if (messageId.empty() || !hub) return;
        replies.push_back({now() + replyDelay, std::move(messageId), std::move(response)});
    }

    void sendReplies(Time upTo) {
        while (hub && !replies.empty() && replies.front().due <= upTo) {
            const auto reply = std::move(replies.front());
            replies.pop_front();
            const auto sent = hub->reply(reply.messageId, reply.response, task());
            if (sent) continue;
            core::log::debug("a reply over SAMP: " + sent.error().describe());
            if (sent.error().code() != ErrorCode::Remote) nextLook = now();
        }
    }

    const Options options;
    const Handlers handlers;

    core::Mutex mutex; ///< for what follows
    std::condition_variable wake;
    std::deque<std::function<void()>> tasks BALMER_GUARDED_BY(mutex);
    std::size_t heard BALMER_GUARDED_BY(mutex) = 0;      ///< of these, calls of the hub
    std::size_t heardBytes BALMER_GUARDED_BY(mutex) = 0; ///< of the calls, as they came
    bool ending BALMER_GUARDED_BY(mutex) = false;
    std::string expectedKey BALMER_GUARDED_BY(mutex); ///< in the hub's calls; "" where there is no hub
    SampState shown BALMER_GUARDED_BY(mutex);
    std::uint64_t lastTicket BALMER_GUARDED_BY(mutex) = 0;

    OfferedFiles offers;      ///< any thread
    std::string callbackPath; ///< written before the server starts

    // balmer-samp alone:
    http::Client net;
    std::unique_ptr<http::LoopbackServer> server;
    std::optional<HubClient> hub, lastHub; ///< lastHub: did not answer, and may still list us
    std::map<std::string, SampClient> clients;
    std::map<std::uint64_t, Awaited> waiting;
    std::deque<Reply> replies;
    EchoGuard echoes;
    bool wanted = false;
    Time nextLook;
    std::uint64_t looks = 0;
    std::optional<Time> offerEnds;
    SampState::Hub standing = SampState::Hub::Off;
    std::string why;

    std::stop_source stop;
    std::thread thread;
};

SampLink::SampLink(Options options, Handlers handlers)
    : state_(std::make_unique<State>(std::move(options), std::move(handlers))) {
    state_->thread = std::thread([state = state_.get()] { state->run(); });
}

SampLink::~SampLink() {
    state_->stop.request_stop();
    {
        const core::LockGuard lock(state_->mutex);
        state_->ending = true;
    }
    state_->wake.notify_one();
    state_->thread.join();
}

void SampLink::connect() {
    state_->enqueue([state = state_.get()] { state->connect(); });
}

void SampLink::disconnect() {
    state_->enqueue([state = state_.get()] { state->disconnect(); });
}

SampState SampLink::state() const {
    const core::LockGuard lock(state_->mutex);
    return state_->shown;
}

std::vector<SampClient> SampLink::listeners(std::string_view mtype) const {
    auto clients = state().clients;
    std::erase_if(clients, [&](const SampClient& client) { return !client.listensTo(mtype); });
    return clients;
}

std::uint64_t SampLink::send(SampSending sending) {
    std::uint64_t ticket = 0;
    {
        const core::LockGuard lock(state_->mutex);
        ticket = ++state_->lastTicket;
    }
    state_->enqueue([state = state_.get(), ticket, sending = std::move(sending)]() mutable {
        state->dispatch(ticket, std::move(sending));
    });
    return ticket;
}

void SampLink::reply(std::string messageId, SampResponse response) {
    state_->enqueue(
        [state = state_.get(), messageId = std::move(messageId), response = std::move(response)]() mutable {
            state->respond(std::move(messageId), std::move(response));
        });
}

} // namespace balmer::vo
