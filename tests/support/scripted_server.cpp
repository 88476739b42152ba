#include "tests/support/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace balmer::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool sendAll(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

} // namespace

bool ScriptedServer::Peer::send(std::string_view bytes) const {
    return sendAll(socket_, bytes);
}

bool ScriptedServer::Peer::answer(std::string_view status, std::string_view body,
                                  std::string_view fields) const {
    return send("HTTP/1.1 " + std::string(status) + "\r\n" + std::string(fields) +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
}

void ScriptedServer::Peer::hold() const {
    char dropped[1024];
    while (::recv(socket_, dropped, sizeof dropped, 0) > 0) {
    }
}

ScriptedServer::ScriptedServer(Script script) : script_(std::move(script)) {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    socklen_t length = sizeof address;
    ::bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listening_, 64);
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] {
        for (;;) {
            const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
            const std::lock_guard lock(mutex_);
            if (stopping_) {
                if (socket >= 0) ::close(socket);
                return;
            }
            if (socket < 0) continue;
            open_.insert(socket);
            threads_.emplace_back([this, socket] { serve(socket); });
        }
    });
}

ScriptedServer::~ScriptedServer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (const int socket : open_)
            ::shutdown(socket, SHUT_RDWR);
    }
    ::shutdown(listening_, SHUT_RDWR);
    acceptor_.join();
    ::close(listening_);
    for (auto& thread : threads_)
        thread.join();
}

void ScriptedServer::serve(int socket) {
    std::string received;
    for (bool more = true; more;) {
        std::size_t end;
        while ((end = received.find("\r\n\r\n")) == std::string::npos) {
            char piece[4096];
            const auto got = ::recv(socket, piece, sizeof piece, 0);
            if (got <= 0) break;
            received.append(piece, static_cast<std::size_t>(got));
        }
        if (end == std::string::npos) break;
        const std::string head = received.substr(0, end);
        received.erase(0, end + 4);
        {
            const std::lock_guard lock(mutex_);
            heads_.push_back(head);
        }
        more = script_(Peer(socket), head);
    }
    const std::lock_guard lock(mutex_);
    open_.erase(socket);
    ::close(socket);
}

std::string ScriptedServer::url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

std::vector<std::string> ScriptedServer::requests() const {
    const std::lock_guard lock(mutex_);
    return heads_;
}

std::size_t ScriptedServer::count(std::string_view beginning) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::ranges::count_if(heads_, [&](const std::string& head) { return head.starts_with(beginning); }));
}

std::string fieldOf(const std::string& head, std::string_view name) {
    for (std::size_t at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at)) {
        at += 2;
        if (head.size() - at > name.size() &&
            ::strncasecmp(head.data() + at, name.data(), name.size()) == 0 && head[at + name.size()] == ':') {
            const auto from = head.find_first_not_of(' ', at + name.size() + 1);
            return from == std::string::npos
                       ? std::string()
                       : head.substr(from, std::min(head.find("\r\n", from), head.size()) - from);
        }
    }
    return {};
}

std::string pathOf(const std::string& head) {
    const auto from = head.find(' ') + 1;
    return head.substr(from, head.find(' ', from) - from);
}

std::string exchangeBytes(std::uint16_t port, std::string_view bytes) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(port);
    std::string answer;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        sendAll(socket, bytes);
        char piece[65536];
        for (;;) {
            pollfd waiting{socket, POLLIN, 0};
            if (::poll(&waiting, 1, 60000) <= 0) break;
            const auto got = ::recv(socket, piece, sizeof piece, 0);
            if (got <= 0) break;
            answer.append(piece, static_cast<std::size_t>(got));
        }
    }
    ::close(socket);
    return answer;
}

} // namespace balmer::test
