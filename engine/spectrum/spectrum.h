// Spectrum: flux with its uncertainty and mask on a spectral axis, and what is known about it. A value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/result.h"
#include "engine/spectrum/axis.h"
#include "engine/spectrum/sky_position.h"

namespace balmer::spectrum {

/// One card of a FITS header, one PARAM or INFO of a VOTable, one comment line of a text file.
struct HeaderCard {
    std::string key;
    std::string value; ///< without quotes and padding
    std::string comment;
    bool operator==(const HeaderCard&) const = default;
};

/// What is known about a spectrum besides its numbers. Empty or absent where the file does not say.
struct Metadata {
    std::string
        id; ///< short name: the file's stem without .fits/.gz, "#n" appended for the n-th spectrum of a file
    std::string object;                  ///< the name of the object
    std::optional<SkyPosition> position; ///< ICRS; moved to J2000 where the file states an equinox of date
    std::string observed;                ///< start of the exposure, ISO 8601, UTC
    std::optional<double> mjd;
    std::optional<double> signalToNoise; ///< the archive's figure (r band, or the mean of its bands)
    std::optional<double> magnitude;     ///< the archive's figure in the band nearest to g
    std::optional<double> redshift;
    std::string survey;        ///< "LAMOST DR5", "SDSS", "Ondřejov" …
    std::string surveyId;      ///< the survey's own identifier: obsid, plate-mjd-fiber, publisher DID …
    std::string spectralClass; ///< the archive's class and subclass: "STAR A1V"
    std::string rule;          ///< which reader's rule matched: "lamost-lrs-image" …
    std::string fluxUnit;      ///< as the file states it; "" when it does not
    std::vector<std::string> warnings; ///< what the reader had to mend or to doubt
    std::vector<HeaderCard> header;    ///< the whole header, in order
};

/// flux[i] belongs to axis[i]. inverseVariance is empty where the file has no errors, mask where it has no
/// mask; otherwise both are as long as flux. A sample is bad where its mask is not 0, its inverse variance is
/// 0 or its flux is not finite; its flux is then a number without meaning, never a zero that stands for one.
struct Spectrum {
    SpectralAxis axis;
    std::vector<float> flux;
    std::vector<float> inverseVariance; ///< 1/σ², in flux⁻²
    std::vector<std::uint8_t> mask;     ///< 0: good; 1: bad
    Metadata metadata;

    std::size_t size() const { return flux.size(); }
    bool good(std::size_t i) const;
    /// Errors: Format, when the lengths differ or no sample is good.
    core::Status validate() const;
};

} // namespace balmer::spectrum
