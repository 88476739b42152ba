// The readers of each kind, behind readSpectra(). Private to the module.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/fits_file.h"
#include "engine/io/spectrum_parts.h"
#include "engine/io/spectrum_reader.h"

namespace balmer::io {

using Spectra = core::Result<std::vector<spectrum::Spectrum>>;

/// Any FITS file; asks the others in turn.
Spectra readFits(std::span<const std::byte> bytes, const ReadOptions& options);

/// The formats that are somebody's own, in the order in which they are asked, one line each: isNAME(), which
/// looks at the content, and readNAME(), which is called only when that said so. Some are known to be refused
/// with the right reason.
#define BALMER_FITS_FORMATS(FORMAT)                                                                          \
    FORMAT(LamostImage)                                                                                      \
    FORMAT(LamostMediumResolution)                                                                           \
    FORMAT(LamostTable)                                                                                      \
    FORMAT(SdssSpec)                                                                                         \
    FORMAT(SdssSpSpec)                                                                                       \
    FORMAT(DesiFile)

#define BALMER_DECLARE_FORMAT(format)                                                                        \
    bool is##format(const FitsFile& file);                                                                   \
    Spectra read##format(const FitsFile& file, const ReadOptions& options);
BALMER_FITS_FORMATS(BALMER_DECLARE_FORMAT)
#undef BALMER_DECLARE_FORMAT

/// Tables with a spectral axis and a flux; an empty list where no unit of the file is one.
Spectra readSpectrumTables(const FitsFile& file, const ReadOptions& options);
/// A one-dimensional image with a spectral axis.
Spectra readLinearImage(const FitsFile& file, const FitsHdu& image, const ReadOptions& options);

Spectra readVotableSpectra(std::span<const std::byte> bytes, const ReadOptions& options);
Spectra readTextSpectrum(std::string_view text, const ReadOptions& options);

/// Object, position, date and the header's cards, from the cards that most observatories use; extension's go
/// first.
void describe(spectrum::Metadata& metadata, const FitsHdu& primary, const FitsHdu* extension,
              const ReadOptions& options);
/// VACUUM, AIRORVAC and the like; unknown where no card says it.
spectrum::Medium mediumOf(const FitsHdu& hdu);

} // namespace balmer::io
