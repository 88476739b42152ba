#include "engine/remote/client/connector.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <boost/asio/connect.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/remote/protocol/messages.h"
#include "engine/remote/transport/tls_stream.h"

extern char** environ;

namespace balmer::remote {

using asio::ip::tcp;
using boost::system::error_code;
using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using StreamResult = Result<std::unique_ptr<Stream>>;

namespace {

/// Closes the socket when the time is over, unless it is taken before.
template <typename Socket>
class Deadline {
  public:
    Deadline(Socket& socket, std::chrono::milliseconds limit)
        : timer_(socket.get_executor(), limit), socket_(std::make_shared<Socket*>(&socket)) {
        timer_.async_wait([open = socket_](const error_code& stopped) {
            error_code ignored;
            if (!stopped && *open != nullptr) (*open)->close(ignored);
        });
    }
    ~Deadline() { *socket_ = nullptr; }

  private:
    asio::steady_timer timer_;
    std::shared_ptr<Socket*> socket_;
};

Error cannotReach(const WorkerUrl& url, const error_code& error) {
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor)
        return {ErrorCode::DeadlineExceeded,
                url.toText() + " does not answer; is the computer on and reachable?"};
    const bool local = url.way == WorkerUrl::Way::Unix;
    if (error == asio::error::connection_refused || error == boost::system::errc::no_such_file_or_directory)
        return {ErrorCode::Io,
                "no worker listens at " + url.toText() +
                    (local ? "; start one there with `balmer-worker`"
                           : "; start one there with `balmer-worker --listen-tls` or --listen-tcp")};
    if (error == asio::error::host_not_found || error == asio::error::host_not_found_try_again)
        return {ErrorCode::Io, "the host " + url.host + " is not known; is its name right?"};
    return {ErrorCode::Io, url.toText() + " cannot be reached: " + error.message()};
}

asio::awaitable<StreamResult> throughSocket(asio::any_io_executor executor, WorkerUrl url,
                                            std::chrono::milliseconds limit) {
    asio::local::stream_protocol::socket socket(executor);
    error_code error;
    if (url.path.size() >= 108)
        co_return fail(ErrorCode::InvalidArgument, url.path + " is too long for a socket; use a link to it");
    {
        const Deadline deadline(socket, limit);
        const asio::local::stream_protocol::endpoint endpoint(url.path);
        co_await socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
    }
    if (error) co_return fail(cannotReach(url, error));
    co_return streamOver(std::move(socket));
}

asio::awaitable<Result<tcp::socket>> connectTcp(asio::any_io_executor executor, const WorkerUrl& url,
                                                std::chrono::milliseconds limit) {
    error_code error;
    tcp::resolver resolver(executor);
    const auto port = std::to_string(url.port);
    const auto found =
        co_await resolver.async_resolve(url.host, port, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return fail(cannotReach(url, error));
    tcp::socket socket(executor);
    {
        const Deadline deadline(socket, limit);
        co_await asio::async_connect(socket, found, asio::redirect_error(asio::use_awaitable, error));
    }
    if (error) co_return fail(cannotReach(url, error));
    co_return socket;
}

asio::awaitable<StreamResult> throughTls(asio::any_io_executor executor, WorkerEntry entry, WorkerUrl url,
                                         ConnectorSettings settings, bool pairing) {
    if (entry.fingerprint.empty() && !pairing)
        co_return fail(ErrorCode::InvalidArgument,
                       "the worker " + entry.name +
                           " has not been paired; on its side run `balmer-worker pair`, then here "
                           "`balmer worker pair " +
                           entry.name + "`, which asks for the code");
    auto identity = identityIn(settings.identity, "Balmer");
    if (!identity) co_return fail(std::move(identity).error());
    auto context = TlsContext::make(TlsRole::Client, *identity);
    if (!context) co_return fail(std::move(context).error());
    auto socket = co_await connectTcp(executor, url, settings.limit);
    if (!socket) co_return fail(std::move(socket).error());
    auto knock = pairing ? std::string() : knockOf(identity->fingerprint, entry.fingerprint);
    auto meeting = (*context)->connect(std::move(*socket), settings.limit, std::move(knock));
    auto stream = co_await std::move(meeting);
    if (!stream) co_return fail(std::move(stream).error().during("connecting to " + url.toText()));
    if (!pairing && (*stream)->peerFingerprint() != entry.fingerprint)
        co_return fail(ErrorCode::Protocol,
                       "the certificate of " + url.toText() +
                           " is not the one that it was paired with; if the worker was set up "
                           "anew, pair it again, otherwise somebody else answers there");
    co_return stream;
}

/// The child's end is awaited when the stream has ended.
class SshStream final : public Stream {
  public:
    SshStream(std::unique_ptr<Stream> pipes, pid_t child, int words)
        : pipes_(std::move(pipes)), child_(child), words_(words) {}
    ~SshStream() override {
        pipes_->close();
        if (child_ > 0 && ::waitpid(child_, nullptr, WNOHANG) == 0) {
            ::kill(child_, SIGTERM);
            ::waitpid(child_, nullptr, 0);
        }
        ::close(words_);
    }

    asio::awaitable<Result<std::size_t>> readSome(std::span<std::byte> into) override {
        auto count = co_await pipes_->readSome(into);
        if (!count && count.error().code() == ErrorCode::Io) co_return fail(explained(count.error()));
        co_return count;
    }
    asio::awaitable<core::Status> write(Bytes first, Bytes second) override {
        auto done = co_await pipes_->write(first, second);
        if (!done && done.error().code() == ErrorCode::Io) co_return fail(explained(done.error()));
        co_return done;
    }
    void close() override { pipes_->close(); }

  private:
    /// What ssh has said on its standard error says more than a closed pipe.
    Error explained(const Error& error) const {
        std::string text(4096, '\0');
        const auto size = ::lseek(words_, 0, SEEK_END);
        const auto from = size > 4096 ? size - 4096 : 0;
        const auto count = ::pread(words_, text.data(), text.size(), from);
        text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
        while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
            text.pop_back();
        if (text.empty()) return error;
        if (const auto line = text.rfind('\n'); line != std::string::npos) text = text.substr(line + 1);
        return {ErrorCode::Io, "ssh ended: " + showable(text, 500) +
                                   " (does `ssh HOST balmer-worker --version` work in a terminal?)"};
    }

    std::unique_ptr<Stream> pipes_;
    pid_t child_;
    int words_;
};

StreamResult throughSsh(const asio::any_io_executor& executor, const WorkerUrl& url,
                        const ConnectorSettings& settings) {
    auto command = settings.ssh;
    // Nobody could answer a question here: what asks for a password is refused with ssh's own words.
    for (const char* word : {"-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"})
        command.emplace_back(word);
    if (url.port != 0) {
        command.emplace_back("-p");
        command.push_back(std::to_string(url.port));
    }
    command.push_back(url.user.empty() ? url.host : url.user + "@" + url.host);
    command.push_back(url.path.empty() ? "balmer-worker" : url.path);
    command.emplace_back("--stdio");

    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0)
        return fail(ErrorCode::Io, std::string("no pipe can be made: ") + std::strerror(errno));
    if (::pipe2(out, O_CLOEXEC) != 0) {
        ::close(in[0]);
        ::close(in[1]);
        return fail(ErrorCode::Io, "no pipe can be made");
    }
    const int words = ::memfd_create("balmer-ssh", MFD_CLOEXEC);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    if (words >= 0) posix_spawn_file_actions_adddup2(&actions, words, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    std::vector<char*> arguments;
    for (auto& word : command)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int failed = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    if (failed != 0) {
        ::close(in[1]);
        ::close(out[0]);
        ::close(words);
        return fail(ErrorCode::Io, command[0] + " cannot be started: " + std::strerror(failed));
    }
    auto pipes = streamOverPipes(executor, out[0], in[1]);
    if (!pipes) {
        ::kill(child, SIGTERM);
        ::waitpid(child, nullptr, 0);
        ::close(words);
        return fail(std::move(pipes).error());
    }
    return std::unique_ptr<Stream>(std::make_unique<SshStream>(std::move(*pipes), child, words));
}

} // namespace

asio::awaitable<StreamResult> connectTo(asio::any_io_executor executor, WorkerEntry entry,
                                        ConnectorSettings settings, bool pairing) {
    auto url = WorkerUrl::parse(entry.url);
    if (!url) co_return fail(std::move(url).error());
    switch (url->way) {
    case WorkerUrl::Way::Unix:
        co_return co_await throughSocket(executor, *url, settings.limit);
    case WorkerUrl::Way::Tls:
        co_return co_await throughTls(executor, std::move(entry), *url, std::move(settings), pairing);
    case WorkerUrl::Way::Tcp: {
        // Without a token nothing would show that the right worker answers, either.
        if (entry.token.empty())
            co_return fail(ErrorCode::InvalidArgument,
                           url->toText() +
                               " needs a token; `balmer-worker token` shows it on the worker's side");
        auto socket = co_await connectTcp(executor, *url, settings.limit);
        if (!socket) co_return fail(std::move(socket).error());
        co_return streamOver(std::move(*socket));
    }
    case WorkerUrl::Way::Ssh:
        break;
    }
    co_return throughSsh(executor, *url, settings);
}

} // namespace balmer::remote
