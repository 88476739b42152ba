// startThread: a thread of its own, or an error where the system gives none: the one way to begin a thread.
// Any thread.
#pragma once

#include <cstddef>
#include <functional>

#include "engine/core/result.h"
#include "engine/core/thread.h"

namespace balmer::core {

/// Errors: ResourceExhausted.
Result<Thread> startThread(std::function<void()> work);

/// Calls work(i) for each i below count, each on a thread of its own as far as the system gives them, the
/// rest on the calling one; returns when all have. For what waits, and computes little.
void allAtOnce(std::size_t count, const std::function<void(std::size_t i)>& work);

/// While it lives, startThread() begins so many threads more and then no other. For tests, one at a time.
class FewThreads {
  public:
    explicit FewThreads(std::size_t further);
    ~FewThreads();
    FewThreads(const FewThreads&) = delete;
    FewThreads& operator=(const FewThreads&) = delete;
};

} // namespace balmer::core
