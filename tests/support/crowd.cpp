#include "tests/support/crowd.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace balmer::test {
namespace {

constexpr auto betweenLooks = std::chrono::milliseconds(20);

bool isOpen(int socket) {
    char bytes[1024];
    if (socket < 0) return false;
    const auto count = ::recv(socket, bytes, sizeof bytes, MSG_DONTWAIT);
    return count > 0 || (count < 0 && errno == EAGAIN);
}

int connectedTo(int family, const sockaddr* address, socklen_t size) {
    const int made = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made < 0 || ::connect(made, address, size) == 0 || errno == EINPROGRESS) return made;
    ::close(made);
    return -1;
}

} // namespace

std::function<int()> portDoor(std::uint16_t port) {
    return [port] {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        return connectedTo(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    };
}

std::function<int()> socketDoor(const std::filesystem::path& path) {
    return [path] {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        return connectedTo(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    };
}

Crowd::Crowd(std::function<int()> open, std::size_t count, std::string words) : sockets_(count, -1) {
    thread_ = std::thread([this, open = std::move(open), words = std::move(words)] { keepUp(open, words); });
}

Crowd::~Crowd() {
    over_ = true;
    thread_.join();
    for (const int each : sockets_)
        ::close(each);
}

void Crowd::keepUp(const std::function<int()>& open, const std::string& words) {
    while (!over_) {
        for (auto& each : sockets_) {
            if (over_ || isOpen(each)) continue;
            if (each >= 0) ::close(each);
            each = open();
            if (each >= 0 && !words.empty()) (void)::send(each, words.data(), words.size(), MSG_NOSIGNAL);
            ++opened_;
        }
        std::this_thread::sleep_for(betweenLooks);
    }
}

std::size_t raiseOwnFileLimit(std::size_t wanted) {
    rlimit own{};
    ::getrlimit(RLIMIT_NOFILE, &own);
    own.rlim_cur = std::max(own.rlim_cur, std::min<rlim_t>(own.rlim_max, wanted));
    ::setrlimit(RLIMIT_NOFILE, &own);
    return static_cast<std::size_t>(own.rlim_cur);
}

} // namespace balmer::test
