#include "engine/http/loopback_server.h"

#include <netinet/tcp.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <exception>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "engine/core/log.h"
#include "engine/core/start_thread.h"
#include "engine/core/thread_pool.h"
#include "engine/http/url.h"

namespace balmer::http {

using core::ErrorCode;
using core::fail;
using core::Result;

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::chrono::milliseconds lingering{2000}; ///< for the other side to read why it was refused
constexpr std::size_t mostLingering = 8 * 1024 * 1024;

bool namesLoopback(std::string_view host) {
    if (!host.empty() && host.front() == '[') return host.starts_with("[::1]");
    host = host.substr(0, host.find(':'));
    return host.empty() || host == "127.0.0.1" || beast::iequals({host.data(), host.size()}, "localhost");
}

/// A field must not end its line.
std::string oneLine(std::string text) {
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
    return text;
}

ServerResponse refusal(unsigned status, std::string sentence) {
    ServerResponse response;
    response.status = status;
    response.body = std::move(sentence) + "\n";
    return response;
}

class Session;

/// What all connections share; used on the server's thread alone, once it runs.
struct Shared {
    LoopbackServer::Handler handler;
    LoopbackServerLimits limits;
    LoopbackServer::BodyBytes bodyBytes;
    std::list<Session*> sessions; ///< oldest first

    /// Whether one more may come; where there are too many, a stranger goes.
    bool makeRoom();
};

/// One connection: keeps itself alive by the operation that it waits for.
class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(tcp::socket socket, std::shared_ptr<Shared> shared)
        : stream_(std::move(socket)), shared_(std::move(shared)) {
        shared_->sessions.push_back(this);
        char byte = 0;
        if (::recv(stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
            standing_ = Standing::Asking;
    }
    ~Session() {
        shared_->sessions.remove(this);
        finished(false);
    }

    /// The first to give way first. Known: it was answered with what there is.
    enum class Standing { Refused, Silent, Asking, Known };
    Standing standing() const { return standing_; }

    void close() {
        error_code ignored;
        stream_.socket().close(ignored);
        stream_.cancel();
    }

    void waitForRequest() {
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(shared_->limits.headerBytes));
        parser_->body_limit(shared_->limits.bodyBytes);
        bodyLimit_ = shared_->limits.bodyBytes;
        stream_.expires_after(shared_->limits.idle);
        bhttp::async_read_some(stream_, buffer_, *parser_,
                               [self = shared_from_this()](error_code error, std::size_t) {
                                   self->stream_.expires_after(self->shared_->limits.request);
                                   if (!error) self->standing_ = std::max(self->standing_, Standing::Asking);
                                   if (self->readOn(error)) self->readHeader();
                               });
    }

  private:
    using Parser = bhttp::request_parser<bhttp::string_body>;

    void readHeader() {
        if (parser_->is_header_done()) return continueOrRead();
        bhttp::async_read_header(stream_, buffer_, *parser_,
                                 [self = shared_from_this()](error_code error, std::size_t) {
                                     if (self->readOn(error)) self->continueOrRead();
                                 });
    }

    void continueOrRead() {
        if (shared_->bodyBytes) {
            const auto target = parser_->get().target();
            bodyLimit_ = std::min(bodyLimit_, shared_->bodyBytes({target.data(), target.size()}));
            const auto length = parser_->content_length();
            if ((length && *length > bodyLimit_) || parser_->get().body().size() > bodyLimit_) {
                (void)readOn(bhttp::make_error_code(bhttp::error::body_limit));
                return;
            }
            parser_->body_limit(bodyLimit_);
        }
        const auto expect = parser_->get()[bhttp::field::expect];
        if (parser_->is_done() || !beast::iequals(expect, "100-continue")) return readBody();
        static constexpr std::string_view go = "HTTP/1.1 100 Continue\r\n\r\n";
        asio::async_write(stream_, asio::buffer(go.data(), go.size()),
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (!error) self->readBody();
                          });
    }

    void readBody() {
        if (parser_->is_done()) return answer();
        bhttp::async_read(stream_, buffer_, *parser_,
                          [self = shared_from_this()](error_code error, std::size_t) {
                              if (self->readOn(error)) self->answer();
                          });
    }

    /// False where reading has ended; what deserves an answer has then been given one.
    bool readOn(error_code error) {
        if (!error) return true;
        closing_ = true;
        version_ = 11;
        if (error == bhttp::error::header_limit) {
            respond(refusal(431, "The header of the request is too long."), false);
        } else if (error == bhttp::error::body_limit) {
            respond(refusal(413, "The body of the request is longer than " + std::to_string(bodyLimit_) +
                                     " bytes."),
                    false);
        } else if (error.category() == bhttp::make_error_code(bhttp::error::bad_method).category() &&
                   error != bhttp::error::end_of_stream && error != bhttp::error::partial_message) {
            respond(refusal(400, "The request is not HTTP: " + error.message() + "."), false);
        }
        return false;
    }

