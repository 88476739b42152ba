// SlowCalls: which slow functions of a fake workbench were called on the thread that made it, the UI thread.
// The program must call none there. Any thread.
#pragma once

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace balmer::test {

class SlowCalls {
  public:
    void note(const char* function) {
        if (std::this_thread::get_id() != maker_) return;
        const std::lock_guard lock(mutex_);
        onMaker_.emplace_back(function);
    }
    std::vector<std::string> onMakersThread() const {
        const std::lock_guard lock(mutex_);
        return onMaker_;
    }

  private:
    const std::thread::id maker_ = std::this_thread::get_id();
    mutable std::mutex mutex_; ///< guards the next
    std::vector<std::string> onMaker_;
};

} // namespace balmer::test
