// StopScope: the word to stop for what this thread calls that takes no TaskContext: a statement of the store
// that runs for long looks here.
//
// Made where work with a stop token begins (a job, a request of a lane); the innermost one of a thread
// counts.
#pragma once

#include <stop_token>

namespace balmer::core {

class StopScope {
  public:
    explicit StopScope(std::stop_token stop);
    ~StopScope();
    StopScope(const StopScope&) = delete;
    StopScope& operator=(const StopScope&) = delete;

    /// Whether the work of this thread is to stop; false outside a scope.
    static bool stopRequested();

  private:
    std::stop_token stop_;
    const StopScope* outer_;
};

/// For what must be done though the work around it was stopped: taking back, cleaning up.
class NoStopScope : StopScope {
  public:
    NoStopScope() : StopScope(std::stop_token()) {}
};

} // namespace balmer::core
