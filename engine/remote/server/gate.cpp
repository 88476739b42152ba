#include "engine/remote/server/gate.h"

#include <algorithm>
#include <map>

#include <sys/resource.h>
#include <sys/socket.h>

#include "engine/core/log.h"

namespace balmer::remote {

namespace {

constexpr std::size_t linesAtOnce = 10;
constexpr auto lineWindow = std::chrono::minutes(1);

} // namespace

std::string peerName(const asio::ip::address& address) {
    if (address.is_v4()) return address.to_string();
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
    auto network = v6.to_bytes();
    std::fill(network.begin() + 8, network.end(), static_cast<unsigned char>(0));
    return asio::ip::address_v6(network).to_string();
}

struct Gate::Waiting {
    Waiting(asio::any_io_executor executor, std::string who, int handle)
        : peer(std::move(who)), socket(handle), gone(std::move(executor)) {}
    const std::string peer;
    const int socket;
    bool in = true;
    Signal gone;
};

Gate::~Gate() = default;

void Gate::giveWay(std::list<std::shared_ptr<Waiting>>::iterator who) {
    const auto waiting = *who;
    waiting_.erase(who);
    waiting->in = false;
    ::shutdown(waiting->socket, SHUT_RDWR);
    waiting->gone.notify();
}

void Gate::makeRoom(const std::string& peer) {
    std::map<std::string, std::size_t> counts;
    for (const auto& each : waiting_)
        ++counts[each->peer];
    std::string crowd = peer;
    if (counts[peer] < limits_.each) {
        if (waiting_.size() < limits_.all) return;
        crowd = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
                    return a.second < b.second;
                })->first;
    }
    giveWay(std::find_if(waiting_.begin(), waiting_.end(),
                         [&](const auto& each) { return each->peer == crowd; }));
}

Gate::Place Gate::enter(std::string peer, int socket) {
    makeRoom(peer);
    waiting_.push_back(std::make_shared<Waiting>(executor_, std::move(peer), socket));
    return Place(*this, waiting_.back());
}

void Gate::closeAll() {
    while (!waiting_.empty())
        giveWay(waiting_.begin());
}

void Gate::Place::leave() {
    if (const auto waiting = std::move(waiting_); waiting && waiting->in) {
        waiting->in = false;
        gate_->waiting_.remove(waiting);
    }
}

asio::awaitable<void> Gate::Place::wait(std::chrono::milliseconds time) {
    const auto waiting = waiting_;
    if (waiting && waiting->in) co_await waiting->gone.wait(time);
}

std::size_t raiseDescriptorLimit() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 1024;
    if (files.rlim_cur < files.rlim_max) {
        const auto before = std::exchange(files.rlim_cur, files.rlim_max);
        if (::setrlimit(RLIMIT_NOFILE, &files) != 0) files.rlim_cur = before;
    }
    return static_cast<std::size_t>(files.rlim_cur);
}

void SparseLog::warning(const std::string& line) {
    const auto now = std::chrono::steady_clock::now();
    if (now - begin_ > lineWindow) {
        if (leftOut_ > 0)
            core::log::warning(std::to_string(leftOut_) + " more lines about connections were left out");
        begin_ = now;
        written_ = leftOut_ = 0;
    }
    if (written_ < linesAtOnce) {
        ++written_;
        core::log::warning(line);
    } else if (++leftOut_ == 1) {
        core::log::warning("more such lines are counted and left out");
    }
}

} // namespace balmer::remote
