// SampLink: Balmer at the SAMP hub (IVOA SAMP 1.3, standard profile): looks for a hub, registers, knows who
// else is there, sends and receives.
//
// Owner: the application, one a running program. Nothing touches the network before connect(). No function
// waits for the network, except the destructor, which unregisters and takes at most a few seconds where the
// hub hangs. Every function may be called from any thread.
// Threads: `balmer-samp` talks to the hub and calls the handlers, one at a time and in order; they should
// return soon and may call every function but the destructor. `balmer-http` (of http::LoopbackServer) takes
// the hub's calls and serves the offered files.
//
// A hub may come and go: while connected and without one, the lock file is looked at every `look`; the lock
// is never removed. Message ids and client ids are opaque and hold until the hub goes.
// Responses come by the hub, under a tag (samp.hub.call): samp.hub.callAndWait would keep a thread for each
// program that has yet to answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/vo/samp/samp_message.h"

namespace balmer::vo {

struct SampState {
    enum class Hub {
        Off,      ///< connect() has not been called, or disconnect() has, or the hub has turned us out
        Absent,   ///< looked for every few seconds
        Connected ///< registered
    };
    Hub hub = Hub::Off;
    std::string why;                 ///< when not Connected: a sentence for the user; may be empty when Off
    std::string hubUrl;              ///< when Connected
    std::string selfId;              ///< when Connected: our own id
    std::vector<SampClient> clients; ///< when Connected: the others, by name; the hub itself among them

    bool operator==(const SampState&) const = default;
};

/// A message from another program.
struct SampReceived {
    SampMessage message;
    std::string senderId, senderName;
    /// Where the sender waits for a response: the id for reply(), to be called once, and when a url has been
    /// fetched: the sender may serve it no longer than that. Empty: a notification.
    std::string messageId;
};

/// A file that is lent to those who get the message: the link serves it under a URL that nobody guesses and
/// puts that into the parameter "url". It is served for `keep` from sending, and until all who were called
/// have answered or their time is over, and no longer than the link is connected.
struct SampOffer {
    std::filesystem::path file;
    std::string contentType; ///< "application/x-votable+xml", "application/fits"
    std::string name;        ///< the URL's last segment, with the extension that receivers look at
    std::chrono::milliseconds keep = std::chrono::minutes(10);
    bool removeAfterwards = false; ///< the file is removed when it is no longer served
    /// Called on `balmer-http` each time it has been sent whole; may be empty. It should return at once.
    std::function<void()> fetched = {};
};

struct SampSending {
    SampMessage message;
    /// Ids of clients; empty: all who listen to the MType.
    std::vector<std::string> to;
    bool notify = false;     ///< without asking for a response
    bool unlessEcho = false; ///< not where it only repeats what was just received (EchoGuard)
    std::chrono::milliseconds limit = std::chrono::seconds(60); ///< to wait for a response
    std::optional<SampOffer> offer;
};

/// What became of a sending at one client. Each sending has one with `last`; where it reached nobody, that
/// one has no client.
struct SampAnswer {
    enum class Outcome {
        Notified,  ///< the hub has taken the notification
        Responded, ///< see `response`
        Lost,      ///< no response within the limit, or the client or the hub went away
        NotSent,   ///< no hub, nobody listens, or the hub refused it
        Echo       ///< left out as asked by unlessEcho
    };
    std::uint64_t ticket = 0;
    Outcome outcome = Outcome::NotSent;
    std::string clientId, clientName;
    SampResponse response; ///< when Responded
    std::string text;      ///< a sentence for the user: a warning or an error; "" where all is well
    bool last = false;
};

class SampLink {
  public:
    struct Options {
        SampMap metadata; ///< samp.name, samp.description.text …
        /// MTypes that `received` deals with; those that the profile wants are added.
        std::vector<std::string> subscriptions;
        std::optional<std::string> hub;       ///< in place of the environment's SAMP_HUB
        std::chrono::milliseconds look{5000}; ///< between looks at the lock file, and at a hub that is there
        std::chrono::milliseconds ping{2000}; ///< a hub that takes longer is not there
        std::chrono::milliseconds request{10000}; ///< to wait for the hub's answer to any other call
        std::chrono::milliseconds echo{2000};     ///< EchoGuard's window
    };
    /// Any may be empty.
    struct Handlers {
        std::function<void(const SampState&)> stateChanged;
        std::function<void(const SampReceived&)> received; ///< echoes are left out
        /// The hub had a message that is too long to be taken (above 16 MiB): a sentence.
        std::function<void(const std::string&)> tooLong;
        std::function<void(const SampAnswer&)> answered;
    };

    SampLink(Options options, Handlers handlers);
    /// Unregisters; no handler runs afterwards.
    ~SampLink();
    SampLink(const SampLink&) = delete;
    SampLink& operator=(const SampLink&) = delete;

    /// Where the system gives no thread for it, stateChanged says so on the calling one, and the next call
    /// tries again.
    void connect();
    /// Unregisters and stops looking. What is under way ends as Lost.
    void disconnect();

    SampState state() const;
    /// Who listens to the MType, ourselves left out, by name; empty where there is no hub.
    std::vector<SampClient> listeners(std::string_view mtype) const;

    /// The ticket under which `answered` tells what became of it.
    std::uint64_t send(SampSending sending);
    /// The response to a received message. A reply that comes too late, or to a hub that has gone, is
    /// dropped.
    void reply(std::string messageId, SampResponse response);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace balmer::vo
