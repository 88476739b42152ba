// LoopbackServer: the small HTTP server with which Balmer is spoken to by programs on the same computer (SAMP
// callbacks and files, the UWS face).
//
// Listens on 127.0.0.1 alone, on a free port unless one is named, with one thread `balmer-http` that does all
// its network. It knows nothing of what is served: a handler answers each request. A request whose Host is
// another name than this computer's loopback is refused (421), so that a web page cannot reach it by a name
// of its own. Who may ask is the handler's matter: put randomToken() into the paths that are given out.
// HTTP/1.0 and 1.1; bodies of requests with Content-Length or chunked; answers always with Content-Length;
// connections are kept open where the other side asks for it. Who says nothing, or asks for what is not
// there, gives way to who asks: of those who have only begun to ask, one of the older half, by chance, so
// that nobody is driven out by the order in which strangers come.
//
// Thread rule: start, stop and the destructor from any thread but the server's own; one at a time. The
// handler runs on the server's thread, one request at a time: it must return soon, or nobody else is
// answered. It may post work elsewhere, and must not stop the server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/http/header_fields.h"

namespace balmer::http {

struct ServerRequest {
    std::string method; ///< "GET", "POST" …; a HEAD comes as GET, the server leaves the body out
    std::string target; ///< as it was sent: "/a%20b?x=1"
    std::string path;   ///< decoded, without the query; always begins with '/'. NUL never occurs
    std::string query;  ///< as it was sent, without the '?'
    HeaderFields fields;
    std::string body;
};

struct ServerResponse {
    unsigned status = 200;
    std::string contentType = "text/plain; charset=utf-8"; ///< left out where there is no body
    std::string body{};
    /// Where not empty, this regular file is sent instead of body, in pieces, with the length that it has
    /// when it is opened; 404 where it does not open. It may be removed as soon as the answer has begun.
    std::filesystem::path file{};
    HeaderFields fields{}; ///< further ones, e.g. Location. Not Content-Length, Content-Type, Connection
    /// Called on the server's thread when the answer has been sent whole (true) or has failed (false).
    std::function<void(bool sent)> done{};
};

struct LoopbackServerLimits {
    std::size_t headerBytes = 16 * 1024;      ///< above: 431
    std::size_t bodyBytes = 1024 * 1024;      ///< of a request; above: 413
    std::size_t connections = 256;            ///< above: one that has asked for nothing there is ends
    std::chrono::milliseconds request{10000}; ///< from the first byte of a request to its last
    std::chrono::milliseconds idle{30000};    ///< a kept connection without a request
    std::chrono::milliseconds stalled{30000}; ///< the other side takes no byte of the answer
};

class LoopbackServer {
  public:
    /// How long the body of a request to this target, as it was sent, may be: no longer than the limits say.
    /// On the server's thread.
    using BodyBytes = std::function<std::size_t(std::string_view target)>;
    using Handler = std::function<ServerResponse(const ServerRequest&)>;

    /// Listens when it returns. port 0: any free one. bodyBytes: where some targets
    /// take more than others. Errors: Io (the port is taken).
    static core::Result<std::unique_ptr<LoopbackServer>> start(Handler handler, std::uint16_t port = 0,
                                                               LoopbackServerLimits limits = {},
                                                               BodyBytes bodyBytes = {});
    /// Closes every connection at once, waits for the handler to return, ends the thread.
    ~LoopbackServer();
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    std::uint16_t port() const;
    /// "http://127.0.0.1:PORT", to which a path beginning with '/' is appended.
    const std::string& url() const;

  private:
    struct State;
    explicit LoopbackServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// 32 characters of [0-9a-f] from the system's random source: a path that nobody guesses.
std::string randomToken();

} // namespace balmer::http
