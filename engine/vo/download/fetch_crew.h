// A few threads `balmer-fetch` that do one thing together, while the caller reports how far they are. Private
// to vo.
#pragma once

#include <functional>
#include <string>

#include "engine/core/mutex.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::vo {

/// What the crew waits for, for the caller's reports; any thread.
class CrewNote {
  public:
    void set(std::string text);
    std::string get() const;

  private:
    mutable core::Mutex mutex_;
    std::string text_ BALMER_GUARDED_BY(mutex_);
};

/// Runs work on threads of its own, each with a TaskContext that stops with the caller's and leaves what is
/// waited for in note; calls tick on the calling thread ten times a second and once at the end. Returns when
/// all have returned. Errors: Cancelled, where the task was asked to stop.
core::Status runCrew(unsigned threads, core::TaskContext& task, CrewNote& note,
                     const std::function<void(core::TaskContext& own)>& work,
                     const std::function<void()>& tick);

} // namespace balmer::vo
