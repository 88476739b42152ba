// Thread: a thread that startThread() began, the only way to one outside core: it cannot be made where the
// system gives none, so nothing ends the program for want of a thread.
//
// Owned by who joins it; used on one thread at a time. It is waited for where it is dropped.
#pragma once

#include <functional>
#include <thread>
#include <utility>

namespace balmer::core {

class Thread {
  public:
    Thread() = default;
    explicit Thread(std::thread begun) : thread_(std::move(begun)) {}
    ~Thread() { join(); }
    Thread(Thread&&) noexcept = default;
    Thread& operator=(Thread&& other) noexcept {
        join();
        thread_ = std::move(other.thread_);
        return *this;
    }

    bool joinable() const { return thread_.joinable(); }
    /// Until it has ended; at once where there is none.
    void join() {
        if (thread_.joinable()) thread_.join();
    }
    void detach() { thread_.detach(); }

  private:
    std::thread thread_;
};

} // namespace balmer::core
