// EventHub: hands events to whoever subscribed. Private to api.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "engine/api/event.h"

namespace balmer::api {

/// Handlers are called in the order of their subscription, on the thread that publishes. A handler may end
/// its own subscription while it runs. Any thread.
class EventHub : public std::enable_shared_from_this<EventHub> {
  public:
    std::unique_ptr<Subscription> add(std::function<void(const Event&)> handler);
    void publish(const Event& event);
    void publish(Event::Kind kind);

  private:
    friend class HubSubscription;
    struct Entry {
        std::recursive_mutex running;
        std::function<void(const Event&)> handler;
    };
    void remove(const std::shared_ptr<Entry>& entry);

    std::mutex mutex_;
    std::list<std::shared_ptr<Entry>> entries_;
};

} // namespace balmer::api
