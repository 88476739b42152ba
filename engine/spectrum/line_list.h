// Spectral lines of optical spectra: names and wavelengths in vacuum.
//
// Wavelengths are those of the NIST Atomic Spectra Database in air, to 0.01 Å, turned to vacuum by
// vacuumFromAir(). A constant table; any thread.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "engine/spectrum/axis.h"

namespace balmer::spectrum {

struct SpectralLine {
    std::string_view name;      ///< "Hα", "He I 5876", "[O III] 5007": number = air wavelength, as spoken
    std::string_view asciiName; ///< "Halpha", otherwise the same
    double vacuumAngstrom = 0;
    double airAngstrom() const { return airFromVacuum(vacuumAngstrom); }
    /// As on an axis of this medium; the vacuum one where the medium is unknown.
    double wavelengthIn(Medium medium) const {
        return medium == Medium::Air ? airAngstrom() : vacuumAngstrom;
    }
};

/// All lines, ascending by wavelength.
std::span<const SpectralLine> spectralLines();

/// By either name, without regard to case, blanks or underscores: "Hα", "halpha", "H-alpha", "he i 5876".
std::optional<SpectralLine> findLine(std::string_view name);

} // namespace balmer::spectrum