    void answer() {
        auto message = parser_->release();
        parser_.reset();
        version_ = message.version() >= 11 ? 11 : 10;
        closing_ = !message.keep_alive();
        const bool head = message.method() == bhttp::verb::head;

        const auto host = message[bhttp::field::host];
        if (!namesLoopback({host.data(), host.size()}))
            return respond(refusal(421, "This server answers to the name 127.0.0.1 only."), head);

        ServerRequest request;
        request.method = head ? "GET" : std::string(message.method_string());
        request.target = std::string(message.target());
        std::string_view path = request.target;
        if (const auto scheme = path.find("://"); scheme != std::string_view::npos && path.front() != '/') {
            const auto slash = path.find('/', scheme + 3);
            path = slash == std::string_view::npos ? std::string_view("/") : path.substr(slash);
        }
        path = path.substr(0, path.find('#'));
        if (const auto mark = path.find('?'); mark != std::string_view::npos) {
            request.query = std::string(path.substr(mark + 1));
            path = path.substr(0, mark);
        }
        request.path = percentDecode(path);
        if (!request.path.starts_with('/') || request.path.find('\0') != std::string::npos)
            return respond(refusal(400, "The address of the request is not a path."), head);
        for (const auto& field : message)
            request.fields.emplace_back(std::string(field.name_string()), std::string(field.value()));
        request.body = std::move(message.body());

        ServerResponse response;
        try {
            response = shared_->handler(request);
        } catch (const std::exception& e) {
            core::log::error("an answer to " + request.method + " " + request.path + " failed: " + e.what());
            response = refusal(500, "The answer could not be made.");
        }
        respond(std::move(response), head);
    }

    void respond(ServerResponse response, bool head) {
        if (response.status < 400)
            standing_ = Standing::Known;
        else if (standing_ != Standing::Known)
            standing_ = Standing::Refused;
        done_ = std::move(response.done);
        if (response.file.empty()) return send(std::move(response), std::move(response.body), head);

        bhttp::file_body::value_type file;
        error_code error;
        if (std::error_code ignored; std::filesystem::is_regular_file(response.file, ignored))
            file.open(response.file.c_str(), beast::file_mode::scan, error);
        if (!file.is_open()) {
            response.status = 404;
            response.contentType = "text/plain; charset=utf-8";
            return send(std::move(response), std::string("This file is no longer there.\n"), head);
        }
        if (!head) return sendBody<bhttp::file_body>(response, std::move(file));
        const std::uint64_t length = file.size();
        sendHead(response, length);
    }

    void send(ServerResponse response, std::string body, bool head) {
        if (head) return sendHead(response, body.size());
        sendBody<bhttp::string_body>(response, std::move(body));
    }

    template <typename Message>
    void fillHeader(Message& message, const ServerResponse& response, bool hasBody) {
        message.version(version_);
        message.result(response.status);
        message.set(bhttp::field::server, "Balmer");
        if (hasBody && !response.contentType.empty())
            message.set(bhttp::field::content_type, oneLine(response.contentType));
        for (const auto& [name, value] : response.fields)
            message.insert(oneLine(name), oneLine(value));
        message.keep_alive(!closing_);
    }

    template <typename Body>
    void sendBody(const ServerResponse& response, typename Body::value_type body) {
        auto message = std::make_shared<bhttp::response<Body>>();
        message->body() = std::move(body);
        fillHeader(*message, response, Body::size(message->body()) > 0);
        message->prepare_payload();
        write(message);
    }

    void sendHead(const ServerResponse& response, std::uint64_t length) {
        auto message = std::make_shared<bhttp::response<bhttp::empty_body>>();
        fillHeader(*message, response, length > 0);
        message->content_length(length);
        write(message);
    }

    template <typename Body>
    void write(std::shared_ptr<bhttp::response<Body>> message) {
        writeSome(message, std::make_shared<bhttp::response_serializer<Body>>(*message));
    }

    template <typename Message, typename Serializer>
    void writeSome(std::shared_ptr<Message> message, std::shared_ptr<Serializer> serializer) {
        stream_.expires_after(shared_->limits.stalled);
        bhttp::async_write_some(
            stream_, *serializer,
            [self = shared_from_this(), message, serializer](error_code error, std::size_t) {
                if (error) return self->finished(false);
                if (!serializer->is_done()) return self->writeSome(message, serializer);
                self->finished(true);
                if (!self->closing_) return self->waitForRequest();
                error_code ignored;
                self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
                self->stream_.expires_after(lingering);
                self->buffer_.clear();
                self->linger(0);
            });
    }

    /// Reads on after the last answer: closing at once would take the answer back from who still sends.
    void linger(std::size_t dropped) {
        if (dropped > mostLingering) return;
        stream_.async_read_some(asio::buffer(scratch_),
                                [self = shared_from_this(), dropped](error_code error, std::size_t bytes) {
                                    if (!error) self->linger(dropped + bytes);
                                });
    }

