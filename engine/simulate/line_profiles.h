// The table of profiles: shapes of Hα that can be planted in a user's own spectra to teach a class of which
// few are labelled.
//
// A shape is a sum of Gaussians, each of its own equivalent width (positive: emission), width and velocity.
// Emission is added to the star's light and then absorbed by what absorbs, so that flux stays positive. One
// profile has no shape of its own: the transplant puts what sets a labelled spectrum apart into others.
// Values and pure functions; any thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/core/random_stream.h"
#include "engine/core/result.h"
#include "engine/simulate/emission_profile.h"

namespace balmer::simulate {

struct LineComponent {
    double equivalentWidthAngstrom = 0; ///< of the continuum; negative: absorption
    double fwhmKmS = 0;                 ///< > 0
    double velocityKmS = 0;             ///< positive: receding
    double lineAngstrom = halphaAngstrom;
};
using LineShape = std::vector<LineComponent>;

/// One component, or two where the profile is separated.
LineShape shapeOf(const EmissionProfile& profile);
/// Of the components in emission, and of those in absorption (negative); Å.
double emissionOf(const LineShape& shape);
double absorptionOf(const LineShape& shape);

struct ProfileKind {
    std::string_view word;      ///< "p-cygni"
    std::string_view className; ///< the class that has it without being told: "P Cygni"; "": none
    std::string_view help;      ///< in a sentence, for lists
    /// Null for the transplant.
    LineShape (*draw)(core::RandomStream& random, const ProfileRanges& ranges);
};

/// All, the simplest first.
std::span<const ProfileKind> profileKinds();
/// Errors: NotFound, naming those that there are.
core::Result<const ProfileKind*> profileNamed(std::string_view word);
/// "single-peak, one line in emission; …"
std::string describeProfiles();

/// The window with the shape in it, scaled min-max to [−1, 1]. Errors: those of injectEmission().
core::Result<std::vector<float>> injectLine(const Window& window, const LineShape& shape,
                                            core::RandomStream& random, double instrumentFwhmKmS = 167);

/// Flux over the continuum at Hα, a value a sample. Errors: those of injectEmission().
core::Result<std::vector<float>> relativeFlux(const Window& window);

/// The window with a residual of relative flux (a value a sample) added to it, times its continuum and the
/// scale, within ± 45 Å of Hα and fading over the last 15. Errors: those of injectEmission(); InvalidArgument
/// for a residual of another length.
core::Result<std::vector<float>> injectResidual(const Window& window, std::span<const float> residual,
                                                double scale);

} // namespace balmer::simulate
