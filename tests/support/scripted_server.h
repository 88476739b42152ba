// A server on 127.0.0.1 that does to each connection exactly what a test says, byte by byte: for answers that
// no real server would give. And its counterpart, a client that sends exactly what it is told.
//
// ScriptedServer has one owner; the script runs on a thread of its own for each connection, several at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace balmer::test {

class ScriptedServer {
  public:
    /// One connection, as the script sees it.
    class Peer {
      public:
        /// False where the other side has gone.
        bool send(std::string_view bytes) const;
        /// "HTTP/1.1 STATUS\r\n" + fields + Content-Length + body.
        bool answer(std::string_view status, std::string_view body, std::string_view fields = {}) const;
        /// Says nothing more until the other side or the server ends the connection.
        void hold() const;

      private:
        friend class ScriptedServer;
        explicit Peer(int socket) : socket_(socket) {}
        int socket_;
    };
    /// head: the request line and fields, without the empty line. When it returns true the next request of
    /// this connection is read, otherwise the connection is closed.
    using Script = std::function<bool(const Peer& peer, const std::string& head)>;

    explicit ScriptedServer(Script script);
    ~ScriptedServer();
    ScriptedServer(const ScriptedServer&) = delete;
    ScriptedServer& operator=(const ScriptedServer&) = delete;

    std::uint16_t port() const { return port_; }
    /// "http://127.0.0.1:PORT" + path.
    std::string url(std::string_view path) const;
    /// The heads of all requests so far, in order of arrival.
    std::vector<std::string> requests() const;
    /// How many of them begin with this text ("GET /a.fits ").
    std::size_t count(std::string_view beginning) const;

  private:
    void serve(int socket);

    Script script_;
    int listening_ = -1;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::vector<std::string> heads_;
    std::set<int> open_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// The value of a field in a head, "" where it is absent.
std::string fieldOf(const std::string& head, std::string_view name);
/// The path of a head's request line.
std::string pathOf(const std::string& head);

/// Connects, sends the bytes, and gives what came back until the other side closed (or a minute of silence).
std::string exchangeBytes(std::uint16_t port, std::string_view bytes);

} // namespace balmer::test
