#include "engine/som/u_matrix.h"

#include <cmath>

#include "engine/som/kernels.h"

namespace balmer::som {

std::vector<double> uMatrix(const Map& map) {
    std::vector<double> heights;
    heights.reserve(map.grid.neurons());
    for (std::size_t neuron = 0; neuron < map.grid.neurons(); ++neuron) {
        const auto neighbours = map.grid.neighbours(neuron);
        double sum = 0;
        for (const std::size_t other : neighbours)
            sum += std::sqrt(kernels::squaredDistance(
                map.codebook.row(neuron).data(), map.codebook.row(other).data(), map.codebook.columns()));
        heights.push_back(sum / static_cast<double>(neighbours.size()));
    }
    return heights;
}

std::vector<std::uint32_t> hits(const Projection& projection, std::size_t neurons) {
    std::vector<std::uint32_t> counts(neurons);
    for (const std::uint32_t neuron : projection.best)
        ++counts[neuron];
    return counts;
}

std::vector<float> componentPlane(const Map& map, std::size_t column) {
    std::vector<float> plane;
    plane.reserve(map.codebook.rows());
    for (std::size_t neuron = 0; neuron < map.codebook.rows(); ++neuron)
        plane.push_back(map.codebook(neuron, column));
    return plane;
}

} // namespace balmer::som
