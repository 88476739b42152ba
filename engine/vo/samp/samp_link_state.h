// What SampLink works with. Private to the module.
//
// samp_link.cpp has the face, the thread and what the server takes; samp_link_hub.cpp looks for a hub and
// after it; samp_link_talk.cpp has what the hub says and what is sent.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <set>
#include <stop_token>
#include <utility>

#include "engine/core/mutex.h"
#include "engine/core/start_thread.h"
#include "engine/core/task_context.h"
#include "engine/http/client.h"
#include "engine/http/loopback_server.h"
#include "engine/vo/samp/echo_guard.h"
#include "engine/vo/samp/hub_client.h"
#include "engine/vo/samp/offered_files.h"
#include "engine/vo/samp/samp_link.h"
#include "engine/vo/samp/xml_rpc.h"

namespace balmer::vo {

constexpr std::string_view pingType = "samp.app.ping";
constexpr std::size_t clientLimit = 1000;
/// The hub of astropy 5.2 forgets a response that comes before it has noted down its own call.
constexpr auto replyDelay = std::chrono::milliseconds(50);

/// A call of the hub: a selection of 370 000 rows.
constexpr std::size_t callBytes = std::size_t{16} << 20;

struct SampLink::State {
    using Time = std::chrono::steady_clock::time_point;
    static Time now() { return std::chrono::steady_clock::now(); }

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

    State(Options given, Handlers to);

    // --- any thread ---

    /// Errors: ResourceExhausted where there is no thread yet and none to be had; the task waits for one.
    core::Status enqueue(std::function<void()> task);

    /// The server's handler: takes a call of the hub, or serves an offered file.
    http::ServerResponse serve(const http::ServerRequest& request);
    std::string takeCall(std::string_view body);

    // --- balmer-samp alone, from here on ---

    void run();
    std::function<void()> nextTask();
    std::optional<Time> nextDeadline() const;
    core::TaskContext task() const { return {stop.get_token(), {}}; }

    void connect();
    void disconnect();

    /// Unregisters where there is a hub to tell.
    void leave(std::string because, SampState::Hub becomes);

    /// There is no hub any more.
    void forget(std::string because, SampState::Hub becomes);

    // Looking for a hub, and after it.

    void look();
    core::Result<SampLock> findLock();
    core::Status join();
    core::Status listen();
    core::Status settle();

    /// Who is there, by the hub's own list: what an event did not tell is mended here.
    core::Status refreshClients();
    void publish();
    std::string nameOf(const std::string& id) const;

    // What the hub says.

    void take(const XmlRpcCall& call);
    void takeMessage(const std::string& sender, const std::string& id, core::Result<SampMessage> message);
    void takeEvent(const SampMessage& event);
    void takeResponse(const std::string& responder, const std::string& tag,
                      core::Result<SampResponse> response);

    // What is sent.

    void tell(const SampAnswer& answer) const;
    void finish(std::map<std::uint64_t, Awaited>::iterator awaited);
    void loseAll(std::uint64_t ticket, const Awaited& awaited, const std::string& because);

    /// The client has gone.
    void lose(const std::string& id);
    void giveUpWaiting();
    void refuse(std::uint64_t ticket, SampAnswer::Outcome outcome, std::string because,
                const std::optional<SampOffer>& offer) const;
    void dispatch(std::uint64_t ticket, SampSending sending);
    void respond(std::string messageId, SampResponse response);
    void sendReplies(Time upTo);

    const Options options;
    const Handlers handlers;
    core::Mutex mutex;
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
    core::Thread thread BALMER_GUARDED_BY(mutex); ///< begun when there is something to do
};

} // namespace balmer::vo
