#include "engine/som/neighbourhood_sum.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/som/kernels.h"

namespace balmer::som {

namespace {

/// exp(-d²/2r²), 0 below 1e-12.
float gaussianFactor(double distance, double radius) {
    const double value = std::exp(-distance * distance / (2 * radius * radius));
    return value < 1e-12 ? 0.0f : static_cast<float>(value);
}

/// Rows to be added with their weights.
struct Terms {
    std::vector<const float*> sources;
    std::vector<float> weights;

    void clear() {
        sources.clear();
        weights.clear();
    }
    void add(const float* source, float weight) {
        if (weight == 0) return;
        sources.push_back(source);
        weights.push_back(weight);
    }
    void sum(std::size_t n, float* out) const {
        kernels::weightedSum(sources.data(), weights.data(), sources.size(), n, out);
    }
};

} // namespace

NeighbourhoodSum::NeighbourhoodSum(const Grid& grid, Neighbourhood neighbourhood, std::size_t columns)
    : grid_(grid), neighbourhood_(neighbourhood), alike_(grid.neurons(), columns) {
    if (neighbourhood == Neighbourhood::Gaussian && grid.topology == Topology::Hexagonal)
        shifted_ = core::FloatMatrix(grid.neurons(), columns);
}

void NeighbourhoodSum::apply(core::FloatMatrix& values, double radius, core::ThreadPool& pool) {
    if (neighbourhood_ == Neighbourhood::Gaussian)
        applyGaussian(values, radius, pool);
    else
        applyBubble(values, radius, pool);
}

void NeighbourhoodSum::applyGaussian(core::FloatMatrix& values, double radius, core::ThreadPool& pool) {
    const std::size_t width = grid_.width, height = grid_.height, columns = values.columns();
    std::vector<Terms> scratch(pool.threads());
    // Along x, within each row of the grid.
    pool.parallelFor(height, [&](std::size_t row, std::size_t worker) {
        Terms& terms = scratch[worker];
        const auto along = [&](core::FloatMatrix& out, double shift) {
            for (std::size_t target = 0; target < width; ++target) {
                terms.clear();
                for (std::size_t source = 0; source < width; ++source)
                    terms.add(values.row(grid_.neuronAt(source, row)).data(),
                              gaussianFactor(
                                  static_cast<double>(target) + shift - static_cast<double>(source), radius));
                terms.sum(columns, out.row(grid_.neuronAt(target, row)).data());
            }
        };
        along(alike_, 0);
        // Seen from a row of the other parity, a neuron of an even row has targets half a cell to the right.
        if (!shifted_.empty()) along(shifted_, row % 2 == 0 ? 0.5 : -0.5);
    });
    // Along y, whole rows of the grid at a time.
    const double rowHeight = grid_.topology == Topology::Hexagonal ? std::sqrt(0.75) : 1.0;
    pool.parallelFor(height, [&](std::size_t target, std::size_t worker) {
        Terms& terms = scratch[worker];
        terms.clear();
        for (std::size_t source = 0; source < height; ++source) {
            const bool other = !shifted_.empty() && (source + target) % 2 == 1;
            terms.add((other ? shifted_ : alike_).row(grid_.neuronAt(0, source)).data(),
                      gaussianFactor((static_cast<double>(target) - static_cast<double>(source)) * rowHeight,
                                     radius));
        }
        terms.sum(width * columns, values.row(grid_.neuronAt(0, target)).data());
    });
}

void NeighbourhoodSum::applyBubble(core::FloatMatrix& values, double radius, core::ThreadPool& pool) {
    std::vector<Terms> scratch(pool.threads());
    const double reach = radius + 1e-9;
    pool.parallelFor(grid_.height, [&](std::size_t row, std::size_t worker) {
        Terms& terms = scratch[worker];
        for (std::size_t column = 0; column < grid_.width; ++column) {
            const std::size_t target = grid_.neuronAt(column, row);
            terms.clear();
            for (std::size_t source = 0; source < grid_.neurons(); ++source)
                if (grid_.distance(target, source) <= reach) terms.add(values.row(source).data(), 1.0f);
            terms.sum(values.columns(), alike_.row(target).data());
        }
    });
    std::swap(values, alike_);
}

} // namespace balmer::som
