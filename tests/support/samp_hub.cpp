#include "tests/support/samp_hub.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "engine/core/files.h"
#include "engine/http/client.h"
#include "engine/http/loopback_server.h"
#include "engine/vo/samp/file_url.h"

namespace balmer::test {

using core::ErrorCode;
using core::fail;
using core::Result;
using vo::SampMap;
using vo::SampMessage;
using vo::SampResponse;
using vo::SampValue;
using vo::XmlRpcCall;

namespace {

const std::string hubId = "hub";

struct Member {
    std::string id, key, callback;
    SampMap metadata, subscriptions;
    SampHub::Neighbour neighbour;
    bool inProcess = false;

    bool listensTo(const std::string& mtype) const {
        return std::any_of(subscriptions.begin(), subscriptions.end(),
                           [&](const auto& entry) { return vo::subscriptionMatches(entry.first, mtype); });
    }
};

/// A call on its way: who waits for the response, and under which tag.
struct Pending {
    std::string caller, tag;
};

} // namespace

struct SampHub::State {
    std::filesystem::path lockFile;
    std::string secret = http::randomToken();
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, Member> members;
    std::map<std::string, Pending> pending;
    std::map<std::string, SampResponse> kept; ///< by tag, for callFrom()
    std::map<std::string, std::string> refused;
    std::vector<std::string> called;
    std::deque<std::function<void()>> deliveries;
    std::size_t counter = 0;
    bool ended = false, ending = false;
    std::unique_ptr<http::LoopbackServer> server;
    std::thread courier;

    void deliverAll() {
        std::unique_lock lock(mutex);
        while (true) {
            changed.wait(lock, [this] { return ending || !deliveries.empty(); });
            if (deliveries.empty()) return;
            auto delivery = std::move(deliveries.front());
            deliveries.pop_front();
            lock.unlock();
            delivery();
            lock.lock();
        }
    }

    // With the mutex held:

    void later(std::function<void()> delivery) {
        deliveries.push_back(std::move(delivery));
        changed.notify_all();
    }

    void post(const Member& member, std::string method, std::vector<SampValue> params) {
        if (member.callback.empty()) return;
        params.insert(params.begin(), SampValue(member.key));
        later([callback = member.callback, call = XmlRpcCall{std::move(method), std::move(params)}] {
            (void)SampHub::post(callback, call);
        });
    }

    void notify(const Member& member, const std::string& sender, const SampMessage& message) {
        if (member.inProcess) {
            if (member.neighbour)
                later([neighbour = member.neighbour, sender, message] { (void)neighbour(sender, message); });
        } else {
            post(member, "samp.client.receiveNotification", {sender, vo::encodeMessage(message)});
        }
    }

    std::string call(const Member& member, const std::string& caller, const std::string& tag,
                     const SampMessage& message) {
        const auto id = "m" + std::to_string(++counter);
        pending[id] = {caller, tag};
        if (member.inProcess) {
            later([this, id, responder = member.id, neighbour = member.neighbour, caller, message] {
                const auto response = neighbour ? neighbour(caller, message) : SampResponse::ok();
                const std::lock_guard lock(mutex);
                if (response) respond(responder, id, *response);
            });
        } else {
            post(member, "samp.client.receiveCall", {caller, id, vo::encodeMessage(message)});
        }
        return id;
    }

    void respond(const std::string& responder, const std::string& id, const SampResponse& response) {
        const auto found = pending.find(id);
        if (found == pending.end()) return;
        const auto caller = members.find(found->second.caller);
        if (caller != members.end() && !caller->second.inProcess)
            post(caller->second, "samp.client.receiveResponse",
                 {responder, found->second.tag, vo::encodeResponse(response)});
        else
            kept[found->second.tag] = response;
        pending.erase(found);
        changed.notify_all();
    }

    void event(const std::string& name, const std::string& about, SampMap params) {
        params.emplace("id", about);
        const SampMessage message{"samp.hub.event." + name, std::move(params), {}};
        for (const auto& [id, member] : members)
            if (id != about && member.listensTo(message.mtype)) notify(member, hubId, message);
    }

