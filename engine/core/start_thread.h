// startThread: a thread of its own, or an error where the system gives none: the one way to begin a thread
// that the program can do without. Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>

#include "engine/core/result.h"

namespace balmer::core {

/// Errors: ResourceExhausted.
Result<std::thread> startThread(std::function<void()> work);

/// While it lives, startThread() begins so many threads more and then no other. For tests, one at a time.
class FewThreads {
  public:
    explicit FewThreads(std::size_t further);
    ~FewThreads();
    FewThreads(const FewThreads&) = delete;
    FewThreads& operator=(const FewThreads&) = delete;
};

} // namespace balmer::core
