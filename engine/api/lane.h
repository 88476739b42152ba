// Lane: one thread that does one thing after the other. Private to api.
//
// Any thread may post. What is not begun when it ends is dropped.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>

#include "engine/core/result.h"
#include "engine/core/start_thread.h"
#include "engine/core/task_context.h"

namespace balmer::api {

class Lane {
  public:
    using Work = std::function<void(core::TaskContext&)>;
    using Failed = std::function<void(const core::Error&)>;

    /// name: of the thread, at most 15 bytes.
    explicit Lane(std::string name) : name_(std::move(name)) {}
    ~Lane() { end(); }
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    /// failed is told, on the lane, where an exception ends the work. Errors: ResourceExhausted where the
    /// system gives the lane no thread, which is asked for again the next time; then nothing is done.
    core::Status post(Work work, Failed failed = {});
    /// Forgets what waits and asks what is running to stop; what is posted afterwards is done. Does not wait.
    void drop();
    /// Asks what is running to stop and waits for it; nothing is begun afterwards.
    void end();
    /// How many wait or run.
    std::size_t load() const;

  private:
    struct Post {
        Work work;
        Failed failed;
    };
    void run(const std::stop_token& stop);
    static void perform(const Post& post, core::TaskContext& task);

    mutable std::mutex mutex_;
    std::condition_variable_any came_;
    std::deque<Post> posts_;
    bool running_ = false;
    std::stop_source current_; ///< stops what is running
    const std::string name_;
    std::stop_source ending_;
    bool ended_ = false;
    core::Thread thread_; ///< begun when it is first needed
};

} // namespace balmer::api
