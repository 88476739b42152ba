// SsapQuery: what is asked of a Simple Spectral Access service (IVOA Recommendation SSA 1.1, §4.1), and its
// address.
//
// Values and pure functions; no thread rule.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.h"
#include "engine/spectrum/sky_position.h"

namespace balmer::vo {

struct SsapQuery {
    std::vector<spectrum::SkyPosition> positions = {}; ///< one question each; none: without a position
    std::optional<double> diameterDegrees = {};        ///< of the region around a position; the service's own
    std::optional<double> fromAngstrom = {}, toAngstrom = {}; ///< the band; either end may be open
    std::string time = {};       ///< ISO 8601: "2014-01-01/2014-12-31", "2014/", "2014-07-01"
    std::string target = {};     ///< an object's name, where the service knows names
    std::string collection = {}; ///< the service's name for a part of its archive
    std::string format = {};     ///< "fits", "votable", "all", "compliant", or media types with commas
    std::optional<std::size_t> mostRows = {};                   ///< MAXREC
    std::vector<std::pair<std::string, std::string>> more = {}; ///< further parameters of the service

    /// Errors: InvalidArgument, naming the field.
    core::Status validate() const;
};

/// The address that asks at one position (or at none). What the service's address has in its query already
/// stays, unless it is asked for here. Errors: those of validate; InvalidArgument for an address that is
/// none.
core::Result<std::string> ssapUrl(std::string_view service, const SsapQuery& query,
                                  const std::optional<spectrum::SkyPosition>& position);

/// "83.633 22.014", "83.633,22.014", "05:34:31.9 +22:00:52", "05 34 31.9 +22 00 52": right ascension
/// (degrees, or hours where it is sexagesimal) and declination. Errors: InvalidArgument.
core::Result<spectrum::SkyPosition> parsePosition(std::string_view text);
/// One a line; empty lines, lines that begin with '#' and a first line of words are passed over. Errors:
/// InvalidArgument with the line's number.
core::Result<std::vector<spectrum::SkyPosition>> parsePositions(std::string_view lines);
/// "0.1", "0.1deg", "5arcmin", "30 arcsec", "5'", "30\"": degrees. Errors: InvalidArgument.
core::Result<double> parseAngle(std::string_view text);

} // namespace balmer::vo
