// Lane: one thread that does one thing after the other. Private to api.
//
// Any thread may post. What is not begun when it ends is dropped.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "engine/core/task_context.h"

namespace balmer::api {

class Lane {
  public:
    using Work = std::function<void(core::TaskContext&)>;

    /// name: of the thread, at most 15 bytes.
    explicit Lane(const std::string& name);
    ~Lane() { end(); }
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    void post(Work work);
    /// Asks what is running to stop and waits for it; nothing is begun afterwards.
    void end();
    /// How many wait or run.
    std::size_t load() const;

  private:
    void run(const std::stop_token& stop);

    mutable std::mutex mutex_;
    std::condition_variable_any came_;
    std::deque<Work> works_;
    bool running_ = false;
    std::jthread thread_;
};

} // namespace balmer::api