    void finished(bool sent) {
        if (const auto done = std::exchange(done_, nullptr)) done(sent);
    }

    beast::tcp_stream stream_;
    std::shared_ptr<Shared> shared_;
    beast::flat_buffer buffer_;
    std::optional<Parser> parser_;
    std::function<void(bool)> done_;
    std::size_t bodyLimit_ = 0;
    unsigned version_ = 11;
    bool closing_ = false;
    Standing standing_ = Standing::Silent;
    std::array<char, 4096> scratch_;
};

bool Shared::makeRoom() {
    if (sessions.size() < limits.connections) return true;
    std::vector<Session*> first; // those of the lowest standing, oldest first
    for (auto* const each : sessions) {
        if (!first.empty() && each->standing() > first.front()->standing()) continue;
        if (!first.empty() && each->standing() < first.front()->standing()) first.clear();
        first.push_back(each);
    }
    if (first.empty() || first.front()->standing() == Session::Standing::Known) return false;
    std::uint64_t number = 0;
    std::size_t among = 1;
    if (first.front()->standing() == Session::Standing::Asking) {
        (void)!::getrandom(&number, sizeof number, 0);
        among = (first.size() + 1) / 2; // who has just come has its time to ask on
    }
    auto* const leaving = first[number % among];
    sessions.remove(leaving);
    leaving->close();
    return true;
}

} // namespace

struct LoopbackServer::State {
    asio::io_context context{1};
    tcp::acceptor acceptor{context};
    asio::steady_timer pause{context};
    std::shared_ptr<Shared> shared = std::make_shared<Shared>();
    std::string url;
    std::uint16_t port = 0;
    core::Thread thread;

    void accept() {
        acceptor.async_accept([this](error_code error, tcp::socket socket) {
            if (!acceptor.is_open()) return;
            if (error) { // no descriptor left, perhaps: a moment later there may be one
                pause.expires_after(std::chrono::milliseconds(100));
                return pause.async_wait([this](error_code stopped) {
                    if (!stopped) accept();
                });
            }
            if (shared->makeRoom()) {
                error_code ignored;
                socket.set_option(tcp::no_delay(true), ignored);
                std::make_shared<Session>(std::move(socket), shared)->waitForRequest();
            }
            accept();
        });
    }

    void stop() {
        error_code ignored;
        acceptor.close(ignored);
        pause.cancel();
        for (Session* session : shared->sessions)
            session->close();
    }
};

Result<std::unique_ptr<LoopbackServer>>
LoopbackServer::start(Handler handler, std::uint16_t port, LoopbackServerLimits limits, BodyBytes bodyBytes) {
    auto state = std::make_unique<State>();
    state->shared->handler = std::move(handler);
    state->shared->limits = limits;
    state->shared->bodyBytes = std::move(bodyBytes);

    const tcp::endpoint here(asio::ip::address_v4::loopback(), port);
    error_code error;
    state->acceptor.open(here.protocol(), error);
    if (!error) state->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    // Clients speak first: who says nothing waits in the system, and not in this program, for a second.
    constexpr int second = 1;
    (void)::setsockopt(state->acceptor.native_handle(), IPPROTO_TCP, TCP_DEFER_ACCEPT, &second,
                       sizeof second);
    if (!error) state->acceptor.bind(here, error);
    if (!error) state->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) state->port = state->acceptor.local_endpoint(error).port();
    if (error)
        return fail(ErrorCode::Io, "the port " + std::to_string(port) +
                                       " of this computer cannot be listened on: " + error.message());
    state->url = "http://127.0.0.1:" + std::to_string(state->port);

    state->accept();
    BALMER_TRY(state->thread, core::startThread([running = state.get()] {
                   core::nameThisThread("balmer-http");
                   running->context.run();
               }));
    return std::unique_ptr<LoopbackServer>(new LoopbackServer(std::move(state)));
}

LoopbackServer::LoopbackServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

LoopbackServer::~LoopbackServer() {
    // Whatever waits ends with an error, and the context then has nothing left to do.
    asio::post(state_->context, [state = state_.get()] { state->stop(); });
    state_->thread.join();
}

std::uint16_t LoopbackServer::port() const {
    return state_->port;
}

const std::string& LoopbackServer::url() const {
    return state_->url;
}

std::string randomToken() {
    std::array<unsigned char, 16> bytes;
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const auto got = ::getrandom(bytes.data() + filled, bytes.size() - filled, 0);
        if (got > 0) filled += static_cast<std::size_t>(got);
    }
    std::string token;
    for (const auto byte : bytes) {
        token += "0123456789abcdef"[byte >> 4];
        token += "0123456789abcdef"[byte & 15];
    }
    return token;
}

} // namespace balmer::http
