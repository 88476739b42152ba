#include "engine/vo/download/fetch_crew.h"

#include <chrono>
#include <condition_variable>
#include <thread>
#include <vector>

#include "engine/core/mutex.h"
#include "engine/core/thread_pool.h"

namespace balmer::vo {

void CrewNote::set(std::string text) {
    const core::LockGuard lock(mutex_);
    text_ = std::move(text);
}

std::string CrewNote::get() const {
    const core::LockGuard lock(mutex_);
    return text_;
}

core::Status runCrew(unsigned threads, core::TaskContext& task, CrewNote& note,
                     const std::function<void(core::TaskContext& own)>& work,
                     const std::function<void()>& tick) {
    core::Mutex mutex;
    std::condition_variable changed;
    unsigned working = threads;
    {
        std::vector<std::jthread> crew;
        for (unsigned i = 0; i < threads; ++i)
            crew.emplace_back([&] {
                core::nameThisThread("balmer-fetch");
                core::TaskContext own(task.stopToken(), [&](double, std::string_view stage) {
                    note.set(stage.starts_with("waiting") ? std::string(stage) : std::string());
                });
                work(own);
                const core::LockGuard lock(mutex);
                --working;
                changed.notify_all();
            });
        core::UniqueLock lock(mutex);
        while (!changed.wait_for(lock.waitable(), std::chrono::milliseconds(100),
                                 [&] { return working == 0; })) {
            lock.unlock();
            tick();
            lock.lock();
        }
    }
    tick();
    if (task.stopRequested()) return core::fail(core::ErrorCode::Cancelled, "stopped on request");
    return {};
}

} // namespace balmer::vo
