#include "engine/core/amount_text.h"

#include <cmath>

#include "engine/core/text_number.h"

namespace balmer::core {

namespace {
std::string twoDigits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}
} // namespace

std::string countText(std::uint64_t count, std::string_view one, std::string_view many) {
    auto text = std::to_string(count) + " ";
    if (count == 1) return text.append(one);
    return many.empty() ? text.append(one) + "s" : text.append(many);
}

std::string bytesText(std::uint64_t bytes) {
    const auto number = static_cast<double>(bytes);
    if (bytes < 1000) return countText(bytes, "byte");
    if (number < 999.95e3) return formatFixed(number / 1e3, 1) + " kB";
    if (number < 999.95e6) return formatFixed(number / 1e6, 1) + " MB";
    if (number < 999.95e9) return formatFixed(number / 1e9, 1) + " GB";
    return formatFixed(number / 1e12, 1) + " TB";
}

std::string durationText(double seconds) {
    if (!(seconds >= 0) || std::isinf(seconds)) return {};
    if (seconds < 9.95) return formatFixed(seconds, 1) + " s";
    const auto whole = static_cast<std::int64_t>(std::llround(seconds));
    if (whole < 60) return std::to_string(whole) + " s";
    if (whole < 3600) return std::to_string(whole / 60) + " min " + twoDigits(whole % 60) + " s";
    return std::to_string(whole / 3600) + " h " + twoDigits(whole / 60 % 60) + " min";
}

} // namespace balmer::core
