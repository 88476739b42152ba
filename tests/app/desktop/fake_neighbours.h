// FakeHub: a SAMP hub in memory, for tests of the desktop: who is there is set by the test, what the desktop
// sends is kept for the test to look at. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <utility>

#include "engine/api/neighbours.h"

namespace balmer::test {

class FakeHub : public std::enable_shared_from_this<FakeHub> {
  public:
    struct Sent {
        std::string what; ///< "spectrum", "table", "position", "selection"
        std::vector<std::string> ids;
        api::TableChoice table;
        std::vector<std::string> to;
        std::uint64_t ticket = 0;
    };
    std::vector<Sent> sent() const {
        const std::lock_guard lock(mutex_);
        return sent_;
    }
    std::vector<std::string> highlighted() const {
        const std::lock_guard lock(mutex_);
        return highlighted_;
    }
    std::vector<std::pair<std::uint64_t, api::Neighbours::Decision>> decided() const {
        const std::lock_guard lock(mutex_);
        return decided_;
    }
    api::NeighbourTrust trusted() const {
        const std::lock_guard lock(mutex_);
        return trust_;
    }
    int made() const {
        const std::lock_guard lock(mutex_);
        return made_;
    }
    int left() const {
        const std::lock_guard lock(mutex_);
        return left_;
    }
    /// Told at once to who is connected, otherwise when somebody connects.
    void set(api::NeighbourState state) {
        const std::lock_guard lock(mutex_);
        state_ = std::move(state);
        tellState();
    }
    void tell(const api::Delivery& delivery) const {
        const std::lock_guard lock(mutex_);
        if (handlers_.delivered) handlers_.delivered(delivery);
    }
    void arrive(const std::string& from, decltype(api::Arrival::what) what) const {
        const std::lock_guard lock(mutex_);
        if (handlers_.arrived) handlers_.arrived({from, std::move(what)});
    }

    std::unique_ptr<api::Neighbours> meet(api::Neighbours::Handlers handlers) {
        const std::lock_guard lock(mutex_);
        handlers_ = std::move(handlers);
        ++made_;
        return std::make_unique<Met>(shared_from_this());
    }

  private:
    class Met : public api::Neighbours {
      public:
        explicit Met(std::shared_ptr<FakeHub> hub) : hub_(std::move(hub)) {}
        ~Met() override {
            const std::lock_guard lock(hub_->mutex_);
            hub_->handlers_ = {};
            ++hub_->left_;
        }
        void connect() override { turn(true); }
        void disconnect() override { turn(false); }
        api::NeighbourState state() const override {
            const std::lock_guard lock(hub_->mutex_);
            return hub_->seen();
        }
        core::Status decide(std::uint64_t request, Decision decision) override {
            const std::lock_guard lock(hub_->mutex_);
            hub_->decided_.emplace_back(request, decision);
            if (decision == Decision::Always) hub_->trust_.programs["topcat"] = api::Trust::Always;
            return {};
        }
        core::Result<api::NeighbourTrust> trust() const override {
            const std::lock_guard lock(hub_->mutex_);
            return hub_->trust_;
        }
        core::Status setTrust(const std::string& name, api::Trust trust) override {
            const std::lock_guard lock(hub_->mutex_);
            if (trust == api::Trust::Ask)
                hub_->trust_.programs.erase(name);
            else
                hub_->trust_.programs[name] = trust;
            return {};
        }
        std::uint64_t sendSpectrum(const std::string& id, std::vector<std::string> to) override {
            return keep({"spectrum", {id}, {}, std::move(to)});
        }
        std::uint64_t sendTable(api::TableChoice table, std::vector<std::string> to) override {
            return keep({"table", {}, std::move(table), std::move(to)});
        }
        std::uint64_t pointAt(const std::string& id, std::vector<std::string> to) override {
            return keep({"position", {id}, {}, std::move(to)});
        }
        std::uint64_t select(std::vector<std::string> ids) override {
            return keep({"selection", std::move(ids), {}, {}});
        }
        std::size_t fetched(std::uint64_t) const override { return 0; }
        void highlight(const std::string& id) override {
            const std::lock_guard lock(hub_->mutex_);
            hub_->highlighted_.push_back(id);
        }

      private:
        void turn(bool on) {
            const std::lock_guard lock(hub_->mutex_);
            hub_->connected_ = on;
            hub_->tellState();
        }
        std::uint64_t keep(Sent sent) {
            const std::lock_guard lock(hub_->mutex_);
            sent.ticket = hub_->sent_.size() + 1;
            hub_->sent_.push_back(std::move(sent));
            return hub_->sent_.size();
        }
        std::shared_ptr<FakeHub> hub_;
    };

    api::NeighbourState seen() const { return connected_ ? state_ : api::NeighbourState(); }
    void tellState() const {
        if (handlers_.stateChanged) handlers_.stateChanged(seen());
    }

    mutable std::mutex mutex_;
    api::NeighbourState state_;
    api::Neighbours::Handlers handlers_;
    std::vector<Sent> sent_;
    std::vector<std::string> highlighted_;
    std::vector<std::pair<std::uint64_t, api::Neighbours::Decision>> decided_;
    api::NeighbourTrust trust_;
    bool connected_ = false;
    int made_ = 0, left_ = 0;
};

} // namespace balmer::test
