#include "engine/spectrum/line_list.h"

#include <algorithm>
#include <string>

namespace balmer::spectrum {
namespace {

std::string plain(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == ' ' || c == '_' || c == '-' || c == '[' || c == ']') continue;
        text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return text;
}

} // namespace

std::optional<SpectralLine> findLine(std::string_view name) {
    const std::string wanted = plain(name);
    for (const SpectralLine& each : spectralLines) {
        if (plain(each.name) == wanted || plain(each.asciiName) == wanted) return each;
    }
    return std::nullopt;
}

std::span<const SpectralLine> linesBetween(double lowerAngstrom, double upperAngstrom, Medium medium) {
    const auto wavelength = [medium](const SpectralLine& each) { return each.wavelengthIn(medium); };
    const auto first = std::ranges::lower_bound(spectralLines, lowerAngstrom, {}, wavelength);
    const auto last = std::ranges::upper_bound(first, spectralLines.end(), upperAngstrom, {}, wavelength);
    return {first, last};
}

} // namespace balmer::spectrum
