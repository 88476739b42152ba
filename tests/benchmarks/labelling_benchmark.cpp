// From the press of a digit key to the next spectrum drawn, with 100 000 spectra in the pool: what a person
// who labels waits for. Each label is forced to the disk before the next spectrum appears. Reports median and
// 95 % in milliseconds: cpu_median_ms is what the window's thread computed in that time, whatever else the
// machine was doing; median_ms and p95_ms until everything that the key changed is painted (whole spectrum,
// lines, queue, status), and spectrum_median_ms and spectrum_p95_ms until the next spectrum's window is.
//
// Painted into memory (QT_QPA_PLATFORM=offscreen unless set otherwise), 1920 × 1080; to be reached: 30 ms.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <filesystem>

#include <benchmark/benchmark.h>

#include <QApplication>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "app/desktop/label/label_place.h"
#include "app/desktop/shell/main_window.h"
#include "tests/app/desktop/fake_workbench.h"
#include "widgets/common/theme.h"

namespace {

using namespace balmer;
using Clock = std::chrono::steady_clock;

double percentile(std::vector<double> values, double fraction) {
    if (values.empty()) return std::nan("");
    const auto at =
        values.begin() + std::ptrdiff_t(std::min<double>(double(values.size() - 1),
                                                         std::floor(fraction * double(values.size()))));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

/// Seconds that this thread has computed.
double threadSeconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

/// pause: milliseconds between a label and the next key. 0 is faster than any hand; then nothing is prepared
/// ahead.
void digitToNextSpectrum(benchmark::State& state) {
    const QTemporaryDir folder;
    test::FakeOptions options;
    options.spectra = 100000;
    options.entriesEach = 33000;
    options.labelFile = std::filesystem::path(folder.path().toStdString()) / "labels.tsv";
    auto fake = std::make_unique<test::FakeWorkbench>(options);
    auto* workbench = fake.get();
    desktop::MainWindow window(std::make_unique<bridge::Session>(std::move(fake)), {});
    window.resize(1920, 1080);
    window.show();
    window.showPlace(QStringLiteral("label"));
    if (!QTest::qWaitFor(
            [&] { return !window.label()->currentId().isEmpty() && window.currentPlace()->settled(); },
            120000)) {
        state.SkipWithError("the window did not settle");
        return;
    }
    QTest::qWait(500);

    const int pause = int(state.range(0));
    std::vector<double> milliseconds, untilDrawn, computed;
    std::size_t labels = 0;
    for (auto _ : state) {
        if (pause > 0) QTest::qWait(pause);
        const QString before = window.label()->currentId();
        const auto start = Clock::now();
        const double computedBefore = threadSeconds();
        QTest::keyClick(window.label()->panel(), Qt::Key(Qt::Key_1 + int(labels % 3)));
        // The next spectrum comes when the label is on the disk.
        while (window.label()->currentId() == before && Clock::now() - start < std::chrono::seconds(5))
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 1);
        const double drawn = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
        // Twice: what is to be drawn is delivered first, and asks for the painting that the second turn does.
        QCoreApplication::sendPostedEvents();
        QCoreApplication::sendPostedEvents();
        const double took = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
        computed.push_back(1000 * (threadSeconds() - computedBefore));
        ++labels;
        if (window.label()->currentId() == before || workbench->labelling().events().size() != labels) {
            state.SkipWithError("the key did not label, or the next spectrum did not appear");
            return;
        }
        milliseconds.push_back(took);
        untilDrawn.push_back(drawn);
        state.SetIterationTime(took / 1000);
    }
    state.counters["median_ms"] = percentile(milliseconds, 0.5);
    state.counters["p95_ms"] = percentile(milliseconds, 0.95);
    state.counters["cpu_median_ms"] = percentile(computed, 0.5);
    state.counters["spectrum_median_ms"] = percentile(untilDrawn, 0.5);
    state.counters["spectrum_p95_ms"] = percentile(untilDrawn, 0.95);
}

BENCHMARK(digitToNextSpectrum)
    ->Arg(0)
    ->Arg(250)
    ->Iterations(60)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    const QTemporaryDir settings;
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
    balmer::widgets::applyTheme(application, balmer::widgets::ThemeMode::Light);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