    Member* named(const std::string& name) {
        for (auto& [id, member] : members)
            if (!member.inProcess && vo::textOr(member.metadata, "samp.name") == name) return &member;
        return nullptr;
    }

    Result<SampValue> answer(const XmlRpcCall& call) {
        std::unique_lock lock(mutex);
        if (call.method != "samp.hub.ping" && call.method != "samp.hub.getRegisteredClients" &&
            call.method != "samp.hub.getMetadata" && call.method != "samp.hub.getSubscriptions")
            called.push_back(call.method);
        if (const auto found = refused.find(call.method); found != refused.end())
            return fail(ErrorCode::Remote, found->second);
        if (call.method == "samp.hub.ping") return SampValue();
        const auto text = [&](std::size_t i) {
            return i < call.params.size() && call.params[i].text() ? *call.params[i].text() : std::string();
        };
        if (call.method == "samp.hub.register") {
            if (text(0) != secret) return fail(ErrorCode::Remote, "Bad password");
            auto id = "c" + std::to_string(++counter);
            auto& member = members[id];
            member.id = id;
            member.key = http::randomToken();
            event("register", id, {});
            return SampValue(
                SampMap{{"samp.hub-id", hubId}, {"samp.self-id", id}, {"samp.private-key", member.key}});
        }
        const auto self = std::find_if(members.begin(), members.end(), [&](const auto& entry) {
            return !entry.second.key.empty() && entry.second.key == text(0);
        });
        if (self == members.end()) return fail(ErrorCode::Remote, "Unknown private key");
        if (call.method == "samp.hub.callAndWait") return callAndWait(lock, call, text(1), text(3));
        return answerMember(call, self->second, text);
    }

    /// Of neighbours in this process: the server's thread waits, and hears nobody.
    Result<SampValue> callAndWait(std::unique_lock<std::mutex>& lock, const XmlRpcCall& call,
                                  const std::string& responder, const std::string& seconds) {
        const auto member = members.find(responder);
        if (member == members.end() || call.params.size() != 4)
            return fail(ErrorCode::Remote, "No such client");
        BALMER_TRY(const auto message, vo::decodeMessage(call.params[2]));
        const auto tag = "waited " + std::to_string(++counter);
        this->call(member->second, {}, tag, message);
        if (!changed.wait_for(lock, std::chrono::seconds(std::stoi(seconds)),
                              [&] { return kept.contains(tag); }))
            return fail(ErrorCode::Remote, "No response in time");
        return vo::encodeResponse(kept[tag]);
    }

    template <typename Text>
    Result<SampValue> answerMember(const XmlRpcCall& call, Member& self, const Text& text) {
        const auto function = call.method.substr(std::string("samp.hub.").size());
        const auto map = [&](std::size_t i) {
            return i < call.params.size() && call.params[i].map() ? *call.params[i].map() : SampMap();
        };
        if (function == "unregister") {
            const auto id = self.id;
            members.erase(id);
            event("unregister", id, {});
            return SampValue();
        }
        if (function == "setXmlrpcCallback") {
            self.callback = text(1);
            return SampValue();
        }
        if (function == "declareMetadata") {
            self.metadata = map(1);
            event("metadata", self.id, {{"metadata", self.metadata}});
            return SampValue();
        }
        if (function == "declareSubscriptions") {
            self.subscriptions = map(1);
            event("subscriptions", self.id, {{"subscriptions", self.subscriptions}});
            return SampValue();
        }
        if (function == "getRegisteredClients") {
            vo::SampList ids{hubId};
            for (const auto& [id, member] : members)
                if (id != self.id) ids.emplace_back(id);
            return SampValue(std::move(ids));
        }
        if (function == "getMetadata" || function == "getSubscriptions") {
            if (text(1) == hubId)
                return SampValue(function == "getMetadata" ? SampMap{{"samp.name", "Hub"}} : SampMap());
            const auto found = members.find(text(1));
            if (found == members.end()) return fail(ErrorCode::Remote, "No such client");
            return SampValue(function == "getMetadata" ? found->second.metadata
                                                       : found->second.subscriptions);
        }
        if (function == "reply") {
            const auto response = vo::decodeResponse(call.params.back());
            if (!pending.contains(text(1)) || !response) return fail(ErrorCode::Remote, "No such message");
            respond(self.id, text(1), *response);
            return SampValue();
        }
        return answerSending(function, call, self, text);
    }

