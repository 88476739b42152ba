#include "engine/som/best_unit_search.h"

#include <omp.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include <dnnl.h>

#include "engine/som/kernels.h"

namespace balmer::som {

namespace {

/// OpenMP regions that this thread opens get one thread, until the end of the scope.
class OneOpenMpThread {
  public:
    OneOpenMpThread() : before_(omp_get_max_threads()) {
        if (before_ != 1) omp_set_num_threads(1);
    }
    ~OneOpenMpThread() {
        if (before_ != 1) omp_set_num_threads(before_);
    }
    OneOpenMpThread(const OneOpenMpThread&) = delete;
    OneOpenMpThread& operator=(const OneOpenMpThread&) = delete;

  private:
    int before_;
};

constexpr float magnitudeLimit = 1e37f;
/// Centred rows longer than this could overflow a score and are compared with every neuron directly.
constexpr double longestRow = 1e15;

void consider(NearestTwo& nearest, std::uint32_t neuron, double squaredDistance) {
    if (squaredDistance < nearest.squaredDistance) {
        nearest.second = nearest.best;
        nearest.secondSquaredDistance = nearest.squaredDistance;
        nearest.best = neuron;
        nearest.squaredDistance = squaredDistance;
    } else if (squaredDistance < nearest.secondSquaredDistance) {
        nearest.second = neuron;
        nearest.secondSquaredDistance = squaredDistance;
    }
}

} // namespace

BestUnitSearch::BestUnitSearch(core::FloatView codebook)
    : codebook_(codebook), centre_(codebook.columns()), centred_(codebook.rows(), codebook.columns()),
      half_(codebook.rows()) {
    const std::size_t neurons = codebook.rows(), columns = codebook.columns();
    std::vector<double> sums(columns);
    for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
        const float* from = codebook.row(neuron).data();
        for (std::size_t column = 0; column < columns; ++column)
            sums[column] += static_cast<double>(from[column]);
    }
    for (std::size_t column = 0; column < columns; ++column)
        centre_[column] = static_cast<float>(sums[column] / static_cast<double>(neurons));

    std::uint32_t largest = 0;
    for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
        float* to = centred_.row(neuron).data();
        for (std::size_t column = 0; column < columns; ++column)
            to[column] = codebook(neuron, column) - centre_[column];
        largest = std::max(largest, kernels::largestMagnitudeBits(to, columns));
    }
    if (largest > 0)
        scale_ = std::ldexp(1.0f, std::clamp(-std::ilogb(std::bit_cast<float>(largest)), -126, 126));
    for (std::size_t neuron = 0; neuron < neurons; ++neuron) {
        const double squared = kernels::centre(codebook.row(neuron).data(), centre_.data(), scale_, columns,
                                               centred_.row(neuron).data());
        half_[neuron] = static_cast<float>(squared / 2);
        largestNorm_ = std::max(largestNorm_, std::sqrt(squared));
    }
}

