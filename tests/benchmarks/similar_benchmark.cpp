// The spectra most like one of them, among as many as LAMOST's DR4 has (4 136 482 × 140, 2.3 GB in memory),
// against one pass over the same memory that only adds the samples up, with the same number of threads, in
// turns in the same run.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "engine/core/each_processor.h"
#include "engine/core/random_stream.h"
#include "engine/core/thread_pool.h"
#include "engine/learn/similar_rows.h"

namespace {

using namespace balmer;

constexpr std::size_t spectra = 4'136'482, columns = 140, rowsOfABlock = 4096;

const core::FloatMatrix& pool() {
    static const auto made = [] {
        core::FloatMatrix rows(spectra, columns);
        core::RandomStream random(1);
        for (std::size_t row = 0; row < spectra; ++row)
            for (float& value : rows.row(row))
                value = static_cast<float>(random.uniform());
        return rows;
    }();
    return made;
}

BALMER_FOR_EACH_PROCESSOR
float sumOf(const float* values, std::size_t count) {
    constexpr std::size_t lanes = 64;
    float sums[lanes] = {};
    for (std::size_t i = 0; i + lanes <= count; i += lanes)
        for (std::size_t k = 0; k < lanes; ++k)
            sums[k] += values[i + k];
    float sum = 0;
    for (const float each : sums)
        sum += each;
    return sum;
}

void onePass(core::ThreadPool& threads, const core::FloatMatrix& rows) {
    threads.parallelFor((rows.rows() + rowsOfABlock - 1) / rowsOfABlock, [&](std::size_t block, std::size_t) {
        const std::size_t first = block * rowsOfABlock;
        const std::size_t count = std::min(rowsOfABlock, rows.rows() - first);
        benchmark::DoNotOptimize(sumOf(rows.view().row(first).data(), count * columns));
    });
}

template <typename Work>
double seconds(Work&& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void mostSimilar(benchmark::State& state) {
    const auto threads = static_cast<std::size_t>(state.range(0));
    const auto& rows = pool();
    core::ThreadPool crew(threads, "benchmark");
    core::TaskContext task;
    std::vector<double> ours, reference;
    for ([[maybe_unused]] auto each : state) {
        reference.push_back(seconds([&] { onePass(crew, rows); }));
        ours.push_back(seconds([&] {
            const auto found = learn::similarRows(rows.view(), rows.view().row(1000), {100, threads}, task);
            if (!found || found->front().row != 1000) state.SkipWithError("it did not find itself");
        }));
    }
    state.counters["ms"] = 1e3 * median(ours);
    state.counters["one_pass_ms"] = 1e3 * median(reference);
    state.counters["ratio"] = median(ours) / median(reference);
}
BENCHMARK(mostSimilar)->Arg(1)->Arg(2)->Iterations(7)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace

BENCHMARK_MAIN();
