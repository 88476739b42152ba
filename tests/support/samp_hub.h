// SampHub: a SAMP hub of the standard profile in this process, with neighbours that are plain functions.
//
// One owner. Every function may be called from any thread. Threads: the server's, and one that delivers.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/vo/samp/samp_message.h"
#include "engine/vo/samp/xml_rpc.h"

namespace balmer::test {

class SampHub {
  public:
    /// Writes the lock file and serves.
    explicit SampHub(std::filesystem::path lockFile);
    /// Ends as quit() does, unless it has ended already.
    ~SampHub();
    SampHub(const SampHub&) = delete;
    SampHub& operator=(const SampHub&) = delete;

    /// Tells everybody, removes the lock.
    void quit();
    /// As by kill -9: no word, and the lock stays.
    void vanish();

    /// What SAMP_HUB would be.
    std::string setting() const;

    /// A program that gets messages by a function; its response to a call, or nothing for none ever.
    using Neighbour =
        std::function<std::optional<vo::SampResponse>(const std::string& sender, const vo::SampMessage&)>;
    /// Its id.
    std::string addNeighbour(const std::string& name, const std::vector<std::string>& mtypes,
                             Neighbour neighbour = {});
    /// Other subscriptions than before, of which no event tells.
    void subscribeSilently(const std::string& id, const std::vector<std::string>& mtypes);
    void removeNeighbour(const std::string& id);
    void notifyFrom(const std::string& neighbour, const vo::SampMessage& message);
    /// The response of the first who is registered over the network and listens. Waits for it.
    std::optional<vo::SampResponse> callFrom(const std::string& neighbour, const vo::SampMessage& message);

    /// Sends the registered client of this name a message as the hub itself.
    void tell(const std::string& clientName, const vo::SampMessage& message);
    /// Turns it out, as a user might.
    void disconnect(const std::string& clientName, const std::string& reason);

    /// From now on this function is answered with a fault; "" for the text: no longer.
    void refuse(const std::string& function, const std::string& text);

    struct Client {
        std::string id, name, key, callback;
        std::vector<std::string> mtypes;
    };
    /// Those registered over the network.
    std::vector<Client> clients() const;
    /// Functions called so far, without pings and lists.
    std::vector<std::string> called() const;
    /// Posts to a client's callback and gives what it answers.
    static core::Result<vo::SampValue> post(const std::string& callback, const vo::XmlRpcCall& call);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Waits until it holds, as long as a minute; whether it did.
bool eventually(const std::function<bool()>& holds);

} // namespace balmer::test
