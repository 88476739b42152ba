#include "engine/vo/download/fetch_crew.h"

#include <chrono>
#include <condition_variable>
#include <vector>

#include "engine/core/mutex.h"
#include "engine/core/start_thread.h"
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
    unsigned working = 0;
    core::Status missing;
    {
        std::vector<core::Thread> crew;
        crew.reserve(threads);
        core::UniqueLock lock(mutex);
        while (crew.size() < threads && missing) {
            auto thread = core::startThread([&] {
                core::nameThisThread("balmer-fetch");
                core::TaskContext own(task.stopToken(), [&](double, std::string_view stage) {
                    note.set(stage.starts_with("waiting") ? std::string(stage) : std::string());
                });
                work(own);
                const core::LockGuard done(mutex);
                --working;
                changed.notify_all();
            });
            if (!thread) {
                missing = core::fail(thread.error());
                break;
            }
            crew.push_back(*std::move(thread));
            ++working;
        }
        if (crew.empty()) return missing;
        while (!changed.wait_for(lock.waitable(), std::chrono::milliseconds(100),
                                 [&] { return working == 0; })) {
            lock.unlock();
            tick();
            lock.lock();
        }
        lock.unlock();
        for (auto& thread : crew)
            thread.join();
    }
    tick();
    if (task.stopRequested()) return core::fail(core::ErrorCode::Cancelled, "stopped on request");
    return {};
}

} // namespace balmer::vo
