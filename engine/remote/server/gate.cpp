#include "engine/remote/server/gate.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <sys/resource.h>
#include <sys/socket.h>

#include "engine/core/log.h"
#include "engine/remote/protocol/handshake.h"

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
    Waiting(asio::any_io_executor executor, std::string who, int handle, Standing how)
        : peer(std::move(who)), socket(handle), standing(how), gone(std::move(executor)) {}
    const std::string peer;
    const int socket;
    Standing standing;
    bool in = true;
    Line::iterator place;
    std::function<void()> tell; ///< that it has to give way
    Signal gone;
};

Gate::~Gate() = default;

void Gate::remove(const std::shared_ptr<Waiting>& waiting) {
    waiting->in = false;
    waiting_.erase(waiting->place);
    if (const auto count = counts_.find(waiting->peer); --count->second == 0) counts_.erase(count);
}

void Gate::giveWay(const std::shared_ptr<Waiting>& waiting) {
    remove(waiting);
    ::shutdown(waiting->socket, SHUT_RDWR);
    waiting->gone.notify();
    if (const auto tell = std::exchange(waiting->tell, nullptr)) tell();
}

void Gate::makeRoom(const std::string& peer) {
    const auto own = counts_.find(peer);
    const bool crowded = own != counts_.end() && own->second >= limits_.each;
    if (!crowded && waiting_.size() < limits_.all) return;
    std::size_t most = 0;
    for (const auto& [name, count] : counts_)
        most = std::max(most, count);
    std::vector<std::shared_ptr<Waiting>> first; // those of the lowest standing, oldest first
    for (const auto& each : waiting_) {
        if (crowded ? each->peer != peer : counts_[each->peer] < most) continue;
        if (!first.empty() && each->standing > first.front()->standing) continue;
        if (!first.empty() && each->standing < first.front()->standing) first.clear();
        first.push_back(each);
    }
    if (first.empty()) return;
    const auto random = randomNonce();
    std::uint64_t number = 0;
    std::memcpy(&number, random.data(), sizeof number);
    // Who has just come has its time to speak on.
    const auto among = first.front()->standing < Standing::Speaking ? 1 : (first.size() + 1) / 2;
    giveWay(first[number % among]);
}

Gate::Place Gate::enter(const std::string& peer, int socket, Standing standing) {
    makeRoom(peer);
    const auto made = std::make_shared<Waiting>(executor_, peer, socket, standing);
    made->place = waiting_.insert(waiting_.end(), made);
    ++counts_[peer];
    return Place(*this, made);
}

void Gate::closeAll() {
    while (!waiting_.empty())
        giveWay(std::shared_ptr(waiting_.front()));
}

void Gate::Place::leave() {
    if (const auto waiting = std::move(waiting_); waiting && waiting->in) gate_->remove(waiting);
}

void Gate::Place::becomes(Standing standing) {
    if (waiting_) waiting_->standing = standing;
}

bool Gate::Place::isIn() const {
    return waiting_ && waiting_->in;
}

void Gate::Place::whenGone(std::function<void()> tell) {
    if (waiting_) waiting_->tell = std::move(tell);
}

void Gate::Place::speaks() {
    if (waiting_) waiting_->standing = std::max(waiting_->standing, Standing::Speaking);
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
