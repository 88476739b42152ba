// Survey: simulated LAMOST-like spectra whose truth is known: which are emission stars, and how strong.
//
// A Survey is immutable; make(i) depends on the parameters and i alone, so any number of threads may call it
// in any order and get the same spectra. The model is made of the features that a classifier meets, not of
// stellar physics: a black body with Balmer, Ca II, Na D, Mg b and pseudo-random metal lines by class (A, F,
// G), telluric bands, an instrument's wiggles, noise by S/N; emission with EmissionProfile; and what can be
// mistaken for it: nebular lines, filled-in absorption, cosmic-ray hits, dead pixels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/words.h"
#include "engine/simulate/emission_profile.h"
#include "engine/spectrum/spectrum.h"

namespace balmer::simulate {

enum class Form {
    Full,  ///< 3700 to 9100 Å, 10⁻⁴ dex a sample: 3 909 samples
    Window ///< 6400 to 6850 Å at the same step: 295 samples
};

inline constexpr core::Words<Form, 2> formWords{{{Form::Full, "full"}, {Form::Window, "window"}}};

struct SurveyParameters {
    std::size_t spectra = 3000;  ///< 1 to 10 000 000
    double targets = 0.03;       ///< fraction of emission stars; their number is rounded, not drawn
    double doubleFraction = 0.4; ///< fraction of the emission stars with two peaks; rounded likewise
    std::uint64_t seed = 1;
    Form form = Form::Full;
    double signalToNoiseMinimum = 12, signalToNoiseMaximum = 150; ///< a sample, beside Hα; log-uniform
    double resolvingPower = 1800;
    ProfileRanges profile;         ///< of the emission
    double nebularFraction = 0.03; ///< of the other stars: narrow Hα, [N II], [S II] of a nebula in the fibre
    double filledInFraction = 0.03;  ///< of the other stars: Hα absorption partly filled in
    double cosmicRayFraction = 0.15; ///< of all: one to three hits that the reduction has missed (not masked)
    /// Of all: one to four dead samples (flux NaN, inverse variance 0, mask 1).
    double deadPixelFraction = 0.15;
    bool noise = true; ///< false: no noise, hits or dead samples; inverse variance as if there were

    /// Errors: InvalidArgument, naming the field and what it may be.
    core::Status validate() const;
};

/// What spectrum id really is. Widths and the like are 0 where kind is Other.
struct Truth {
    std::string id;
    Kind kind = Kind::Other;
    char starClass = 'G';               ///< 'A', 'F' or 'G'
    double equivalentWidthAngstrom = 0; ///< of the emission alone, over the continuum; positive: emission
    double fwhmKmS = 0;                 ///< of a component, before the instrument
    double separationKmS = 0;
    double vOverR = 0;
    double radialVelocityKmS = 0; ///< of the star, positive: receding
    double signalToNoise = 0;
    bool nebular = false;
    bool filledIn = false;
    int cosmicRays = 0;
    int deadPixels = 0;
    bool operator==(const Truth&) const = default;
};

struct SimulatedSpectrum {
    /// Vacuum; flux, inverse variance and mask; metadata with id "sim-000123", position, S/N, class, survey
    /// "Simulated".
    spectrum::Spectrum spectrum;
    Truth truth;
};

class Survey {
  public:
    /// Errors: those of validate().
    static core::Result<Survey> make(const SurveyParameters& parameters);

    const SurveyParameters& parameters() const { return parameters_; }
    std::size_t size() const { return parameters_.spectra; }
    /// The wavelengths that all spectra share, vacuum.
    const spectrum::SpectralAxis& axis() const { return axis_; }
    /// index < size().
    SimulatedSpectrum make(std::size_t index) const;

  private:
    struct MetalLine {
        double angstrom, strength;
    };
    SurveyParameters parameters_;
    spectrum::SpectralAxis axis_;
    std::vector<Kind> kinds_;
    std::vector<MetalLine> metals_;
};

} // namespace balmer::simulate
