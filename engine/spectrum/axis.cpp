#include "engine/spectrum/axis.h"

#include <cmath>
#include <string>
#include <utility>

#include "engine/core/text_number.h"

namespace balmer::spectrum {
namespace {

// Below this wavelength values are stated in vacuum whatever the instrument.
constexpr double AIR_LIMIT_ANGSTROM = 2000.0;

} // namespace

std::string_view toString(Medium medium) {
    switch (medium) {
    case Medium::Vacuum:
        return "vacuum";
    case Medium::Air:
        return "air";
    case Medium::Unknown:
        break;
    }
    return "unknown";
}

core::Result<SpectralAxis> SpectralAxis::make(std::vector<double> wavelengthAngstrom, Medium medium) {
    if (wavelengthAngstrom.size() < 2) {
        return core::fail(core::ErrorCode::Format,
                          "a spectral axis needs at least two samples, this one has " +
                              std::to_string(wavelengthAngstrom.size()));
    }
    for (std::size_t i = 0; i < wavelengthAngstrom.size(); ++i) {
        const double value = wavelengthAngstrom[i];
        if (!std::isfinite(value) || value <= 0) {
            return core::fail(core::ErrorCode::Format, "the wavelength of sample " + std::to_string(i + 1) +
                                                           " is " + core::formatDouble(value) +
                                                           ", which is not a positive number");
        }
        if (i > 0 && value <= wavelengthAngstrom[i - 1]) {
            return core::fail(core::ErrorCode::Format,
                              "the wavelengths do not ascend: sample " + std::to_string(i + 1) + " is at " +
                                  core::formatDouble(value) + " Å after " +
                                  core::formatDouble(wavelengthAngstrom[i - 1]) + " Å");
        }
    }
    SpectralAxis axis;
    axis.wavelengthAngstrom_ = std::move(wavelengthAngstrom);
    axis.medium_ = medium;
    return axis;
}

SpectralAxis SpectralAxis::inVacuum() const {
    if (medium_ != Medium::Air) return *this;
    SpectralAxis axis = *this;
    axis.medium_ = Medium::Vacuum;
    for (double& value : axis.wavelengthAngstrom_)
        value = vacuumFromAir(value);
    return axis;
}

double vacuumFromAir(double airAngstrom) {
    if (!(airAngstrom >= AIR_LIMIT_ANGSTROM)) return airAngstrom;
    const double s = 1e4 / airAngstrom, s2 = s * s;
    const double n = 1 + 8.336624212083e-5 + 0.02408926869968 / (130.1065924522 - s2) +
                     1.599740894897e-4 / (38.92568793293 - s2);
    return airAngstrom * n;
}

double airFromVacuum(double vacuumAngstrom) {
    if (!(vacuumAngstrom >= AIR_LIMIT_ANGSTROM)) return vacuumAngstrom;
    const double s = 1e4 / vacuumAngstrom, s2 = s * s;
    const double n = 1 + 8.34254e-5 + 0.02406147 / (130 - s2) + 1.5998e-4 / (38.9 - s2);
    return vacuumAngstrom / n;
}

} // namespace balmer::spectrum
