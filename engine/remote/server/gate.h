// Gate: the connections whose owner is not known yet, from accept to the end of the handshake, TLS included.
// Private to remote.
//
// There are only so many of them, in all and from one address; where one more comes, another gives way: of
// the same address, else of the address which has most. There those go first who have been refused already,
// then those who say nothing, the oldest first; of those who speak, one of the older half, by chance: no
// order in which strangers come drives out the owner who shares their address. So a stranger takes neither
// all the worker's descriptors nor the places of others. Used on one thread.
#pragma once

#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "engine/remote/transport/stream.h"

namespace balmer::remote {

/// Under which an address is counted: an IPv6 network of 64 bits is one peer.
std::string peerName(const asio::ip::address& address);

class Gate {
    struct Waiting;

  public:
    struct Limits {
        std::size_t all = 2048, each = 1536; ///< each: from one peer
    };
    /// How a connection stands, the first to give way first. Known: by a word that only one who was paired
    /// can say, though others may have overheard it.
    enum class Standing { Refused, Silent, Speaking, Known };
    Gate(asio::any_io_executor executor, Limits limits) : executor_(std::move(executor)), limits_(limits) {}
    ~Gate();

    /// Held by a connection while it is in the gate; given up before its socket is closed.
    class Place {
      public:
        Place(Gate& gate, std::shared_ptr<Waiting> waiting) : gate_(&gate), waiting_(std::move(waiting)) {}
        Place(Place&&) = default;
        Place& operator=(Place&&) = delete;
        ~Place() { leave(); }
        void leave();
        void becomes(Standing standing);
        void speaks(); ///< no longer silent
        bool isIn() const;
        /// Called once, when it has to give way; nothing for nobody.
        void whenGone(std::function<void()> tell);
        /// So long, or until it has to give way.
        asio::awaitable<void> wait(std::chrono::milliseconds time);

      private:
        Gate* gate_;
        std::shared_ptr<Waiting> waiting_; ///< nothing once it has left
    };
    /// socket: shut down, so that whoever waits on it sees its end, when it has to give way.
    Place enter(const std::string& peer, int socket, Standing standing = Standing::Silent);
    std::size_t size() const { return waiting_.size(); }
    void closeAll();

  private:
    using Line = std::list<std::shared_ptr<Waiting>>;
    void remove(const std::shared_ptr<Waiting>& waiting);
    void giveWay(const std::shared_ptr<Waiting>& waiting);
    void makeRoom(const std::string& peer);

    asio::any_io_executor executor_;
    Limits limits_;
    Line waiting_;                              ///< oldest first
    std::map<std::string, std::size_t> counts_; ///< of each peer that has any
};

/// Raises what this process may hold open to what the system allows it; how many files and sockets that are.
std::size_t raiseDescriptorLimit();

/// Warnings that a stranger can cause: ten a minute, then how many were left out.
class SparseLog {
  public:
    void warning(const std::string& line);

  private:
    std::chrono::steady_clock::time_point begin_;
    std::size_t written_ = 0, leftOut_ = 0;
};

} // namespace balmer::remote
