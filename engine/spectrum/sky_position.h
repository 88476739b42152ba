// SkyPosition: right ascension and declination, ICRS (J2000), and how astronomers write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace balmer::spectrum {

/// Degrees: 0 ≤ ra < 360, −90 ≤ dec ≤ 90.
struct SkyPosition {
    double raDegrees = 0;
    double decDegrees = 0;
    bool operator==(const SkyPosition&) const = default;
};

/// Decimal degrees, or sexagesimal: a right ascension with ':' or blanks between its parts is in hours.
std::optional<SkyPosition> parsePosition(std::string_view ra, std::string_view dec);

/// "20h04m36.17s +32°13′06.9″"
std::string formatPosition(const SkyPosition& position);

/// Great-circle distance in arcseconds (haversine).
double separationArcsec(const SkyPosition& a, const SkyPosition& b);

/// Moves a mean position from the given Julian equinox to J2000 (IAU 1976 precession, Lieske et al. 1977).
SkyPosition precessedToJ2000(const SkyPosition& position, double equinoxYear);

} // namespace balmer::spectrum
