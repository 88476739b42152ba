#include "engine/remote/client/worker_clock.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/core/text_number.h"

namespace balmer::remote {

namespace {

constexpr auto sameClock = std::chrono::seconds(2);

/// "2026-11-22T14:16:03.250Z"
std::optional<core::TimePoint> timeFrom(std::string_view text) {
    using namespace std::chrono;
    if (text.size() != 24) return std::nullopt;
    std::array<int, 7> parts{};
    constexpr std::array<std::pair<std::size_t, std::size_t>, 7> places{
        {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}, {20, 3}}};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto number = core::parseInteger(text.substr(places[i].first, places[i].second));
        if (!number || *number < 0) return std::nullopt;
        parts[i] = static_cast<int>(*number);
    }
    const auto date = year(parts[0]) / parts[1] / parts[2];
    if (!date.ok() || parts[3] > 23 || parts[4] > 59 || parts[5] > 60) return std::nullopt;
    const auto time = sys_days(date) + hours(parts[3]) + minutes(parts[4]) + seconds(parts[5]);
    const core::TimePoint point = time + milliseconds(parts[6]);
    // Exactly as it is written, no other form.
    return core::formatTime(point) == text ? std::optional(point) : std::nullopt;
}

} // namespace

WorkerClock::WorkerClock(std::string_view now, core::TimePoint arrived) : arrived_(arrived) {
    if (const auto theirs = timeFrom(now)) {
        const auto behind = std::chrono::duration_cast<std::chrono::milliseconds>(arrived - *theirs);
        if (behind > sameClock || behind < -sameClock) behind_ = behind;
    }
}

std::string WorkerClock::ours(const std::string& theirs) const {
    if (theirs.empty()) return theirs;
    const auto time = timeFrom(theirs);
    return core::formatTime(time ? std::min(*time + behind_, arrived_) : arrived_);
}

} // namespace balmer::remote
