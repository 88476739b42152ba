// Clock: the time of day as an interface, so that a test can say what time it is.
#pragma once

#include <chrono>
#include <string>

namespace balmer::core {

using TimePoint = std::chrono::system_clock::time_point;

/// Any thread may ask.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;
};

/// The computer's own.
const Clock& systemClock();

/// "2026-11-22T14:16:03.250Z": UTC, milliseconds; sorts as text.
std::string formatTime(TimePoint time);

} // namespace balmer::core
