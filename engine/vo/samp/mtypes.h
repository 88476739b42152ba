// The messages that Balmer understands, typed (IVOA SAMP MTypes; table.*, spectrum.*, coord.*): encode and
// decode.
//
// Rows count from 0. Angles in degrees, ICRS. Of a table's two names, the sender's table-id and its URL, at
// least one is there. Values and functions without state; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "engine/vo/samp/samp_message.h"

namespace balmer::vo {

namespace mtype {
inline constexpr std::string_view spectrumLoad = "spectrum.load.ssa-generic";
inline constexpr std::string_view tableLoadVotable = "table.load.votable";
inline constexpr std::string_view tableLoadFits = "table.load.fits";
inline constexpr std::string_view tableSelectRows = "table.select.rowList";
inline constexpr std::string_view tableHighlightRow = "table.highlight.row";
inline constexpr std::string_view pointAtSky = "coord.pointAt.sky";
} // namespace mtype

/// spectrum.load.ssa-generic
struct LoadSpectrum {
    std::string url;
    std::string spectrumId, name; ///< may be empty
    SampMap meta;                 ///< utype, or UCD, -> text
    bool operator==(const LoadSpectrum&) const = default;

    /// The meta value under this name, without regard to case and to a prefix "ssa:" on either side; "" where
    /// it is missing.
    std::string metaText(std::string_view name) const;
};

/// What the table that a spectrum is sent as looks like.
struct SpectrumDescription {
    std::string format = "application/fits"; ///< or "application/x-votable+xml"
    std::string targetName;
    std::string axisColumn = "WAVE", fluxColumn = "FLUX", errorColumn; ///< errorColumn may be empty
    std::string axisUnit, fluxUnit;                                    ///< as in the table
};
/// The meta that SPLAT, VOSpec and Iris look at: Access.Format, Target.Name, vox:spectrum_axes,
/// vox:spectrum_units, Dataset.SpectralAxis, Dataset.FluxAxis.
SampMap spectrumMeta(const SpectrumDescription& description);

/// table.load.votable, table.load.fits
struct LoadTable {
    enum class Format { Votable, Fits } format = Format::Votable;
    std::string url;
    std::string tableId, name; ///< may be empty
    bool operator==(const LoadTable&) const = default;
};

/// table.highlight.row
struct HighlightRow {
    std::string tableId, url;
    std::int64_t row = 0;
    bool operator==(const HighlightRow&) const = default;
};

/// table.select.rowList
struct SelectRows {
    std::string tableId, url;
    std::vector<std::int64_t> rows; ///< as they came; none clears the selection
    bool operator==(const SelectRows&) const = default;
};

/// coord.pointAt.sky
struct PointAtSky {
    double raDeg = 0, decDeg = 0;
    bool operator==(const PointAtSky&) const = default;
};

using SampRequest = std::variant<LoadSpectrum, LoadTable, HighlightRow, SelectRows, PointAtSky>;

/// An empty url or table-id is left out; LoadSpectrum without Access.Format in its meta gets that of FITS,
/// because some receivers fail without one.
SampMessage encodeRequest(const SampRequest& request);
/// Errors: Unsupported for another MType; Format naming the parameter that is missing or wrong (a negative
/// row, an angle out of range).
core::Result<SampRequest> decodeRequest(const SampMessage& message);

/// The MTypes that decodeRequest() reads, for the declaration of subscriptions.
std::span<const std::string_view> requestMTypes();

} // namespace balmer::vo
