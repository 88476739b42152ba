// Client: the one way in which Balmer fetches from the net, on libcurl: http, https, ftp and ftps, nothing
// else, also after a redirect.
//
// Thread rule: any thread, several at once; each call blocks its own thread until the answer is there, and
// connections are kept open between calls. A call ends within about a tenth of a second when its TaskContext
// is asked to stop. The receiver's functions run on the calling thread. Nothing is tried twice here: see
// retry.h.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/http/header_fields.h"

namespace balmer::http {

struct ClientSettings {
    std::string userAgent = "Balmer/0.1";
    /// "http://proxy:3128", "socks5://…"; empty: what the environment says (http_proxy, no_proxy …).
    /// Addresses of this computer's loopback, and with its own name, never go through a proxy.
    std::string proxy{};
    std::chrono::milliseconds connect{20000}; ///< to a connection, names and TLS included
    std::chrono::seconds stalled{60};         ///< less than one byte a second for so long ends a call
    /// Certificates (PEM) trusted instead of the system's; empty: the system's.
    std::filesystem::path trustedCertificates{};
};

struct Request {
    std::string url{};          ///< user and password in it are taken out and used as below
    std::string method = "GET"; ///< GET, HEAD, POST, DELETE …; FTP knows GET and HEAD
    std::string body{};         ///< sent with Content-Length, never in chunks
    HeaderFields fields{};      ///< e.g. Content-Type, Accept
    std::string user{};         ///< basic authentication, or the FTP login; not told to another host
    std::string password{};
    std::uint64_t from = 0;                      ///< first byte wanted: Range, or FTP's REST
    std::uint64_t limitBytes = 64 * 1024 * 1024; ///< a longer body is ResourceExhausted
    unsigned redirects = 10;                     ///< 0: a redirect is the answer
    /// A redirect of a public host may lead to this computer or into a private network. Without it that is
    /// Unsupported: a page elsewhere must not have what only this computer can reach fetched for it.
    bool redirectsToPrivate = false;
    std::optional<std::chrono::milliseconds> limit{}; ///< for the whole call; none: only `stalled` ends it
};

struct Answer {
    unsigned status = 0;  ///< of HTTP; 200 for what FTP delivered
    std::string finalUrl; ///< after redirects, without user and password
    std::string contentType;
    std::string etag;         ///< as sent, with its quotes and W/
    std::string lastModified; ///< as sent; of FTP from MDTM, in the same form
    std::string contentRange;
    std::optional<std::chrono::seconds> retryAfter; ///< from now on; dates are turned into seconds
    std::optional<std::uint64_t> contentLength;     ///< as announced
    HeaderFields fields;                            ///< all of the last response
    std::uint64_t bytes = 0;                        ///< of the body, as they came
    std::string body;                               ///< where no receiver took it

    bool succeeded() const { return status >= 200 && status < 300; }
    /// Its body is what was asked for: 200, 203 or 206, not 202 (not ready) or 204 (nothing).
    bool hasContent() const { return status == 200 || status == 203 || status == 206; }
};

/// Where a body goes. An error from either function ends the call and is its result.
struct Receiver {
    /// Once, when the header of the last response is there (body and bytes are still empty); may be empty.
    std::function<core::Status(const Answer& header)> begin;
    std::function<core::Status(std::span<const std::byte> piece)> take;
};

struct FtpEntry {
    enum class Kind { File, Folder, Link, Other };
    std::string name; ///< bytes as the server sent them
    Kind kind = Kind::File;
    std::uint64_t bytes = 0;
};

class Client {
  public:
    explicit Client(ClientSettings settings = {});
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// An answer with whatever status the server gives: 404 is an Answer. Errors: InvalidArgument (the
    /// address, a refused certificate or login), Unsupported (its scheme, or where a redirect leads),
    /// Cancelled, DeadlineExceeded (no connection, or silence, for longer than allowed), ResourceExhausted
    /// (limitBytes), NotFound (no such host; FTP: no such file), Remote (connection refused or lost, the body
    /// ended early), Protocol (what came is not HTTP or FTP; too many redirects).
    core::Result<Answer> send(const Request& request, const core::TaskContext& task);
    core::Result<Answer> send(const Request& request, const Receiver& receiver,
                              const core::TaskContext& task);

    /// What an FTP folder holds, without "." and "..", the first `most` of it. The address names the folder.
    /// Errors as above.
    core::Result<std::vector<FtpEntry>> listFtpFolder(const Request& request, std::size_t most,
                                                      const core::TaskContext& task);

    const ClientSettings& settings() const;

    /// A server that asked for a pause is left alone by every thread: until when, for this origin
    /// (Url::origin()); in the past for all others. Kept by retry.h.
    std::chrono::steady_clock::time_point pausedUntil(const std::string& origin) const;
    void pause(const std::string& origin, std::chrono::steady_clock::time_point until);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// True for the beginning of an HTML or XHTML page (byte-order mark, white space, comments, <?xml?> skipped):
/// what a server sends instead of data when something is wrong, often with status 200.
bool looksLikeHtml(std::span<const std::byte> beginning);
bool looksLikeHtml(std::string_view beginning);
/// As above, and where the server says that it is HTML any other markup too that is neither XML by its
/// declaration nor a VOTable ("<br /><b>Fatal error</b>"). Wants 1024 bytes, or all that there is.
bool looksLikeHtml(std::string_view beginning, std::string_view contentType);

/// An answer without content, as an error that a user understands: NotFound for 204, 404 and 410,
/// InvalidArgument for 401, 403 and 407, otherwise Remote. With a short plain-text body, that too.
core::Error statusError(const Answer& answer);

} // namespace balmer::http
