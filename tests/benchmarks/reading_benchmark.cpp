// Reading gzip-packed LAMOST files (flux, errors, header; one thread) against zlib inflating the same bytes.
//
// Reference and reader take turns over the same files within each iteration; the counters are the medians of
// the iterations and their ratio.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <zlib.h>

#include "engine/core/files.h"
#include "engine/core/random_stream.h"
#include "engine/io/directory_scan.h"
#include "engine/io/spectrum_reader.h"
#include "engine/io/spectrum_writer.h"
#include "tests/support/test_support.h"

namespace balmer {
namespace {

using Seconds = std::chrono::duration<double>;

// LAMOST's own files where they are, otherwise synthetic ones of the same form.
std::vector<std::filesystem::path> packedFiles(const std::filesystem::path& scratch) {
    std::vector<std::filesystem::path> files;
    if (!test::realData().empty()) {
        const std::vector<std::filesystem::path> folder{test::realData() / "lamost_lrs_image"};
        for (const auto& file : io::scanFiles(folder, false).files) {
            if (file.extension() == ".gz") files.push_back(file);
        }
        if (!files.empty()) return files;
    }
    core::RandomStream random(1);
    for (int f = 0; f < 50; ++f) {
        spectrum::Spectrum s;
        std::vector<double> wavelength(3909);
        for (std::size_t i = 0; i < wavelength.size(); ++i)
            wavelength[i] = 3700.0 + 1.38 * static_cast<double>(i);
        s.axis = *spectrum::SpectralAxis::make(wavelength, spectrum::Medium::Vacuum);
        for (std::size_t i = 0; i < wavelength.size(); ++i) {
            s.flux.push_back(static_cast<float>(random.normal(100, 10)));
            s.inverseVariance.push_back(static_cast<float>(random.uniform(0.005, 0.02)));
        }
        s.mask.assign(wavelength.size(), 0);
        for (int c = 0; c < 100; ++c)
            s.metadata.header.push_back({"KEY" + std::to_string(c), std::to_string(c), "a comment"});
        files.push_back(scratch / ("synthetic-" + std::to_string(f) + ".fits.gz"));
        if (!io::writeLamostImage(files.back(), s, {true})) return {};
    }
    return files;
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                     values.end());
    return values[values.size() / 2];
}

bool inflateAll(const std::string& packed, std::string& into) {
    z_stream stream{};
    if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK) return false;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(into.data());
    stream.avail_out = static_cast<uInt>(into.size());
    const int status = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return status == Z_STREAM_END;
}

void readPackedLamost(benchmark::State& state) {
    const test::TemporaryFolder scratch;
    const auto files = packedFiles(scratch.path());
    std::vector<std::string> packed;
    for (const auto& file : files)
        packed.push_back(*core::readFile(file));
    std::string buffer(std::size_t{1} << 20, '\0');
    std::vector<double> inflating, reading;
    for (auto _ : state) {
        const auto start = std::chrono::steady_clock::now();
        for (const std::string& bytes : packed) {
            if (!inflateAll(bytes, buffer)) state.SkipWithError("zlib did not inflate a file");
            benchmark::DoNotOptimize(buffer.data());
        }
        const auto middle = std::chrono::steady_clock::now();
        for (const auto& file : files) {
            const auto spectra = io::readSpectra(file);
            if (!spectra) state.SkipWithError("a file was refused");
            benchmark::DoNotOptimize(spectra);
        }
        const auto end = std::chrono::steady_clock::now();
        inflating.push_back(Seconds(middle - start).count());
        reading.push_back(Seconds(end - middle).count());
        state.SetIterationTime(reading.back());
    }
    const auto count = static_cast<double>(files.size());
    state.counters["files"] = count;
    state.counters["zlib_us_a_file"] = median(inflating) / count * 1e6;
    state.counters["read_us_a_file"] = median(reading) / count * 1e6;
    state.counters["ratio"] = median(reading) / median(inflating);
}
BENCHMARK(readPackedLamost)->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(2.0);

} // namespace
} // namespace balmer

BENCHMARK_MAIN();
