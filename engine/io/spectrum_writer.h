// Writing spectra: a FITS image in the form of LAMOST's low-resolution survey, a plain FITS table, and text.
//
// Functions without state; any thread. Files appear whole or not at all. What is written here readSpectra()
// reads back equal: flux and inverse variance bit for bit, wavelengths as float32 (image) or exactly (table,
// text).
#pragma once

#include <filesystem>
#include <string>

#include "engine/core/result.h"
#include "engine/spectrum/spectrum.h"

namespace balmer::io {

struct WriteOptions {
    bool gzip = false; ///< level 1: survey files are mostly noise, and more effort gains nothing
};

/// Five rows of float32 – flux, inverse variance, wavelength, and-mask, or-mask – with EXTEN0 naming them,
/// and the metadata as header cards: OBSID, DESIG, OBJECT, RA, DEC, DATE-OBS, MJD, SNRG and SNRR, MAG1, Z,
/// CLASS and SUBCLASS, DATA_V, then metadata.header's cards whose keywords are not among those already
/// written. An axis in air is written with VACUUM = F. A spectrum without errors gets inverse variance 1 (0
/// where masked). Errors: InvalidArgument for a spectrum that does not validate; Io.
core::Status writeLamostImage(const std::filesystem::path& file, const spectrum::Spectrum& spectrum,
                              const WriteOptions& options = {});
/// The bytes of that file.
core::Result<std::string> lamostImageBytes(const spectrum::Spectrum& spectrum,
                                           const WriteOptions& options = {});

/// One table, a row a sample, that the programs of the Virtual Observatory read: WAVE (double, Angstrom),
/// FLUX (float) and, where the spectrum has inverse variances, ERR (double), with TUNITn, TUCDn and TUTYPn of
/// the IVOA's Spectrum model 1.2; OBJECT, RA, DEC, DATE-OBS, VACUUM and SNR in its header. A bad sample is
/// NaN. Errors: InvalidArgument for a spectrum that does not validate.
core::Result<std::string> spectrumTableBytes(const spectrum::Spectrum& spectrum);
/// Errors: also Io.
core::Status writeSpectrumTable(const std::filesystem::path& file, const spectrum::Spectrum& spectrum);

/// Columns wavelength, flux and, where the spectrum has them, error and mask, separated by commas below a
/// line that names them; lines with # tell id, object and medium. A sample without inverse variance has the
/// error "inf".
core::Status writeText(const std::filesystem::path& file, const spectrum::Spectrum& spectrum,
                       const WriteOptions& options = {});

} // namespace balmer::io
