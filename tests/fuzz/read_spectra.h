// What the fuzz targets of the readers of spectra claim: whatever the bytes, spectra that hold together, or a
// reason.
#pragma once

#include <cstddef>
#include <span>

#include "engine/io/spectrum_reader.h"
#include "tests/fuzz/require.h"

namespace balmer::test {

inline void readSpectraFrom(std::span<const std::byte> bytes) {
    io::ReadOptions options;
    options.inflatedLimitBytes = std::size_t{1} << 24;
    const auto spectra = io::readSpectra(bytes, "fuzz", options);
    if (!spectra) {
        require(!spectra.error().message().empty(), "a refusal says why");
        return;
    }
    require(!spectra->empty(), "a file that is read has a spectrum");
    for (const auto& spectrum : *spectra)
        require(spectrum.validate().has_value(), "what is read holds together");
}

} // namespace balmer::test
