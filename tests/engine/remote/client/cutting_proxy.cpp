#include "tests/engine/remote/client/cutting_proxy.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/remote/protocol/frame.h"

namespace balmer::test {

namespace {

sockaddr_un addressOf(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
}

} // namespace

CuttingProxy::CuttingProxy(std::filesystem::path path, std::filesystem::path worker)
    : path_(std::move(path)), worker_(std::move(worker)) {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = addressOf(path_);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 64) != 0)
        std::abort();
    accepting_ = std::thread([this] { listen(); });
}

CuttingProxy::~CuttingProxy() {
    ending_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int each : open_)
            ::shutdown(each, SHUT_RDWR);
    }
    for (auto& thread : threads_)
        thread.join();
    ::close(listener_);
}

void CuttingProxy::cutAfter(Direction direction, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    cut_ = false;
    limit_ = {direction, bytes};
}

void CuttingProxy::plugIn(bool in) {
    plugged_ = in;
    if (in) return;
    const std::lock_guard lock(mutex_);
    for (const int each : open_)
        ::shutdown(each, SHUT_RDWR);
}

void CuttingProxy::record() {
    const std::lock_guard lock(mutex_);
    for (auto& direction : recorded_)
        direction.emplace();
}

std::string CuttingProxy::take(Direction direction) {
    const std::lock_guard lock(mutex_);
    return std::exchange(recorded_[static_cast<int>(direction)], std::nullopt).value_or("");
}

void CuttingProxy::listen() {
    while (!ending_) {
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client < 0) continue;
        if (!plugged_ || ending_) {
            ::close(client);
            continue;
        }
        const std::lock_guard lock(mutex_);
        threads_.emplace_back([this, client] { serve(client); });
    }
}

void CuttingProxy::serve(int client) {
    const int worker = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = addressOf(worker_);
    std::optional<std::pair<Direction, std::uint64_t>> limit;
    {
        const std::lock_guard lock(mutex_);
        limit = std::exchange(limit_, std::nullopt);
        open_.insert(open_.end(), {client, worker});
    }
    if (::connect(worker, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        const auto of = [&](Direction direction) {
            return limit && limit->first == direction ? std::optional(limit->second) : std::nullopt;
        };
        std::thread up([&] { pass(client, worker, Direction::ToWorker, of(Direction::ToWorker)); });
        pass(worker, client, Direction::ToClient, of(Direction::ToClient));
        up.join();
    }
    const std::lock_guard lock(mutex_);
    std::erase(open_, client);
    std::erase(open_, worker);
    ::close(client);
    ::close(worker);
}

void CuttingProxy::pass(int from, int to, Direction direction, std::optional<std::uint64_t> limit) {
    std::vector<char> buffer(64u << 10);
    std::uint64_t before = 0;
    while (true) {
        auto count = ::recv(from, buffer.data(), buffer.size(), 0);
        if (count <= 0) break;
        const bool last = limit && before + static_cast<std::uint64_t>(count) >= *limit;
        if (last) count = static_cast<ssize_t>(*limit - before);
        before += static_cast<std::uint64_t>(count);
        passed_[static_cast<int>(direction)] += static_cast<std::uint64_t>(count);
        {
            const std::lock_guard lock(mutex_);
            if (auto& recorded = recorded_[static_cast<int>(direction)])
                recorded->append(buffer.data(), static_cast<std::size_t>(count));
        }
        bool sent = true;
        for (ssize_t done = 0; done < count && sent;) {
            const auto written =
                ::send(to, buffer.data() + done, static_cast<std::size_t>(count - done), MSG_NOSIGNAL);
            sent = written > 0;
            done += written;
        }
        if (last) cut_ = true;
        if (last || !sent) break;
    }
    ::shutdown(from, SHUT_RDWR);
    ::shutdown(to, SHUT_RDWR);
}

std::vector<std::uint64_t> frameEdges(const std::string& recorded) {
    std::vector<std::uint64_t> edges;
    std::uint64_t at = remote::prefaceSize;
    while (at + remote::frameHeaderSize <= recorded.size()) {
        edges.push_back(at);
        std::uint32_t length = 0;
        for (std::size_t i = 0; i < 4; ++i)
            length |= static_cast<std::uint32_t>(static_cast<unsigned char>(recorded[at + i])) << (8 * i);
        edges.push_back(at + remote::frameHeaderSize);
        at += remote::frameHeaderSize + length;
    }
    edges.push_back(std::min<std::uint64_t>(at, recorded.size()));
    return edges;
}

} // namespace balmer::test
