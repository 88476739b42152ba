#include "engine/core/thread_pool.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <utility>
#include <vector>

#include "engine/core/log.h"
#include "engine/core/mutex.h"
#include "engine/core/start_thread.h"

namespace balmer::core {

struct ThreadPool::Crew {
    Mutex mutex;
    std::condition_variable wake, done;
    const std::function<void(std::size_t, std::size_t)>* work = nullptr; ///< and blocks: of the present batch
    std::size_t blocks = 0;
    std::size_t busy BALMER_GUARDED_BY(mutex) = 0, batch BALMER_GUARDED_BY(mutex) = 0;
    std::atomic<std::size_t> next{0};
    std::exception_ptr problem BALMER_GUARDED_BY(mutex); ///< of the present batch, the first
    bool leaving = false;
    std::vector<Thread> threads;

    void drain(std::size_t worker) {
        try {
            for (std::size_t block; (block = next.fetch_add(1, std::memory_order_relaxed)) < blocks;)
                (*work)(block, worker);
        } catch (...) {
            next.store(blocks, std::memory_order_relaxed); // nobody begins another one
            const LockGuard lock(mutex);
            if (!problem) problem = std::current_exception();
        }
    }

    void serve(std::size_t worker, const std::string& name) {
        nameThisThread(name);
        std::size_t seen = 0;
        UniqueLock lock(mutex);
        for (;;) {
            wake.wait(lock.waitable(), [&]() BALMER_REQUIRES(mutex) { return leaving || batch != seen; });
            if (leaving) return;
            seen = batch;
            lock.unlock();
            drain(worker);
            lock.lock();
            if (--busy == 0) done.notify_one();
        }
    }
};

ThreadPool::ThreadPool(std::size_t threads, std::string name) : crew_(std::make_unique<Crew>()) {
    if (threads == 0) threads = availableProcessors();
    for (std::size_t worker = 1; worker < threads; ++worker) {
        auto thread = startThread([crew = crew_.get(), worker, name] { crew->serve(worker, name); });
        if (!thread) {
            log::debug(name + " has " + std::to_string(worker) + " threads: " + thread.error().message());
            break;
        }
        crew_->threads.push_back(*std::move(thread));
    }
}

ThreadPool::~ThreadPool() {
    {
        const LockGuard lock(crew_->mutex);
        crew_->leaving = true;
    }
    crew_->wake.notify_all();
    for (auto& thread : crew_->threads)
        thread.join();
}

std::size_t ThreadPool::threads() const {
    return crew_->threads.size() + 1;
}

void ThreadPool::parallelFor(std::size_t blocks, const std::function<void(std::size_t, std::size_t)>& work) {
    if (crew_->threads.empty() || blocks <= 1) {
        for (std::size_t block = 0; block < blocks; ++block)
            work(block, 0);
        return;
    }
    {
        const LockGuard lock(crew_->mutex);
        crew_->work = &work;
        crew_->blocks = blocks;
        crew_->next.store(0, std::memory_order_relaxed);
        crew_->busy = crew_->threads.size();
        ++crew_->batch;
    }
    crew_->wake.notify_all();
    crew_->drain(0);
    UniqueLock lock(crew_->mutex);
    crew_->done.wait(lock.waitable(), [&]() BALMER_REQUIRES(crew_->mutex) { return crew_->busy == 0; });
    if (auto problem = std::exchange(crew_->problem, nullptr)) std::rethrow_exception(std::move(problem));
}

void nameThisThread(const std::string& name) {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

std::size_t availableProcessors() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
    return std::max(1u, std::thread::hardware_concurrency());
}

} // namespace balmer::core
