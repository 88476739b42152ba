// Map and SomParameters: a trained self-organising map, and what its training is told.
//
// Values; no thread rule. Kohonen 2001, Self-Organizing Maps, is the source of names and formulas.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/words.h"
#include "engine/som/grid.h"

namespace balmer::som {

/// How much a neuron at grid distance d from the winner follows, at radius r.
enum class Neighbourhood {
    Gaussian, ///< exp(-d²/2r²); a factor of it along one axis below 1e-12 counts as 0
    Bubble    ///< 1 where d <= r, else 0
};

enum class Initialisation {
    PrincipalPlane, ///< neurons spread over ±1 standard deviation along the two principal axes; the longer
                    ///< side of the grid lies along the first. No randomness
    RandomRows      ///< distinct rows of the data, drawn with the seed
};

inline constexpr core::Words<Neighbourhood, 2> neighbourhoodWords{
    {{Neighbourhood::Gaussian, "gaussian"}, {Neighbourhood::Bubble, "bubble"}}};
inline constexpr core::Words<Initialisation, 2> initialisationWords{
    {{Initialisation::PrincipalPlane, "principal-plane"}, {Initialisation::RandomRows, "random-rows"}}};
/// "gaussian", "bubble"; "principal-plane", "random-rows".
std::string_view toString(Neighbourhood neighbourhood);
std::string_view toString(Initialisation initialisation);
/// The inverse. Errors: InvalidArgument, with the words that exist.
core::Result<Neighbourhood> neighbourhoodFrom(std::string_view word);
core::Result<Initialisation> initialisationFrom(std::string_view word);

constexpr std::size_t mostEpochs = 10'000;
constexpr double leastRadius = 0.1;

/// The number of threads is not a parameter: it belongs to the pool that trains, and changes nothing in the
/// result.
struct SomParameters {
    Grid grid;
    /// Passes over the data, 1 … mostEpochs.
    std::size_t epochs = 10;
    /// Radius of the neighbourhood in the first epoch, in cells; 0 means half of the smaller side (at least
    /// 1).
    double radiusStart = 0;
    /// … and in the last. Between them it shrinks by the same factor in each epoch.
    double radiusEnd = 0.7;
    Neighbourhood neighbourhood = Neighbourhood::Gaussian;
    Initialisation initialisation = Initialisation::PrincipalPlane;
    std::uint64_t seed = 1;

    /// InvalidArgument: the first value that is out of its range, and the range.
    core::Status validate() const;
    /// The radius of an epoch in [0, epochs).
    double radius(std::size_t epoch) const;
};

/// One pass over the data, measured on the codebook with which the pass began.
struct EpochStatistics {
    double radius = 0;
    double quantisationError = 0; ///< see quality.h
    double topographicError = 0;

    bool operator==(const EpochStatistics&) const = default;
};

struct Map {
    Grid grid;
    /// [neurons × columns], in the units of the data.
    core::FloatMatrix codebook;
    std::vector<EpochStatistics> epochs;

    bool operator==(const Map&) const = default;
};

/// InvalidArgument unless the codebook has a row for each neuron, at least one column, and is finite.
core::Status validate(const Map& map);

/// SHA-256 of grid and codebook: equal for equal maps, however many threads trained them.
std::string codebookDigest(const Map& map);

} // namespace balmer::som
