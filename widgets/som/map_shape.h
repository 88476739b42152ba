// MapShape: the lattice of a self-organising map. A value; any thread.
#pragma once

namespace balmer::widgets {

enum class Lattice { Rectangular, Hexagonal };

/// Neuron i stands in row i / columns and column i % columns; row 0 is at the top. On a hexagonal lattice the
/// odd rows are shifted right by half a cell.
struct MapShape {
    Lattice lattice = Lattice::Hexagonal;
    int rows = 0;
    int columns = 0;
    int neurons() const { return rows * columns; }
    bool has(int neuron) const { return neuron >= 0 && neuron < neurons(); }
    bool operator==(const MapShape&) const = default;
};

} // namespace balmer::widgets
