// Amounts as people read them: bytes and durations. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace balmer::core {

/// "812 bytes", "34.5 MB", "53.7 GB": powers of 1000.
std::string bytesText(std::uint64_t bytes);

/// "0.3 s", "12 s", "3 min 05 s", "2 h 14 min"; "" for a negative number or none.
std::string durationText(double seconds);

} // namespace balmer::core
