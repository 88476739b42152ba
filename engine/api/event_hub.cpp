#include "engine/api/event_hub.h"

#include <vector>

namespace balmer::api {

class HubSubscription final : public Subscription {
  public:
    HubSubscription(std::shared_ptr<EventHub> hub, std::shared_ptr<EventHub::Entry> entry)
        : hub_(std::move(hub)), entry_(std::move(entry)) {}
    ~HubSubscription() override { hub_->remove(entry_); }

  private:
    std::shared_ptr<EventHub> hub_;
    std::shared_ptr<EventHub::Entry> entry_;
};

std::unique_ptr<Subscription> EventHub::add(std::function<void(const Event&)> handler) {
    auto entry = std::make_shared<Entry>();
    entry->handler = std::move(handler);
    {
        const std::lock_guard lock(mutex_);
        entries_.push_back(entry);
    }
    return std::make_unique<HubSubscription>(shared_from_this(), std::move(entry));
}

void EventHub::publish(const Event& event) {
    std::vector<std::shared_ptr<Entry>> present;
    {
        const std::lock_guard lock(mutex_);
        present.assign(entries_.begin(), entries_.end());
    }
    for (const auto& entry : present) {
        const std::lock_guard lock(entry->running);
        if (entry->handler) entry->handler(event);
    }
}

void EventHub::publish(Event::Kind kind) {
    Event event;
    event.kind = kind;
    publish(event);
}

void EventHub::remove(const std::shared_ptr<Entry>& entry) {
    {
        const std::lock_guard lock(mutex_);
        entries_.remove(entry);
    }
    const std::lock_guard lock(entry->running);
    entry->handler = nullptr;
}

} // namespace balmer::api