    template <typename Text>
    Result<SampValue> answerSending(const std::string& function, const XmlRpcCall& call, const Member& self,
                                    const Text& text) {
        const auto message = vo::decodeMessage(call.params.back());
        if (!message) return fail(ErrorCode::Remote, message.error().message());
        if (function == "notify" || function == "call") {
            const auto found = members.find(text(1));
            if (found == members.end()) return fail(ErrorCode::Remote, "No such client");
            if (!found->second.listensTo(message->mtype))
                return fail(ErrorCode::Remote, "Client " + vo::textOr(found->second.metadata, "samp.name") +
                                                   " is not subscribed to " + message->mtype);
            if (function == "call") return SampValue(this->call(found->second, self.id, text(2), *message));
            notify(found->second, self.id, *message);
            return SampValue();
        }
        vo::SampList reached;
        SampMap calls;
        for (const auto& [id, member] : members) {
            if (id == self.id || !member.listensTo(message->mtype)) continue;
            if (function == "notifyAll") {
                notify(member, self.id, *message);
                reached.emplace_back(id);
            } else if (function == "callAll") {
                calls.emplace(id, this->call(member, self.id, text(1), *message));
            }
        }
        if (function == "notifyAll") return SampValue(std::move(reached));
        if (function == "callAll") return SampValue(std::move(calls));
        return fail(ErrorCode::Remote, "No such function " + function);
    }

    http::ServerResponse serve(const http::ServerRequest& request) {
        http::ServerResponse response;
        response.contentType = "text/xml";
        const auto call = vo::decodeCall(request.body);
        const auto value = call ? answer(*call) : Result<SampValue>(fail(call.error()));
        response.body = value ? vo::encodeAnswer(*value) : vo::encodeFault(1, value.error().message());
        return response;
    }
};

SampHub::SampHub(std::filesystem::path lockFile) : state_(std::make_unique<State>()) {
    state_->lockFile = std::move(lockFile);
    state_->courier = std::thread([state = state_.get()] { state->deliverAll(); });
    state_->server = std::move(*http::LoopbackServer::start(
        [state = state_.get()](const http::ServerRequest& request) { return state->serve(request); }));
    (void)core::writeFile(state_->lockFile, "# a test's hub\nsamp.secret=" + state_->secret +
                                                "\nsamp.hub.xmlrpc.url=" + state_->server->url() +
                                                "/\nsamp.profile.version=1.3\n");
}

SampHub::~SampHub() {
    quit();
    {
        const std::lock_guard lock(state_->mutex);
        state_->ending = true;
        state_->changed.notify_all();
    }
    state_->courier.join();
}

void SampHub::quit() {
    {
        std::unique_lock lock(state_->mutex);
        if (state_->ended) return;
        state_->ended = true;
        state_->event("shutdown", hubId, {});
        std::error_code ignored;
        std::filesystem::remove(state_->lockFile, ignored);
    }
    state_->server.reset();
}

void SampHub::vanish() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->ended = true;
        state_->deliveries.clear();
    }
    state_->server.reset();
}

std::string SampHub::setting() const {
    return "std-lockurl:" + vo::urlOfFile(state_->lockFile);
}

