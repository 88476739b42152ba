// SpectralAxis: the wavelengths of a spectrum's samples, and the medium in which they were stated.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace balmer::spectrum {

/// A wavelength means something only together with the medium it was measured in: Hα is 6562.80 Å in air and
/// 6564.61 Å in vacuum.
enum class Medium { Unknown, Vacuum, Air };
std::string_view toString(Medium medium); ///< "unknown", "vacuum", "air"

/// Wavelengths in ångström, strictly ascending and finite, at least two. A value.
class SpectralAxis {
  public:
    SpectralAxis() = default;

    /// Errors: Format, naming the first sample that is not finite, not positive or not above the one before.
    static core::Result<SpectralAxis> make(std::vector<double> wavelengthAngstrom, Medium medium);

    std::span<const double> wavelengthAngstrom() const { return wavelengthAngstrom_; }
    Medium medium() const { return medium_; }
    std::size_t size() const { return wavelengthAngstrom_.size(); }
    bool empty() const { return wavelengthAngstrom_.empty(); }
    double first() const { return wavelengthAngstrom_.front(); }
    double last() const { return wavelengthAngstrom_.back(); }

    /// The same axis as read in a vacuum. An axis of unknown medium is returned as it is.
    SpectralAxis inVacuum() const;

    bool operator==(const SpectralAxis&) const = default;

  private:
    std::vector<double> wavelengthAngstrom_;
    Medium medium_ = Medium::Unknown;
};

/// Vacuum wavelength of an air wavelength, both in ångström: λ_vac = n λ_air with, for s = 10⁴/λ_air,
/// n = 1 + 8.336624212083e-5 + 0.02408926869968/(130.1065924522 − s²) + 1.599740894897e-4/(38.92568793293 −
/// s²), the inversion by N. Piskunov of Ciddor's (1996, Applied Optics 35, 1566) index as used by VALD and
/// SDSS. Below 2000 Å, where wavelengths are always stated in vacuum, the value is returned unchanged.
double vacuumFromAir(double airAngstrom);
/// The inverse: n = 1 + 8.34254e-5 + 0.02406147/(130 − s²) + 1.5998e-4/(38.9 − s²), s = 10⁴/λ_vac.
double airFromVacuum(double vacuumAngstrom);

} // namespace balmer::spectrum
