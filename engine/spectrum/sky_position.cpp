#include "engine/spectrum/sky_position.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <vector>

#include "engine/core/text_number.h"

namespace balmer::spectrum {
namespace {

constexpr double DEGREE = std::numbers::pi / 180.0;

struct Angle {
    double value = 0;
    bool sexagesimal = false;
};

// Decimal, or "d m s" with ':' , blanks or unit letters between the parts; the last part may have a fraction.
std::optional<Angle> parseAngle(std::string_view text) {
    text = core::trimmed(text);
    if (text.empty()) return std::nullopt;
    if (const auto decimal = core::parseDouble(text)) {
        if (!std::isfinite(*decimal)) return std::nullopt;
        return Angle{*decimal, false};
    }
    bool negative = false;
    if (text.front() == '+' || text.front() == '-') {
        negative = text.front() == '-';
        text.remove_prefix(1);
    } else if (text.starts_with("\u2212")) {
        negative = true;
        text.remove_prefix(3);
    }
    std::vector<double> parts;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t end = std::min(text.find_first_not_of("0123456789.", i), text.size());
        if (end > i) {
            const auto part = core::parseDouble(text.substr(i, end - i));
            if (!part || parts.size() == 3) return std::nullopt;
            parts.push_back(*part);
            i = end;
            continue;
        }
        const auto separator = [&]() -> std::size_t {
            for (const std::string_view mark : {":", " ", "h", "d", "m", "s", "'", "\"", "°", "′", "″"}) {
                if (text.substr(i).starts_with(mark)) return mark.size();
            }
            return 0;
        }();
        if (separator == 0) return std::nullopt;
        i += separator;
    }
    if (parts.size() < 2) return std::nullopt;
    double value = 0, scale = 1;
    for (std::size_t i = 0; i < parts.size(); ++i, scale *= 60) {
        if (i > 0 && parts[i] >= 60.0 + 1e-9) return std::nullopt;
        value += parts[i] / scale;
    }
    return Angle{negative ? -value : value, true};
}

double wrapped(double degrees) {
    const double rest = std::fmod(degrees, 360.0);
    const double positive = rest < 0 ? rest + 360.0 : rest;
    return positive >= 360.0 ? 0.0 : positive;
}

} // namespace

std::optional<SkyPosition> parsePosition(std::string_view ra, std::string_view dec) {
    const auto a = parseAngle(ra), d = parseAngle(dec);
    if (!a || !d || std::abs(d->value) > 90.0) return std::nullopt;
    const double degrees = a->sexagesimal ? a->value * 15.0 : a->value;
    if (degrees < -360.0 || degrees > 360.0) return std::nullopt;
    return SkyPosition{wrapped(degrees), d->value};
}

std::string formatPosition(const SkyPosition& position) {
    // Rounded once, in the last unit shown, so that no part ever reads 60.
    const auto ra =
        static_cast<long long>(std::llround(wrapped(position.raDegrees) / 15.0 * 360000.0)) % (24LL * 360000);
    const auto dec = static_cast<long long>(std::llround(std::abs(position.decDegrees) * 36000.0));
    std::array<char, 80> text{};
    std::snprintf(text.data(), text.size(), "%02lldh%02lldm%02lld.%02llds %s%02lld°%02lld′%02lld.%lld″",
                  ra / 360000, ra / 6000 % 60, ra / 100 % 60, ra % 100, position.decDegrees < 0 ? "−" : "+",
                  dec / 36000, dec / 600 % 60, dec / 10 % 60, dec % 10);
    return text.data();
}

double separationArcsec(const SkyPosition& a, const SkyPosition& b) {
    const double d1 = a.decDegrees * DEGREE, d2 = b.decDegrees * DEGREE;
    const double sinDec = std::sin((d2 - d1) / 2), sinRa = std::sin((b.raDegrees - a.raDegrees) * DEGREE / 2);
    const double h = sinDec * sinDec + std::cos(d1) * std::cos(d2) * sinRa * sinRa;
    return 2 * std::asin(std::min(1.0, std::sqrt(h))) / DEGREE * 3600.0;
}

SkyPosition precessedToJ2000(const SkyPosition& position, double equinoxYear) {
    if (!std::isfinite(equinoxYear) || std::abs(equinoxYear - 2000.0) < 1e-6) return position;
    // From the equinox of date (T centuries from J2000) to J2000: the angles of Lieske et al. 1977 for epoch
    // T and an interval t = −T.
    const double T = (equinoxYear - 2000.0) / 100.0, t = -T;
    const double arcsec = DEGREE / 3600.0;
    const double zeta = ((2306.2181 + (1.39656 - 0.000139 * T) * T) * t + (0.30188 - 0.000344 * T) * t * t +
                         0.017998 * t * t * t) *
                        arcsec;
    const double z = ((2306.2181 + (1.39656 - 0.000139 * T) * T) * t + (1.09468 + 0.000066 * T) * t * t +
                      0.018203 * t * t * t) *
                     arcsec;
    const double theta = ((2004.3109 - (0.85330 + 0.000217 * T) * T) * t - (0.42665 + 0.000217 * T) * t * t -
                          0.041833 * t * t * t) *
                         arcsec;
    const double a = position.raDegrees * DEGREE + zeta, d = position.decDegrees * DEGREE;
    const double x = std::cos(theta) * std::cos(d) * std::cos(a) - std::sin(theta) * std::sin(d);
    const double y = std::cos(d) * std::sin(a);
    const double w = std::sin(theta) * std::cos(d) * std::cos(a) + std::cos(theta) * std::sin(d);
    return {wrapped((std::atan2(y, x) + z) / DEGREE), std::asin(std::clamp(w, -1.0, 1.0)) / DEGREE};
}

} // namespace balmer::spectrum
