#include "engine/som/trainer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engine/som/best_unit_search.h"
#include "engine/som/initialise.h"
#include "engine/som/kernels.h"
#include "engine/som/neighbourhood_sum.h"
#include "engine/som/quality.h"

namespace balmer::som {

using core::ErrorCode;
using core::fail;

namespace {

/// Beyond this the bound of the search does not hold.
constexpr std::size_t mostColumns = 1'000'000;
constexpr std::size_t neuronsPerBlock = 16;

bool allRowsEqual(core::FloatView rows) {
    for (std::size_t row = 1; row < rows.rows(); ++row)
        if (!std::ranges::equal(rows.row(row), rows.row(0))) return false;
    return true;
}

/// Checks the rows and returns their largest magnitude.
core::Result<float> checkRows(core::FloatView rows, const Grid& grid) {
    if (rows.empty())
        return fail(ErrorCode::InvalidArgument,
                    "there is nothing to train a map on; give a dataset that has rows");
    if (rows.columns() > mostColumns)
        return fail(ErrorCode::InvalidArgument,
                    "rows of " + std::to_string(rows.columns()) +
                        " columns are too long for a map; rebin them to at most " +
                        std::to_string(mostColumns));
    if (rows.rows() > std::numeric_limits<std::uint32_t>::max())
        return fail(ErrorCode::InvalidArgument,
                    "more than 4294967295 rows do not fit a map; train on a sample");
    BALMER_CHECK(checkSize(grid, rows.rows()));
    BALMER_TRY(const float largest, largestMagnitude(rows));
    if (allRowsEqual(rows))
        return fail(
            ErrorCode::InvalidArgument,
            "all " + std::to_string(rows.rows()) +
                " rows are the same, so that no map can order them; give a dataset whose rows differ");
    return largest;
}

/// The factor with which the sum of so many rows stays below 2^62.
double fixedPointScale(std::size_t rows, float largest) {
    int rowBits = 0;
    while ((std::uint64_t{1} << rowBits) < rows)
        ++rowBits;
    int magnitudeBits = 0;
    std::frexp(largest, &magnitudeBits);
    return std::ldexp(1.0, 62 - rowBits - magnitudeBits);
}

/// sums: [neurons × (columns + 1)] becomes, for each neuron, the sum of its rows less the centre, and their
/// number.
void sumByNeuron(core::FloatView rows, const Members& members, std::span<const float> centre, double scale,
                 core::FloatMatrix& sums, core::ThreadPool& pool) {
    const std::size_t neurons = sums.rows(), columns = rows.columns();
    std::vector<std::vector<std::int64_t>> scratch(pool.threads(), std::vector<std::int64_t>(columns));
    pool.parallelFor((neurons + neuronsPerBlock - 1) / neuronsPerBlock,
                     [&](std::size_t block, std::size_t worker) {
                         std::vector<std::int64_t>& fixed = scratch[worker];
                         const std::size_t end = std::min((block + 1) * neuronsPerBlock, neurons);
                         for (std::size_t neuron = block * neuronsPerBlock; neuron < end; ++neuron) {
                             std::ranges::fill(fixed, 0);
                             const auto own = members.of(neuron);
                             for (const std::uint32_t row : own)
                                 kernels::addFixedPoint(rows.row(row).data(), scale, columns, fixed.data());
                             const auto count = static_cast<double>(own.size());
                             const auto to = sums.row(neuron);
                             for (std::size_t column = 0; column < columns; ++column)
                                 to[column] = static_cast<float>(static_cast<double>(fixed[column]) / scale -
                                                                 count * static_cast<double>(centre[column]));
                             to[columns] = static_cast<float>(count);
                         }
                     });
}

void moveNeurons(const core::FloatMatrix& sums, std::span<const float> centre, core::FloatMatrix& codebook,
                 core::ThreadPool& pool) {
    const std::size_t neurons = codebook.rows(), columns = codebook.columns();
    pool.parallelFor((neurons + neuronsPerBlock - 1) / neuronsPerBlock, [&](std::size_t block, std::size_t) {
        const std::size_t end = std::min((block + 1) * neuronsPerBlock, neurons);
        for (std::size_t neuron = block * neuronsPerBlock; neuron < end; ++neuron) {
            const auto sum = sums.row(neuron);
            if (!(sum[columns] > 0)) continue;
            const float factor = 1 / sum[columns];
            const auto to = codebook.row(neuron);
            for (std::size_t column = 0; column < columns; ++column)
                to[column] = centre[column] + sum[column] * factor;
        }
    });
}

} // namespace

core::Status checkSize(const Grid& grid, std::size_t rows) {
    if (grid.neurons() <= rows) return {};
    return fail(ErrorCode::InvalidArgument, "a grid of " + grid.toText() + " has " +
                                                std::to_string(grid.neurons()) + " neurons for " +
                                                std::to_string(rows) + " rows; choose a grid of at most " +
                                                std::to_string(rows) + " neurons");
}

core::Result<TrainedMap> train(core::FloatView rows, const SomParameters& parameters, core::ThreadPool& pool,
                               core::TaskContext& task) {
    BALMER_CHECK(parameters.validate());
    const Grid& grid = parameters.grid;
    BALMER_TRY(const float largest, checkRows(rows, grid));
    const double scale = fixedPointScale(rows.rows(), largest);

    TrainedMap trained;
    trained.map.grid = grid;
    core::FloatMatrix& codebook = trained.map.codebook;
    BALMER_TRY(codebook, initialise(rows, parameters, pool, task));

    core::FloatMatrix sums(grid.neurons(), rows.columns() + 1);
    NeighbourhoodSum neighbourhood(grid, parameters.neighbourhood, rows.columns() + 1);
    const auto passes = static_cast<double>(parameters.epochs + 1);
    for (std::size_t epoch = 0; epoch <= parameters.epochs; ++epoch) {
        const BestUnitSearch search(codebook.view());
        const auto step = static_cast<double>(epoch);
        BALMER_TRY(const auto nearest,
                   search.search(rows, pool, task, step / passes, (step + 1) / passes, "training"));
        trained.projection = projectionOf(nearest);
        trained.quantisationError = quantisationError(trained.projection);
        trained.topographicError = topographicError(trained.projection, grid);
        task.report("quantisation error", step, trained.quantisationError);
        task.report("topographic error", step, trained.topographicError);
        if (epoch == parameters.epochs) break;

        const double radius = parameters.radius(epoch);
        trained.map.epochs.push_back({radius, trained.quantisationError, trained.topographicError});
        const Members members(trained.projection.best, grid.neurons());
        sumByNeuron(rows, members, search.centre(), scale, sums, pool);
        neighbourhood.apply(sums, radius, pool);
        moveNeurons(sums, search.centre(), codebook, pool);
    }
    return trained;
}

} // namespace balmer::som
