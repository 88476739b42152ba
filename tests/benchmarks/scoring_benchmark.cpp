// Scoring with the network of the paper, D = 140, against libtorch's eager forward of the same layers at the
// batch size that suits it best, with the same number of threads, timed in turns in the same run.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "engine/core/random_stream.h"
#include "engine/learn/torch/conv_network.h"

namespace {

using namespace balmer;

constexpr std::size_t columns = 140, spectra = 4096;

struct EagerNetwork : torch::nn::Module {
    torch::nn::Sequential layers{nullptr};
    EagerNetwork() {
        torch::nn::Sequential sequence;
        std::int64_t in = 1;
        for (const std::int64_t out : {64, 128, 256}) {
            sequence->push_back(torch::nn::Conv1d(in, out, 3));
            sequence->push_back(torch::nn::ReLU());
            sequence->push_back(torch::nn::Conv1d(out, out, 3));
            sequence->push_back(torch::nn::ReLU());
            sequence->push_back(torch::nn::MaxPool1d(2));
            in = out;
        }
        sequence->push_back(torch::nn::Flatten());
        for (const std::int64_t width : {14 * 256, 512}) {
            sequence->push_back(torch::nn::Linear(width, 512));
            sequence->push_back(torch::nn::ReLU());
        }
        sequence->push_back(torch::nn::Linear(512, 3));
        sequence->push_back(torch::nn::Softmax(1));
        layers = register_module("layers", sequence);
    }
};

core::FloatMatrix someSpectra(std::size_t count) {
    core::FloatMatrix rows(count, columns);
    core::RandomStream random(1);
    for (std::size_t r = 0; r < count; ++r)
        for (float& value : rows.row(r))
            value = static_cast<float>(random.normal(1, 0.1));
    return rows;
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

void scoring(benchmark::State& state) {
    const int threads = static_cast<int>(state.range(0));
    const core::FloatMatrix rows = someSpectra(spectra);

    learn::ConvNetworkParameters parameters;
    parameters.classes = {"other", "single peak", "double peak"};
    parameters.columns = columns;
    parameters.epochs = 1;
    parameters.threads = static_cast<std::size_t>(threads);
    auto network = learn::makeConvNetwork(parameters);
    core::TaskContext task;
    std::vector<int> labels;
    for (int i = 0; i < 64; ++i)
        labels.push_back(i % 3);
    if (!network || !(*network)->train(rows.view().block(0, 64), labels, task)) {
        state.SkipWithError("the network could not be trained");
        return;
    }

    at::set_num_threads(threads);
    const torch::InferenceMode inference;
    EagerNetwork eager;
    eager.eval();
    const auto input =
        torch::from_blob(const_cast<float*>(rows.data()), {std::int64_t(spectra), 1, std::int64_t(columns)});
    const auto forward = [&](std::int64_t batch) {
        return seconds([&] {
            for (std::int64_t from = 0; from < std::int64_t(spectra); from += batch)
                benchmark::DoNotOptimize(eager.layers->forward(input.narrow(0, from, batch)));
        });
    };
    std::int64_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (const std::int64_t batch : {32, 64, 128, 256, 512, 1024}) {
        forward(batch);
        const double time = forward(batch);
        if (time < least) least = time, best = batch;
    }

    std::vector<double> ours, theirs;
    for (auto _ : state) {
        theirs.push_back(forward(best));
        ours.push_back(seconds([&] {
            core::TaskContext quiet;
            benchmark::DoNotOptimize((*network)->predict(rows.view(), quiet));
        }));
        state.SetIterationTime(ours.back());
    }
    state.counters["spectra/s"] = double(spectra) / median(ours);
    state.counters["eager spectra/s"] = double(spectra) / median(theirs);
    state.counters["eager batch"] = double(best);
    state.counters["ratio to eager"] = median(theirs) / median(ours);
}

} // namespace

BENCHMARK(scoring)->ArgName("threads")->Arg(1)->Arg(2)->UseManualTime()->Iterations(5)->Unit(
    benchmark::kMillisecond);
BENCHMARK_MAIN();
