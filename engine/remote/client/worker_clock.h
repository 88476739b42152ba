// WorkerClock: a worker's times by this computer's clock. A value. Private to remote.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "engine/core/clock.h"

namespace balmer::remote {

class WorkerClock {
  public:
    /// now: what the worker's clock said when it sent this ("" where it does not say), as core::formatTime
    /// writes it; arrived: what ours said when it came.
    WorkerClock(std::string_view now, core::TimePoint arrived);

    /// A time of the worker's by our clock. Clocks that agree to two seconds are taken for the same, so that
    /// the way of the message changes nothing. Where the worker does not say its time, what would lie ahead
    /// of the arrival is the arrival; so is what is no time. "" stays "".
    std::string ours(const std::string& theirs) const;

  private:
    core::TimePoint arrived_;
    std::chrono::milliseconds behind_{0}; ///< of the worker's clock
};

} // namespace balmer::remote
