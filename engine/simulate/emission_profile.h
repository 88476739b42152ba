// EmissionProfile: an Hα emission line of stated strength and shape, and its injection into spectra and
// windows.
//
// Values and free functions; whoever calls owns the random stream. Any thread.
//
// A line is one Gaussian, or two of equal width at velocity ± separation/2 whose heights are in the ratio V/R
// (violet over red). Its equivalent width ∫ (F − F_c)/F_c dλ is stated positive for emission. Each sample
// gets the line's mean over its own extent (half way to its neighbours), so that Σ (F − F_c)/F_c Δλ is the
// stated width however coarse the sampling is.
#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/random_stream.h"
#include "engine/core/result.h"
#include "engine/spectrum/line_list.h"

namespace balmer::simulate {

/// Vacuum, ångström.
inline constexpr double halphaAngstrom = spectrum::line("Hα").vacuumAngstrom;
inline constexpr double speedOfLightKmS = 299792.458;
inline const double sigmaOfFwhm = 1 / (2 * std::sqrt(2 * std::numbers::ln2)); ///< of a Gaussian

/// What a spectrum is, as the truth table and the network's classes spell it.
enum class Kind { Other, SinglePeak, DoublePeak };
std::string_view toString(Kind kind); ///< "other", "single peak", "double peak"

struct EmissionProfile {
    double equivalentWidthAngstrom = 0; ///< positive: emission
    double fwhmKmS = 0;                 ///< of each component, > 0
    double separationKmS = 0;           ///< of the two components' centres; 0: one component
    double vOverR = 1;                  ///< height of the violet over height of the red component, > 0
    double velocityKmS = 0;             ///< of the middle, positive: receding
    bool operator==(const EmissionProfile&) const = default;
};

/// Adds the line to flux, which lies on vacuum wavelengths (ascending, as many as flux, at least two).
/// continuumLevel is F_c at the line, > 0; instrumentFwhmKmS widens each component in quadrature and leaves
/// the equivalent width. Errors: InvalidArgument.
core::Status addEmission(std::span<const double> wavelengthAngstrom, std::span<float> flux,
                         double continuumLevel, const EmissionProfile& profile,
                         double lineAngstrom = halphaAngstrom, double instrumentFwhmKmS = 0);

/// From where drawProfile() draws. Equivalent widths and separations log-uniform, widths uniform.
struct ProfileRanges {
    double equivalentWidthMinimumAngstrom = 1, equivalentWidthMaximumAngstrom = 30;
    double singleFwhmMinimumKmS = 120, singleFwhmMaximumKmS = 450;
    double separationMinimumKmS = 230, separationMaximumKmS = 520;
    /// Width of a double line's components as a fraction of their separation: below about 0.8 the peaks are
    /// apart.
    double doubleFwhmMinimum = 0.3, doubleFwhmMaximum = 0.6;
    double vOverRLogDeviation = 0.2;  ///< ln(V/R) is normal with this deviation, cut at ± 0.7
    double velocityDeviationKmS = 40; ///< normal, cut at ± 3 deviations
    /// Errors: InvalidArgument, naming the field.
    core::Status validate() const;
};

/// kind is SinglePeak or DoublePeak (Other gives equivalent width 0); the ranges must be valid.
EmissionProfile drawProfile(core::RandomStream& random, Kind kind, const ProfileRanges& ranges = {});

/// A row of a dataset about Hα: vacuum wavelengths, and values of that length, usually min-max scaled. With
/// the scale given the flux is scaleMinimum + (value + 1)/2 · (scaleMaximum − scaleMinimum); without it the
/// values are taken for the flux, and where their continuum is then not above zero (a scaled row) the row's
/// minimum is taken for half of the continuum.
struct Window {
    std::span<const double> wavelengthAngstrom;
    std::span<const float> values;
    std::optional<double> scaleMinimum, scaleMaximum;
};

/// Each returns a new row, scaled min-max to [−1, 1], as long as window.values; it recovers the flux, takes
/// as continuum the straight line through the medians of the two sides beyond ± 20 Å of Hα, and leaves the
/// rest of the user's spectrum as it is. The noise of the added light is drawn from the window's own (robust,
/// from second differences), as √ of the light over the continuum. Errors: InvalidArgument when lengths
/// differ, fewer than 16 samples, Hα outside, a value that is not finite, a constant row.
core::Result<std::vector<float>> injectEmission(const Window& window, const EmissionProfile& profile,
                                                core::RandomStream& random, double instrumentFwhmKmS = 167);
/// Σ (F/F_c − 1) Δλ over ± 12 Å of Hα as the window has it (absorption negative), and its standard error √(N)
/// Δλ σ/F_c for N samples of width Δλ; both in Å. Errors: those of injectEmission().
struct EquivalentWidth {
    double angstrom = 0;
    double errorAngstrom = 0;
};
core::Result<EquivalentWidth> measureEquivalentWidth(const Window& window);
/// Negatives: what is bright and yet no emission star. A hit of one to three samples, anywhere, often near
/// Hα.
core::Result<std::vector<float>> injectCosmicRay(const Window& window, core::RandomStream& random);
/// Unresolved Hα with the doublets of [N II] and [S II] beside it, in the ratios of an H II region.
core::Result<std::vector<float>> injectNebular(const Window& window, core::RandomStream& random,
                                               double instrumentFwhmKmS = 167);

/// The star's own Hα absorption, partly filled in as by a chromosphere: what is taken away from the continuum
/// about the line, smoothed over five samples, falls to a share of it. A line in emission stays as it is.
core::Result<std::vector<float>> injectFilledIn(const Window& window, core::RandomStream& random);

/// Lines of an H II region: Hα and, by what its light is to Hα's, the doublets of [N II] (1 : 3 by the
/// transition probabilities) and [S II] (1.3 : 1, thin gas).
struct NebularLine {
    double angstrom, share; ///< vacuum; of Hα's light
};
std::array<NebularLine, 5> nebularLines(double nitrogenOverHalpha, double sulphurOverHalpha);

/// The nebula's lines with Hα of this equivalent width, added to flux; used by injectNebular() and by the
/// survey.
core::Status addNebula(std::span<const double> wavelengthAngstrom, std::span<float> flux,
                       double continuumLevel, double halphaEquivalentWidthAngstrom, double nitrogenOverHalpha,
                       double sulphurOverHalpha, double velocityKmS, double instrumentFwhmKmS);

} // namespace balmer::simulate
