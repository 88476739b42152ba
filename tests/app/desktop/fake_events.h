// FakeEvents: who subscribed to a fake workbench. Any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "engine/api/event.h"

namespace balmer::test {

class FakeEvents {
  public:
    std::unique_ptr<api::Subscription> add(std::function<void(const api::Event&)> handler) {
        const std::lock_guard lock(handlers_->mutex);
        const int key = handlers_->next++;
        handlers_->all[key] = std::move(handler);
        return std::make_unique<Ends>(handlers_, key);
    }
    void tell(const api::Event& event) {
        const std::lock_guard lock(handlers_->mutex);
        for (const auto& [key, handler] : handlers_->all)
            handler(event);
    }

  private:
    struct Handlers {
        std::mutex mutex;
        std::map<int, std::function<void(const api::Event&)>> all;
        int next = 0;
    };
    class Ends : public api::Subscription {
      public:
        Ends(std::shared_ptr<Handlers> handlers, int key) : handlers_(std::move(handlers)), key_(key) {}
        ~Ends() override {
            const std::lock_guard lock(handlers_->mutex);
            handlers_->all.erase(key_);
        }

      private:
        std::shared_ptr<Handlers> handlers_;
        int key_;
    };
    std::shared_ptr<Handlers> handlers_ = std::make_shared<Handlers>();
};

} // namespace balmer::test
