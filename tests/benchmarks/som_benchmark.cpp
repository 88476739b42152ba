// A whole epoch of the batch map (search, statistics, update) against OpenBLAS's sgemm of the same shape
// alone.
//
// Both run on two threads, alternately, in this process; medians are compared. The reference is the fastest
// of three ways to have the product rows × neurons: one call, calls of 512 rows, and calls of 512 rows on two
// threads of our own with OpenBLAS held to one. An epoch is the time from one report of the quantisation
// error to the next.
//
// OpenBLAS chooses its slowest kernels on processors that it does not know. Where it does, the program starts
// itself again with OPENBLAS_CORETYPE set to what the processor can do, so that the reference is an honest
// one.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <cblas.h>
#include <unistd.h>

#include "engine/core/thread_pool.h"
#include "engine/som/trainer.h"
#include "tests/engine/som/som_test_data.h"

namespace {

using namespace balmer;
using SteadyClock = std::chrono::steady_clock;

double secondsSince(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/// Seconds of each epoch of one training.
std::vector<double> epochSeconds(core::FloatView rows, const som::SomParameters& parameters,
                                 core::ThreadPool& pool, core::FloatMatrix& codebook) {
    std::vector<SteadyClock::time_point> reports;
    core::TaskContext task({}, {}, [&](std::string_view name, double, double) {
        if (name == "quantisation error") reports.push_back(SteadyClock::now());
    });
    auto trained = som::train(rows, parameters, pool, task);
    if (!trained) std::abort();
    codebook = std::move(trained->map.codebook);
    std::vector<double> seconds;
    for (std::size_t i = 1; i < reports.size(); ++i)
        seconds.push_back(std::chrono::duration<double>(reports[i] - reports[i - 1]).count());
    return seconds;
}

class Sgemm {
  public:
    Sgemm(core::FloatView rows, std::size_t neurons)
        : rows_(rows), neurons_(neurons), out_(rows.rows() * neurons) {}

    double oneCall(const core::FloatMatrix& codebook) {
        openblas_set_num_threads(2);
        const auto start = SteadyClock::now();
        multiply(0, rows_.rows(), codebook, out_.data());
        return secondsSince(start);
    }
    double blocks(const core::FloatMatrix& codebook) {
        openblas_set_num_threads(2);
        const auto start = SteadyClock::now();
        for (std::size_t first = 0; first < rows_.rows(); first += blockRows)
            multiply(first, std::min(blockRows, rows_.rows() - first), codebook, out_.data());
        return secondsSince(start);
    }
    double blocksInPool(const core::FloatMatrix& codebook, core::ThreadPool& pool) {
        openblas_set_num_threads(1);
        const auto start = SteadyClock::now();
        pool.parallelFor((rows_.rows() + blockRows - 1) / blockRows,
                         [&](std::size_t block, std::size_t worker) {
                             const std::size_t first = block * blockRows;
                             multiply(first, std::min(blockRows, rows_.rows() - first), codebook,
                                      out_.data() + worker * blockRows * neurons_);
                         });
        return secondsSince(start);
    }

  private:
    static constexpr std::size_t blockRows = 512;

    void multiply(std::size_t first, std::size_t count, const core::FloatMatrix& codebook, float* out) {
        const auto columns = static_cast<blasint>(rows_.columns()), neurons = static_cast<blasint>(neurons_);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<blasint>(count), neurons, columns,
                    1.0f, rows_.row(first).data(), columns, codebook.data(), columns, 0.0f, out, neurons);
    }

    core::FloatView rows_;
    std::size_t neurons_;
    std::vector<float> out_;
};

void epochAgainstSgemm(benchmark::State& state, som::Topology topology) {
    const auto rowCount = static_cast<std::size_t>(state.range(0)),
               columns = static_cast<std::size_t>(state.range(1));
    const auto side = static_cast<std::size_t>(state.range(2));
    const core::FloatMatrix rows = som::test_data::spectra(rowCount, columns, 1);
    som::SomParameters parameters;
    parameters.grid = {side, side, topology};
    core::ThreadPool pool(2);
    core::FloatMatrix codebook;
    Sgemm sgemm(rows.view(), parameters.grid.neurons());
    std::vector<double> epochs, oneCall, blocks, blocksInPool;
    for (auto _ : state) {
        const auto seconds = epochSeconds(rows.view(), parameters, pool, codebook);
        epochs.insert(epochs.end(), seconds.begin(), seconds.end());
        for (int i = 0; i < 4; ++i)
            blocksInPool.push_back(sgemm.blocksInPool(codebook, pool));
        for (int i = 0; i < 4; ++i)
            blocks.push_back(sgemm.blocks(codebook));
        for (int i = 0; i < 4; ++i)
            oneCall.push_back(sgemm.oneCall(codebook));
        // OpenBLAS's own threads spin for a while after their work and would take a processor from the next
        // training.
        std::this_thread::sleep_for(std::chrono::milliseconds(60));
        state.SetIterationTime(median(seconds));
    }
    const double reference = std::min({median(oneCall), median(blocks), median(blocksInPool)});
    state.counters["epoch_ms"] = 1e3 * median(epochs);
    state.counters["epoch_min_ms"] = 1e3 * *std::min_element(epochs.begin(), epochs.end());
    state.counters["sgemm_one_call_ms"] = 1e3 * median(oneCall);
    state.counters["sgemm_blocks_ms"] = 1e3 * median(blocks);
    state.counters["sgemm_blocks_in_pool_ms"] = 1e3 * median(blocksInPool);
    state.counters["ratio"] = median(epochs) / reference;
    state.SetLabel(openblas_get_corename());
}

/// The name that makes OpenBLAS use this processor's instructions; null where it does already, or was told.
const char* betterCoreType() {
    if (std::getenv("OPENBLAS_CORETYPE") != nullptr || std::string(openblas_get_corename()) != "Prescott")
        return nullptr;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return "SkylakeX";
    if (__builtin_cpu_supports("avx2")) return "Haswell";
#endif
    return nullptr;
}

} // namespace

BENCHMARK_CAPTURE(epochAgainstSgemm, rectangular, som::Topology::Rectangular)
    ->ArgNames({"rows", "columns", "side"})
    ->Args({12936, 140, 30})
    ->Args({12936, 140, 20})
    ->Args({12936, 140, 60})
    ->UseManualTime()
    ->Iterations(9)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(epochAgainstSgemm, hexagonal, som::Topology::Hexagonal)
    ->ArgNames({"rows", "columns", "side"})
    ->Args({12936, 140, 30})
    ->UseManualTime()
    ->Iterations(9)
    ->Unit(benchmark::kMillisecond);

int main(int argc, char** argv) {
    if (const char* coreType = betterCoreType()) {
        setenv("OPENBLAS_CORETYPE", coreType, 1);
        execv("/proc/self/exe", argv);
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
