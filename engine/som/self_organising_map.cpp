#include "engine/som/self_organising_map.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/digest.h"
#include "engine/core/text_number.h"

namespace balmer::som {

using core::ErrorCode;
using core::fail;

std::string_view toString(Neighbourhood neighbourhood) {
    return core::wordFor(neighbourhoodWords, neighbourhood);
}

std::string_view toString(Initialisation initialisation) {
    return core::wordFor(initialisationWords, initialisation);
}

core::Result<Neighbourhood> neighbourhoodFrom(std::string_view word) {
    return core::fromWord(neighbourhoodWords, word, "neighbourhood");
}

core::Result<Initialisation> initialisationFrom(std::string_view word) {
    return core::fromWord(initialisationWords, word, "initialisation");
}

namespace {

double firstRadius(const SomParameters& parameters) {
    if (parameters.radiusStart > 0) return parameters.radiusStart;
    return std::max(1.0, static_cast<double>(std::min(parameters.grid.width, parameters.grid.height)) / 2);
}

} // namespace

core::Status SomParameters::validate() const {
    BALMER_CHECK(grid.validate());
    if (epochs < 1 || epochs > mostEpochs)
        return fail(ErrorCode::InvalidArgument, "a training of " + std::to_string(epochs) +
                                                    " epochs is not possible; give 1 to " +
                                                    std::to_string(mostEpochs));
    const auto longest = static_cast<double>(Grid::longestSide);
    if (!(radiusEnd >= leastRadius && radiusEnd <= longest))
        return fail(ErrorCode::InvalidArgument,
                    "the last radius " + core::formatDouble(radiusEnd) + " is out of range; give " +
                        core::formatDouble(leastRadius) + " to " + core::formatDouble(longest));
    if (!(radiusStart >= 0 && radiusStart <= longest) || firstRadius(*this) < radiusEnd)
        return fail(ErrorCode::InvalidArgument,
                    "the first radius " +
                        core::formatDouble(radiusStart != 0 ? radiusStart : firstRadius(*this)) +
                        " is out of range; give one from the last radius, " + core::formatDouble(radiusEnd) +
                        ", to " + core::formatDouble(longest) + ", or 0 for half of the grid's smaller side");
    return {};
}

double SomParameters::radius(std::size_t epoch) const {
    const double first = firstRadius(*this);
    if (epochs < 2) return first;
    return first * std::pow(radiusEnd / first, static_cast<double>(epoch) / static_cast<double>(epochs - 1));
}

core::Status validate(const Map& map) {
    BALMER_CHECK(map.grid.validate());
    if (map.codebook.rows() != map.grid.neurons() || map.codebook.columns() == 0)
        return fail(ErrorCode::InvalidArgument, "the codebook of " + std::to_string(map.codebook.rows()) +
                                                    " rows and " + std::to_string(map.codebook.columns()) +
                                                    " columns does not fit a grid of " + map.grid.toText() +
                                                    "; train the map again");
    for (std::size_t neuron = 0; neuron < map.codebook.rows(); ++neuron)
        for (const float value : map.codebook.row(neuron))
            if (!std::isfinite(value))
                return fail(ErrorCode::InvalidArgument, "neuron " + std::to_string(neuron) +
                                                            " of the map is not finite; train the map again");
    return {};
}

std::string codebookDigest(const Map& map) {
    const std::array<std::uint64_t, 4> shape{map.grid.topology == Topology::Hexagonal ? 1u : 0u,
                                             map.grid.width, map.grid.height, map.codebook.columns()};
    core::Hasher hasher;
    hasher.updateValues(std::span<const std::uint64_t>(shape));
    hasher.updateValues(
        std::span<const float>(map.codebook.data(), map.codebook.rows() * map.codebook.columns()));
    return hasher.finish();
}

} // namespace balmer::som
