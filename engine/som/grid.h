// Grid: where the neurons of a map lie, and who is whose neighbour.
//
// A value without any linear algebra behind it, so that widgets may use it too. Any thread.
//
// Neuron n lies in column n % width and row n / width. Positions are in units of the distance between
// neighbours in a row. Rectangular: (column, row). Hexagonal: odd rows are shifted by half a cell to the
// right and rows are √3/2 apart, so that all (up to) six neighbours of a neuron are at distance 1 (Kohonen
// 2001, Self-Organizing Maps, §3.2).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/words.h"

namespace balmer::som {

enum class Topology { Rectangular, Hexagonal };

/// The short ones are those of VO-CLOUD.
inline constexpr core::Words<Topology, 5> topologyWords{{{Topology::Hexagonal, "hexagonal"},
                                                         {Topology::Rectangular, "rectangular"},
                                                         {Topology::Hexagonal, "hex"},
                                                         {Topology::Hexagonal, "hexa"},
                                                         {Topology::Rectangular, "rect"}}};
/// "rectangular", "hexagonal".
std::string_view toString(Topology topology);
/// In any case. Errors: InvalidArgument.
core::Result<Topology> topologyFrom(std::string_view word);

struct GridPosition {
    double x = 0, y = 0;
};

struct Grid {
    /// The longest side that validate() accepts.
    static constexpr std::size_t longestSide = 1000;

    std::size_t width = 20;
    std::size_t height = 20;
    Topology topology = Topology::Rectangular;

    std::size_t neurons() const { return width * height; }
    std::size_t column(std::size_t neuron) const { return neuron % width; }
    std::size_t row(std::size_t neuron) const { return neuron / width; }
    std::size_t neuronAt(std::size_t column, std::size_t row) const { return row * width + column; }

    GridPosition position(std::size_t neuron) const;
    /// Euclidean, between positions.
    double distance(std::size_t a, std::size_t b) const;
    /// The 4 (rectangular) or 6 (hexagonal) nearest that lie on the grid, in ascending order.
    std::vector<std::size_t> neighbours(std::size_t neuron) const;
    /// A neuron is not a neighbour of itself.
    bool areNeighbours(std::size_t a, std::size_t b) const;

    /// InvalidArgument unless each side is from 1 to longestSide and there are at least two neurons.
    core::Status validate() const;

    /// "20x12": width, then height.
    std::string toText() const;
    /// Reads what toText() writes ('x' or 'X', white space allowed around the numbers), validated.
    static core::Result<Grid> parse(std::string_view text, Topology topology = Topology::Rectangular);

    bool operator==(const Grid&) const = default;
};

} // namespace balmer::som
