// startThread: a thread of its own, or an error where the system gives none: the one way to begin a thread
// that the program can do without. Any thread.
#pragma once

#include <functional>
#include <thread>

#include "engine/core/result.h"

namespace balmer::core {

/// Errors: ResourceExhausted.
Result<std::thread> startThread(std::function<void()> work);

} // namespace balmer::core
