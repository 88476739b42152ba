// Memory that runs out on this thread: operator new of this program, which a test can let fail. (What C
// libraries take with malloc is not touched.)
#pragma once

#include <cstddef>

namespace balmer::test {

/// While it lives, of this thread's allocations of at least so many bytes the one with the number `at`, from
/// 0, throws std::bad_alloc; or that and all after it. One at a time on a thread.
class ScarceMemory {
  public:
    static constexpr std::size_t never = static_cast<std::size_t>(-1);
    ScarceMemory(std::size_t fromBytes, std::size_t at, bool forEver = false);
    ~ScarceMemory();
    ScarceMemory(const ScarceMemory&) = delete;
    ScarceMemory& operator=(const ScarceMemory&) = delete;

    /// Of this thread, of at least so many bytes, since it began.
    static std::size_t allocations();
    static bool refused();
};

} // namespace balmer::test
