// What the readers of all kinds share: from columns as a file has them to a valid Spectrum; dates; units;
// names of columns. Private to the module.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/spectrum/spectrum.h"

namespace balmer::io {

/// Speed of light, m/s, and Planck's constant times it, eV Å (CODATA 2018, exact by definition of the units).
inline constexpr double LIGHT_SPEED = 299792458.0, HC_EV_ANGSTROM = 12398.419843320026;

/// Columns as a file has them: wavelength in ångström in either direction, flux in any unit.
struct RawSpectrum {
    std::vector<double> wavelength;
    spectrum::Medium medium = spectrum::Medium::Unknown;
    std::vector<double> flux;
    std::vector<double> inverseVariance; ///< or empty
    std::vector<double> sigma;           ///< or empty; turned into inverse variance when there is none
    std::vector<std::uint8_t> mask;      ///< or empty
    spectrum::Metadata metadata;
};

/// Turns a descending axis round, cuts off ends without flux, masks what is not a number, brings fluxes that
/// float32 could not hold the weights of into its range (the power of ten goes into the unit), drops errors
/// and masks that say nothing. Errors: Format when the lengths differ, the axis does not run in one direction
/// or no sample is good.
core::Result<spectrum::Spectrum> makeSpectrum(RawSpectrum raw);

/// How an axis with such a unit becomes ångström; `inverse` for frequencies, energies and wavenumbers.
struct SpectralUnit {
    double factor = 1;
    bool inverse = false;
    double angstrom(double value) const { return inverse ? factor / value : factor * value; }
};
/// "Angstrom", "0.1nm", "nm", "um", "m", "Hz", "GHz", "keV", "eV", "cm-1" … in any case; nothing for others.
std::optional<SpectralUnit> spectralUnit(std::string_view unit);
/// The unit that values without one must have; nothing when they look like no wavelength of optical light in
/// Å.
bool looksLikeAngstrom(double first, double last);

enum class ColumnRole { None, Wavelength, LogWavelength, Flux, Sigma, InverseVariance, Mask };
/// By the names in use: "wave", "LAMBDA", "loglam", "flux", "err", "ivar", "and_mask" …
ColumnRole roleOfName(std::string_view name);
/// By IVOA utype (SpectralAxis.Value, FluxAxis.Value, FluxAxis.Accuracy.StatError …); None for anything else.
ColumnRole roleOfUtype(std::string_view utype);
/// By UCD (em.wl, em.freq, phot.flux…, stat.error); None for anything else, bounds and widths among it.
ColumnRole roleOfUcd(std::string_view ucd);
/// "air", "vacuum" said in words.
spectrum::Medium mediumSaid(std::string_view words);

/// MJD of "2013-02-18T15:54:49.44", "2013-02-18" or the old "18/02/13".
std::optional<double> mjdFromDate(std::string_view date);
/// The same date as ISO 8601; "" when it is none.
std::string isoDate(std::string_view date);
std::string isoFromMjd(double mjd);

bool endsWithoutCase(std::string_view text, std::string_view ending);

} // namespace balmer::io
