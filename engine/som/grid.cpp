#include "engine/som/grid.h"

#include <algorithm>
#include <cmath>

#include "engine/core/text_number.h"

namespace balmer::som {

using core::ErrorCode;

std::string_view toString(Topology topology) {
    return core::wordFor(topologyWords, topology);
}

core::Result<Topology> topologyFrom(std::string_view word) {
    return core::fromWord(topologyWords, core::lowerCase(word), "grid");
}

GridPosition Grid::position(std::size_t neuron) const {
    const auto x = static_cast<double>(column(neuron)), y = static_cast<double>(row(neuron));
    if (topology == Topology::Rectangular) return {x, y};
    return {x + (row(neuron) % 2 == 1 ? 0.5 : 0.0), y * std::sqrt(0.75)};
}

double Grid::distance(std::size_t a, std::size_t b) const {
    const GridPosition p = position(a), q = position(b);
    const double dx = p.x - q.x, dy = p.y - q.y;
    return std::sqrt(dx * dx + dy * dy);
}

bool Grid::areNeighbours(std::size_t a, std::size_t b) const {
    const auto dx = static_cast<std::ptrdiff_t>(column(b)) - static_cast<std::ptrdiff_t>(column(a));
    const auto dy = static_cast<std::ptrdiff_t>(row(b)) - static_cast<std::ptrdiff_t>(row(a));
    if (dy == 0) return dx == 1 || dx == -1;
    if (dy != 1 && dy != -1) return false;
    if (topology == Topology::Rectangular) return dx == 0;
    return row(a) % 2 == 1 ? dx == 0 || dx == 1 : dx == 0 || dx == -1;
}

std::vector<std::size_t> Grid::neighbours(std::size_t neuron) const {
    std::vector<std::size_t> found;
    const std::size_t x = column(neuron), y = row(neuron);
    for (std::size_t r = y > 0 ? y - 1 : 0; r <= std::min(y + 1, height - 1); ++r)
        for (std::size_t c = x > 0 ? x - 1 : 0; c <= std::min(x + 1, width - 1); ++c)
            if (areNeighbours(neuron, neuronAt(c, r))) found.push_back(neuronAt(c, r));
    return found;
}

core::Status Grid::validate() const {
    if (width < 1 || height < 1 || width > longestSide || height > longestSide || neurons() < 2)
        return core::fail(ErrorCode::InvalidArgument,
                          "a grid of " + toText() + " cannot be made; give sides from 1 to " +
                              std::to_string(longestSide) + " with at least two neurons, such as 20x20");
    return {};
}

std::string Grid::toText() const {
    return std::to_string(width) + "x" + std::to_string(height);
}

core::Result<Grid> Grid::parse(std::string_view text, Topology topology) {
    const std::size_t cross = text.find_first_of("xX");
    if (cross != std::string_view::npos) {
        const auto width = core::parseInteger(text.substr(0, cross));
        const auto height = core::parseInteger(text.substr(cross + 1));
        if (width && height && *width >= 0 && *height >= 0) {
            const Grid grid{static_cast<std::size_t>(*width), static_cast<std::size_t>(*height), topology};
            BALMER_CHECK(grid.validate());
            return grid;
        }
    }
    return core::fail(ErrorCode::InvalidArgument,
                      "\"" + std::string(text) + "\" is not a grid; write width x height, such as 20x20");
}

} // namespace balmer::som
