// Amounts as people read them: counts, bytes and durations. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace balmer::core {

/// "1 file", "2 files", "1 spectrum", "0 spectra": of `one`, or so many; "" puts an s behind `one`.
std::string countText(std::uint64_t count, std::string_view one, std::string_view many = {});

/// "812 bytes", "34.5 MB", "53.7 GB": powers of 1000.
std::string bytesText(std::uint64_t bytes);

/// "0.3 s", "12 s", "3 min 05 s", "2 h 14 min"; "" for a negative number or none.
std::string durationText(double seconds);

} // namespace balmer::core
