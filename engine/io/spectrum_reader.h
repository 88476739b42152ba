// Reading spectra: every spectrum of a file, whatever its kind, with flux, errors, mask and what the file
// says of it.
//
// The kind is found from the content, never from the name; gzip is undone wherever it is met. Read are:
// - lamost-lrs-image: five-row images of LAMOST's low-resolution survey, DR2 to DR8: row 3 is the wavelength
// - lamost-lrs-image-dr1: the same of DR1, whose third row is the subcontinuum: λ = 10^(COEFF0 + COEFF1 i)
// - lamost-lrs-table: binary tables of LAMOST's low-resolution survey, DR8 and later
// - sdss-spec: SDSS III/IV "spec" files, lite and full: table COADD, λ = 10^loglam
// - sdss-spspec: SDSS I/II "spSpec" images
// - ondrejov-ssap: Ondřejov CCD700 tables (spectral, flux), air
// - linear-image: one-dimensional images with a linear or logarithmic axis (IRAF, FITS WCS paper III)
// - spectrum-table: tables with a wavelength and a flux column (IVOA Spectrum, ESO phase 3, …), a row a pixel
//   or one row of vectors
// - votable: VOTable spectra
// - text: two to four columns: wavelength, flux, error, mask
// Anything else is refused with its reason and, where it can be told, with what it is. Inverse variance is
// 1/σ² where the file has σ. A sample is masked where its flux is not finite, its inverse variance is 0 or
// not finite, or the survey flags it as bad in all exposures (and-mask). Samples without flux at either end
// are cut off.
//
// Functions without state: any number of threads. Input may be hostile: sizes are checked before memory is
// taken, no other file or network address is ever opened.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/spectrum/spectrum.h"

namespace balmer::io {

struct ReadOptions {
    bool header = true;                                    ///< fill Metadata::header
    std::size_t fileLimitBytes = std::size_t{1} << 28;     ///< a larger file is refused
    std::size_t inflatedLimitBytes = std::size_t{1} << 28; ///< as is one that grows beyond this when unpacked
    std::size_t spectraLimit = 10'000;                     ///< spectra taken from one file; more are refused
    std::stop_token stop = {};                             ///< ends the reading with Cancelled
};

/// Errors: NotFound, Io; ResourceExhausted for a file over the limits; Unsupported for a kind that is
/// recognised but not read ("a LAMOST medium-resolution file …"); Format for damage and for files that are no
/// spectrum.
core::Result<std::vector<spectrum::Spectrum>> readSpectra(const std::filesystem::path& file,
                                                          const ReadOptions& options = {});

/// The same for bytes in memory; name stands for the file's in ids and messages.
core::Result<std::vector<spectrum::Spectrum>>
readSpectra(std::span<const std::byte> bytes, std::string_view name, const ReadOptions& options = {});

/// "spec-55859-F5902_sp05-172.fits.gz" → "spec-55859-F5902_sp05-172": the id of a file's spectrum.
std::string spectrumId(std::string_view fileName);

} // namespace balmer::io
