// What the steps of a pipeline do to the samples of one spectrum. Private to the module's own .cpp files.
//
// Values and free functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/spectrum/axis.h"
#include "engine/spectrum/spectrum.h"

namespace balmer::preprocess {

/// A spectrum under way: all vectors are of one length; variance is empty where the spectrum has no errors.
struct Samples {
    std::vector<double> wavelengthAngstrom;
    std::vector<double> flux;     ///< finite
    std::vector<double> variance; ///< meaningless where bad
    std::vector<std::uint8_t> bad;
    std::vector<std::uint8_t> invented; ///< the flux was not finite and has been bridged
    spectrum::Medium medium = spectrum::Medium::Unknown;
    std::vector<std::string> warnings;

    std::size_t size() const { return flux.size(); }
};

/// Takes over a spectrum: ends without a finite flux are cut off, gaps between are bridged. Errors:
/// InvalidArgument.
core::Result<Samples> samplesOf(const spectrum::Spectrum& spectrum);

void moveToVacuum(Samples& samples);
void bridgeBad(Samples& samples);
/// Cut at radius ⌊4 σ + 1/2⌋; beyond the ends the end samples go on.
void blur(Samples& samples, double sigmaPixels, double maximumStepAngstrom);
/// Errors: InvalidArgument when the grid is not covered or most of it is invented.
core::Result<Samples> resample(const Samples& samples, std::span<const double> grid);
/// Errors: InvalidArgument for the same flux everywhere.
core::Status scale(Samples& samples, double minimum, double maximum);

} // namespace balmer::preprocess
