// Mutex, LockGuard and UniqueLock: those of the standard library, with the annotations by which clang checks
// that what a mutex guards is used under it (thread_annotations.h).
#pragma once

#include <mutex>

#include "engine/core/thread_annotations.h"

namespace balmer::core {

class BALMER_CAPABILITY("mutex") Mutex {
  public:
    void lock() BALMER_ACQUIRE() BALMER_NOT_ANALYSED { mutex_.lock(); }
    void unlock() BALMER_RELEASE() BALMER_NOT_ANALYSED { mutex_.unlock(); }
    bool try_lock() BALMER_TRY_ACQUIRE(true) BALMER_NOT_ANALYSED { return mutex_.try_lock(); }

  private:
    friend class UniqueLock;
    std::mutex mutex_;
};

/// Held from here to the end of the block; of a Mutex, or of another class with its annotations.
template <typename M>
class BALMER_SCOPED_CAPABILITY LockGuard {
  public:
    explicit LockGuard(M& mutex) BALMER_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
    ~LockGuard() BALMER_RELEASE() { mutex_.unlock(); }
    LockGuard(const LockGuard&) = delete;
    LockGuard& operator=(const LockGuard&) = delete;

  private:
    M& mutex_;
};

/// May be let go and taken again, and waited with: condition.wait(lock.waitable(), …). A predicate that reads
/// what the mutex guards says so: [&]() BALMER_REQUIRES(mutex) { … }.
class BALMER_SCOPED_CAPABILITY UniqueLock {
  public:
    explicit UniqueLock(Mutex& mutex) BALMER_ACQUIRE(mutex) : lock_(mutex.mutex_) {}
    ~UniqueLock() BALMER_RELEASE() {}
    UniqueLock(const UniqueLock&) = delete;
    UniqueLock& operator=(const UniqueLock&) = delete;

    void lock() BALMER_ACQUIRE() BALMER_NOT_ANALYSED { lock_.lock(); }
    void unlock() BALMER_RELEASE() BALMER_NOT_ANALYSED { lock_.unlock(); }
    std::unique_lock<std::mutex>& waitable() { return lock_; }

  private:
    std::unique_lock<std::mutex> lock_;
};

} // namespace balmer::core
