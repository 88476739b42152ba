// 900 000 cells of TABLEDATA read row by row against libxml2's bare xmlTextReader over the same bytes, and
// the peak of memory for ten times the table.
//
// Reference and reader take turns within each iteration; the counters are the medians of the iterations and
// their ratio. The peak is that of a process of its own, forked for it, above what it had before it read.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <benchmark/benchmark.h>
#include <libxml/xmlreader.h>

#include "engine/core/random_stream.h"
#include "engine/core/text_number.h"
#include "engine/io/votable_reader.h"
#include "engine/io/votable_writer.h"

namespace balmer {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr std::size_t COLUMNS = 9, ROWS = 100'000;

io::VotableTable head() {
    io::VotableTable table;
    for (std::size_t c = 0; c < COLUMNS; ++c) {
        io::VotableField field;
        field.name = "c" + std::to_string(c);
        field.datatype = c == 0 ? "long" : c == 1 ? "char" : c == 2 ? "int" : c < 6 ? "double" : "float";
        if (c == 1) field.arraysize = "*";
        table.fields.push_back(field);
    }
    return table;
}

core::Status writeTable(const io::ByteSink& sink, std::size_t rows, io::VotableData data) {
    core::RandomStream random(1);
    io::VotableWriter writer(sink, {data});
    BALMER_CHECK(writer.begin({}));
    BALMER_CHECK(writer.beginResource({}));
    BALMER_CHECK(writer.beginTable(head()));
    for (std::size_t r = 0; r < rows; ++r) {
        const std::string name = "spec-" + std::to_string(55000 + r % 3000) + "-F" + std::to_string(r);
        std::vector<io::VotableCell> cells{static_cast<std::int64_t>(r * 7919), std::string_view(name),
                                           static_cast<std::int64_t>(random.below(16))};
        while (cells.size() < COLUMNS)
            cells.emplace_back(random.normal(100, 10));
        BALMER_CHECK(writer.row(cells));
    }
    BALMER_CHECK(writer.endTable());
    BALMER_CHECK(writer.endResource());
    return writer.end();
}

std::string tableText(std::size_t rows, io::VotableData data) {
    std::string text;
    const auto status = writeTable(
        [&](std::string_view bytes) -> core::Status {
            text += bytes;
            return {};
        },
        rows, data);
    return status ? text : std::string();
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                     values.end());
    return values[values.size() / 2];
}

std::size_t bareTextReader(const std::string& text) {
    xmlTextReaderPtr reader =
        xmlReaderForMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr, XML_PARSE_NONET);
    std::size_t nodes = 0;
    while (xmlTextReaderRead(reader) == 1)
        ++nodes;
    xmlFreeTextReader(reader);
    return nodes;
}

std::size_t readRows(io::ByteSource source) {
    io::VotableReader reader(std::move(source));
    std::size_t rows = 0;
    double sum = 0;
    if (const auto table = reader.nextTable(); !table || !*table) return 0;
    for (auto row = reader.nextRow(); row && *row; row = reader.nextRow()) {
        sum += reader.number(3).value_or(0);
        ++rows;
    }
    benchmark::DoNotOptimize(sum);
    return rows;
}

void readTableData(benchmark::State& state) {
    const std::string text = tableText(ROWS, io::VotableData::TableData);
    std::vector<double> bare, rowByRow, whole;
    for (auto _ : state) {
        const auto start = std::chrono::steady_clock::now();
        benchmark::DoNotOptimize(bareTextReader(text));
        const auto second = std::chrono::steady_clock::now();
        if (readRows(io::memorySource(std::as_bytes(std::span(text)))) != ROWS)
            state.SkipWithError("rows are missing");
        const auto third = std::chrono::steady_clock::now();
        const auto document = io::parseVotable(std::as_bytes(std::span(text)));
        if (!document || document->tables().at(0)->rows != ROWS)
            state.SkipWithError("the document was refused");
        const auto end = std::chrono::steady_clock::now();
        bare.push_back(Seconds(second - start).count());
        rowByRow.push_back(Seconds(third - second).count());
        whole.push_back(Seconds(end - third).count());
        state.SetIterationTime(rowByRow.back());
    }
    state.counters["cells"] = COLUMNS * ROWS;
    state.counters["MB"] = static_cast<double>(text.size()) / 1e6;
    state.counters["text_reader_s"] = median(bare);
    state.counters["rows_s"] = median(rowByRow);
    state.counters["ratio"] = median(rowByRow) / median(bare);
    state.counters["whole_ratio"] = median(whole) / median(bare);
}
BENCHMARK(readTableData)->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(2.0);

// Peak above the beginning, in MB, of a child that reads a table which another one writes into a pipe.
double peakWhileReading(std::size_t rows, io::VotableData data) {
    int pipes[2], answer[2];
    if (pipe(pipes) != 0 || pipe(answer) != 0) return -1;
    const pid_t writer = fork();
    if (writer == 0) {
        close(pipes[0]);
        const auto status = writeTable(
            [&](std::string_view bytes) -> core::Status {
                while (!bytes.empty()) {
                    const ssize_t put = write(pipes[1], bytes.data(), bytes.size());
                    if (put <= 0) return core::fail(core::ErrorCode::Io, "the reader is gone");
                    bytes.remove_prefix(static_cast<std::size_t>(put));
                }
                return {};
            },
            rows, data);
        _exit(status ? 0 : 1);
    }
    const pid_t reader = fork();
    if (reader == 0) {
        close(pipes[1]);
        rusage before{}, after{};
        getrusage(RUSAGE_SELF, &before);
        const std::size_t got = readRows([&](std::span<std::byte> buffer) -> core::Result<std::size_t> {
            const ssize_t count = read(pipes[0], buffer.data(), buffer.size());
            if (count < 0) return core::fail(core::ErrorCode::Io, "the pipe broke");
            return static_cast<std::size_t>(count);
        });
        getrusage(RUSAGE_SELF, &after);
        const double peak = got == rows ? static_cast<double>(after.ru_maxrss - before.ru_maxrss) / 1024 : -1;
        const bool said = write(answer[1], &peak, sizeof peak) == sizeof peak;
        _exit(said ? 0 : 1);
    }
    close(pipes[0]);
    close(pipes[1]);
    double peak = -1;
    if (read(answer[0], &peak, sizeof peak) != sizeof peak) peak = -1;
    close(answer[0]);
    close(answer[1]);
    waitpid(writer, nullptr, 0);
    waitpid(reader, nullptr, 0);
    return peak;
}

void memoryOfTenTimesTheTable(benchmark::State& state) {
    const auto data = state.range(0) == 0 ? io::VotableData::TableData : io::VotableData::Binary2;
    double once = 0, tenfold = 0;
    for (auto _ : state) {
        once = peakWhileReading(ROWS, data);
        tenfold = peakWhileReading(10 * ROWS, data);
        if (once < 0 || tenfold < 0) state.SkipWithError("rows are missing");
    }
    state.counters["peak_MB"] = once;
    state.counters["peak_MB_of_ten_times"] = tenfold;
}
BENCHMARK(memoryOfTenTimesTheTable)
    ->ArgName("binary2")
    ->Arg(0)
    ->Arg(1)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

} // namespace
} // namespace balmer

BENCHMARK_MAIN();
