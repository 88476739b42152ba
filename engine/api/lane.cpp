#include "engine/api/lane.h"

#include <pthread.h>

namespace balmer::api {

Lane::Lane(const std::string& name)
    : thread_([this, name](const std::stop_token& stop) {
          ::pthread_setname_np(::pthread_self(), name.c_str());
          run(stop);
      }) {}

void Lane::end() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

void Lane::post(Work work) {
    {
        const std::lock_guard lock(mutex_);
        works_.push_back(std::move(work));
    }
    came_.notify_one();
}

std::size_t Lane::load() const {
    const std::lock_guard lock(mutex_);
    return works_.size() + (running_ ? 1 : 0);
}

void Lane::run(const std::stop_token& stop) {
    while (true) {
        Work work;
        {
            std::unique_lock lock(mutex_);
            running_ = false;
            came_.wait(lock, stop, [this] { return !works_.empty(); });
            if (stop.stop_requested()) return;
            work = std::move(works_.front());
            works_.pop_front();
            running_ = true;
        }
        core::TaskContext task(stop, {});
        work(task);
    }
}

} // namespace balmer::api