std::string SampHub::addNeighbour(const std::string& name, const std::vector<std::string>& mtypes,
                                  Neighbour neighbour) {
    const std::lock_guard lock(state_->mutex);
    auto id = "n" + std::to_string(++state_->counter);
    auto& member = state_->members[id];
    member.id = id;
    member.inProcess = true;
    member.neighbour = std::move(neighbour);
    member.metadata = {{"samp.name", name}};
    for (const auto& mtype : mtypes)
        member.subscriptions.emplace(mtype, SampMap());
    state_->event("register", id, {});
    state_->event("metadata", id, {{"metadata", member.metadata}});
    state_->event("subscriptions", id, {{"subscriptions", member.subscriptions}});
    return id;
}

void SampHub::subscribeSilently(const std::string& id, const std::vector<std::string>& mtypes) {
    const std::lock_guard lock(state_->mutex);
    auto& subscriptions = state_->members.at(id).subscriptions;
    subscriptions.clear();
    for (const auto& mtype : mtypes)
        subscriptions.emplace(mtype, SampMap());
}

void SampHub::removeNeighbour(const std::string& id) {
    const std::lock_guard lock(state_->mutex);
    state_->members.erase(id);
    state_->event("unregister", id, {});
}

void SampHub::notifyFrom(const std::string& neighbour, const SampMessage& message) {
    const std::lock_guard lock(state_->mutex);
    for (const auto& [id, member] : state_->members)
        if (id != neighbour && member.listensTo(message.mtype)) state_->notify(member, neighbour, message);
}

std::optional<SampResponse> SampHub::callFrom(const std::string& neighbour, const SampMessage& message) {
    std::unique_lock lock(state_->mutex);
    const auto found = std::find_if(state_->members.begin(), state_->members.end(), [&](const auto& entry) {
        return !entry.second.inProcess && entry.second.listensTo(message.mtype);
    });
    if (found == state_->members.end()) return std::nullopt;
    const auto tag = "kept " + std::to_string(++state_->counter);
    state_->call(found->second, neighbour, tag, message);
    if (!state_->changed.wait_for(lock, std::chrono::minutes(1), [&] { return state_->kept.contains(tag); }))
        return std::nullopt;
    return state_->kept[tag];
}

void SampHub::tell(const std::string& clientName, const SampMessage& message) {
    const std::lock_guard lock(state_->mutex);
    if (const auto* member = state_->named(clientName)) state_->notify(*member, hubId, message);
}

void SampHub::disconnect(const std::string& clientName, const std::string& reason) {
    const std::lock_guard lock(state_->mutex);
    const auto* member = state_->named(clientName);
    if (!member) return;
    state_->notify(*member, hubId, {"samp.hub.disconnect", {{"reason", reason}}, {}});
    state_->members.erase(member->id);
}

void SampHub::refuse(const std::string& function, const std::string& text) {
    const std::lock_guard lock(state_->mutex);
    if (text.empty())
        state_->refused.erase(function);
    else
        state_->refused[function] = text;
}

std::vector<SampHub::Client> SampHub::clients() const {
    const std::lock_guard lock(state_->mutex);
    std::vector<Client> all;
    for (const auto& [id, member] : state_->members) {
        if (member.inProcess) continue;
        Client client{id, vo::textOr(member.metadata, "samp.name"), member.key, member.callback, {}};
        for (const auto& [mtype, annotations] : member.subscriptions)
            client.mtypes.push_back(mtype);
        all.push_back(std::move(client));
    }
    return all;
}

std::vector<std::string> SampHub::called() const {
    const std::lock_guard lock(state_->mutex);
    return state_->called;
}

Result<SampValue> SampHub::post(const std::string& callback, const XmlRpcCall& call) {
    http::Client client;
    http::Request request;
    request.url = callback;
    request.method = "POST";
    request.body = vo::encodeCall(call);
    request.fields = {{"Content-Type", "text/xml"}};
    request.limit = std::chrono::seconds(20);
    BALMER_TRY(const auto answer, client.send(request, {}));
    if (!answer.succeeded()) return fail(ErrorCode::Protocol, "HTTP status " + std::to_string(answer.status));
    return vo::decodeAnswer(answer.body);
}

bool eventually(const std::function<bool()>& holds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!holds()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

} // namespace balmer::test