void BestUnitSearch::searchBlock(core::FloatView rows, Scratch& scratch,
                                 std::span<NearestTwo> nearest) const {
    constexpr std::size_t ld = kernels::blockRows;
    const std::size_t neurons = codebook_.rows(), columns = codebook_.columns(), count = rows.rows();
    const std::size_t groups = (neurons + kernels::groupNeurons - 1) / kernels::groupNeurons;
    scratch.rows.resize(ld * columns);
    scratch.scores.resize(neurons * ld);
    scratch.groupMaximum.resize(groups * ld);
    scratch.secondLargest.resize(ld);
    scratch.threshold.resize(ld);

    constexpr double u = 0x1p-24;
    const double width = static_cast<double>(columns);
    for (std::size_t row = 0; row < count; ++row) {
        float* centred = scratch.rows.data() + row * columns;
        const double squared =
            kernels::centre(rows.row(row).data(), centre_.data(), scale_, columns, centred);
        const double norm = std::sqrt(squared);
        if (norm < longestRow) {
            const double bound =
                1.1 * u * ((width + 4) * norm * largestNorm_ + 3 * largestNorm_ * largestNorm_) +
                width * 0x1p-50 * squared + 1e-30;
            scratch.threshold[row] = static_cast<float>(2 * bound * (1 + 4 * u));
        } else {
            std::fill_n(centred, columns, 0.0f);
            scratch.threshold[row] = std::numeric_limits<float>::infinity();
        }
        nearest[row] = {0, 0, std::numeric_limits<double>::infinity(),
                        std::numeric_limits<double>::infinity()};
    }
    std::fill(scratch.rows.begin() + static_cast<std::ptrdiff_t>(count * columns), scratch.rows.end(), 0.0f);
    {
        const OneOpenMpThread alone;
        const auto m = static_cast<dnnl_dim_t>(neurons), k = static_cast<dnnl_dim_t>(columns);
        const dnnl_status_t status = dnnl_sgemm('N', 'T', m, ld, k, 1.0f, centred_.data(), k,
                                                scratch.rows.data(), k, 0.0f, scratch.scores.data(), ld);
        // Without scores, all neurons are compared directly.
        if (status != dnnl_success) {
            std::ranges::fill(scratch.scores, 0.0f);
            std::ranges::fill(scratch.threshold, std::numeric_limits<float>::infinity());
        }
    }
    kernels::scanScores(scratch.scores.data(), half_.data(), neurons, scratch.groupMaximum.data(),
                        scratch.secondLargest.data());
    // One step down covers the rounding of the difference itself.
    for (std::size_t row = 0; row < count; ++row)
        scratch.threshold[row] = std::nextafter(scratch.secondLargest[row] - scratch.threshold[row],
                                                -std::numeric_limits<float>::infinity());

    for (std::size_t group = 0; group < groups; ++group) {
        const float* maximum = scratch.groupMaximum.data() + group * ld;
        const std::size_t begin = group * kernels::groupNeurons;
        const std::size_t end = std::min(begin + kernels::groupNeurons, neurons);
        for (std::size_t row = 0; row < count; ++row) {
            if (maximum[row] < scratch.threshold[row]) continue;
            for (std::size_t neuron = begin; neuron < end; ++neuron)
                if (scratch.scores[neuron * ld + row] - half_[neuron] >= scratch.threshold[row])
                    consider(nearest[row], static_cast<std::uint32_t>(neuron),
                             kernels::squaredDistance(rows.row(row).data(), codebook_.row(neuron).data(),
                                                      columns));
        }
    }
}

core::Result<std::vector<NearestTwo>> BestUnitSearch::search(core::FloatView rows, core::ThreadPool& pool,
                                                             core::TaskContext& task, double from, double to,
                                                             std::string_view stage) const {
    const std::size_t blocks = (rows.rows() + kernels::blockRows - 1) / kernels::blockRows;
    std::vector<NearestTwo> nearest(rows.rows());
    std::vector<Scratch> scratch(pool.threads());
    std::atomic<std::size_t> done{0};
    std::atomic<bool> stopped{false};
    core::Status status = task.checkpoint(from, stage);
    if (!status) return core::fail(std::move(status).error());
    pool.parallelFor(blocks, [&](std::size_t block, std::size_t worker) {
        if (stopped.load(std::memory_order_relaxed)) return;
        const std::size_t first = block * kernels::blockRows;
        const std::size_t count = std::min(kernels::blockRows, rows.rows() - first);
        searchBlock(rows.block(first, count), scratch[worker], std::span(nearest).subspan(first, count));
        const std::size_t finished = done.fetch_add(1, std::memory_order_relaxed) + 1;
        if (worker != 0) return; // worker 0 is the calling thread, whose task it is
        status = task.checkpoint(
            from + (to - from) * static_cast<double>(finished) / static_cast<double>(blocks), stage);
        if (!status) stopped.store(true, std::memory_order_relaxed);
    });
    if (!status) return core::fail(std::move(status).error());
    return nearest;
}

core::Result<float> largestMagnitude(core::FloatView rows) {
    std::uint32_t largest = 0;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        const std::uint32_t bits = kernels::largestMagnitudeBits(rows.row(row).data(), rows.columns());
        if (bits > std::bit_cast<std::uint32_t>(magnitudeLimit)) {
            std::size_t column = 0;
            while (std::abs(rows(row, column)) <= magnitudeLimit)
                ++column;
            return core::fail(core::ErrorCode::InvalidArgument,
                              "row " + std::to_string(row) +
                                  " has a value that is not a finite number of usual size in column " +
                                  std::to_string(column) + "; leave the row out or fill its gaps");
        }
        largest = std::max(largest, bits);
    }
    return std::bit_cast<float>(largest);
}

} // namespace balmer::som
