#include "engine/som/initialise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "engine/core/random_stream.h"

namespace balmer::som {

namespace {

constexpr std::size_t sampleRows = 2048;
constexpr std::size_t blockSamples = 128;
constexpr std::size_t vectors = 4;
constexpr int steps = 12;

/// One component of each of the vectors.
using Components = std::array<double, vectors>;

struct PrincipalPlane {
    std::vector<double> mean;
    std::vector<Components> axes; ///< one entry a column
    Components deviation{};       ///< along each axis
};

/// Makes the vectors orthonormal, in order; one that depends on those before it becomes 0.
void orthonormalise(std::vector<Components>& axes) {
    for (std::size_t k = 0; k < vectors; ++k) {
        const auto dot = [&](std::size_t other) {
            double sum = 0;
            for (const Components& c : axes)
                sum += c[k] * c[other];
            return sum;
        };
        const double before = std::sqrt(dot(k));
        for (int pass = 0; pass < 2; ++pass)
            for (std::size_t other = 0; other < k; ++other) {
                const double along = dot(other);
                for (Components& c : axes)
                    c[k] -= along * c[other];
            }
        const double length = std::sqrt(dot(k));
        const double factor = length > 1e-10 * before ? 1 / length : 0;
        for (Components& c : axes)
            c[k] *= factor;
    }
}

core::Result<PrincipalPlane> principalPlane(core::FloatView rows, core::ThreadPool& pool,
                                            core::TaskContext& task) {
    const std::size_t samples = std::min(rows.rows(), sampleRows), columns = rows.columns();
    const std::size_t blocks = (samples + blockSamples - 1) / blockSamples;
    const auto sample = [&](std::size_t i) { return rows.row(i * rows.rows() / samples); };

    PrincipalPlane plane;
    plane.mean.resize(columns);
    for (std::size_t i = 0; i < samples; ++i) {
        const auto row = sample(i);
        for (std::size_t column = 0; column < columns; ++column)
            plane.mean[column] += static_cast<double>(row[column]) / static_cast<double>(samples);
    }
    // Numbers of any magnitude are brought near 1, so that their squares neither overflow nor vanish.
    double largest = 0;
    for (std::size_t i = 0; i < samples; ++i)
        for (std::size_t column = 0; column < columns; ++column)
            largest =
                std::max(largest, std::abs(static_cast<double>(sample(i)[column]) - plane.mean[column]));
    const double unit = largest > 0 ? largest : 1;

    plane.axes.resize(columns);
    core::RandomStream random(0);
    for (Components& c : plane.axes)
        for (double& value : c)
            value = random.normal();
    orthonormalise(plane.axes);

    std::vector<std::vector<Components>> partial(blocks, std::vector<Components>(columns));
    for (int step = 0; step < steps; ++step) {
        BALMER_CHECK(task.checkpoint(0, "initialising"));
        pool.parallelFor(blocks, [&](std::size_t block, std::size_t) {
            std::vector<Components>& sums = partial[block];
            std::fill(sums.begin(), sums.end(), Components{});
            std::vector<double> row(columns);
            for (std::size_t i = block * blockSamples; i < std::min((block + 1) * blockSamples, samples);
                 ++i) {
                const auto from = sample(i);
                Components along{};
                for (std::size_t column = 0; column < columns; ++column) {
                    row[column] = (static_cast<double>(from[column]) - plane.mean[column]) / unit;
                    for (std::size_t k = 0; k < vectors; ++k)
                        along[k] += row[column] * plane.axes[column][k];
                }
                for (std::size_t column = 0; column < columns; ++column)
                    for (std::size_t k = 0; k < vectors; ++k)
                        sums[column][k] += row[column] * along[k];
            }
        });
        for (std::size_t block = 1; block < blocks; ++block)
            for (std::size_t column = 0; column < columns; ++column)
                for (std::size_t k = 0; k < vectors; ++k)
                    partial[0][column][k] += partial[block][column][k];
        Components variance{};
        for (std::size_t column = 0; column < columns; ++column)
            for (std::size_t k = 0; k < vectors; ++k)
                variance[k] += partial[0][column][k] * plane.axes[column][k];
        for (std::size_t k = 0; k < vectors; ++k)
            plane.deviation[k] = std::sqrt(std::max(variance[k], 0.0) / static_cast<double>(samples)) * unit;
        plane.axes = partial[0];
        orthonormalise(plane.axes);
    }

    // An axis has no sign of its own: its largest component is made positive.
    for (std::size_t k = 0; k < vectors; ++k) {
        double extreme = 0;
        for (const Components& c : plane.axes)
            if (std::abs(c[k]) > std::abs(extreme)) extreme = c[k];
        if (extreme < 0)
            for (Components& c : plane.axes)
                c[k] = -c[k];
    }
    return plane;
}

} // namespace

core::Result<core::FloatMatrix> initialise(core::FloatView rows, const SomParameters& parameters,
                                           core::ThreadPool& pool, core::TaskContext& task) {
    const Grid& grid = parameters.grid;
    const std::size_t neurons = grid.neurons(), columns = rows.columns();
    core::FloatMatrix codebook(neurons, columns);
    if (parameters.initialisation == Initialisation::RandomRows) {
        core::RandomStream random(parameters.seed);
        const auto order = random.permutation(rows.rows());
        for (std::size_t neuron = 0; neuron < neurons; ++neuron)
            std::ranges::copy(rows.row(order[neuron]), codebook.row(neuron).begin());
        return codebook;
    }

    BALMER_TRY(const PrincipalPlane plane, principalPlane(rows, pool, task));
    const bool oneLine = !(plane.deviation[1] > 1e-6 * plane.deviation[0]);
    const auto spread = [](std::size_t i, std::size_t n) {
        return n < 2 ? 0.0 : 2 * static_cast<double>(i) / static_cast<double>(n - 1) - 1;
    };
    for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
        double first = spread(grid.column(neuron), grid.width),
               second = spread(grid.row(neuron), grid.height);
        if (grid.height > grid.width) std::swap(first, second);
        if (oneLine) {
            first = spread(neuron, neurons);
            second = 0;
        }
        for (std::size_t column = 0; column < columns; ++column)
            codebook(neuron, column) =
                static_cast<float>(plane.mean[column] + first * plane.deviation[0] * plane.axes[column][0] +
                                   second * plane.deviation[1] * plane.axes[column][1]);
    }
    return codebook;
}

} // namespace balmer::som
