// The real window on a real project, driven from within, for tests that kill it from outside:
//
//     driven-desktop round PROJECT DATASET   adds a round that asks for every row of the dataset
//     driven-desktop label PROJECT REPORT    presses digits in Label; a line of REPORT before each press and
//     after each
//                                            label that the window has shown as given
//     driven-desktop train PROJECT REPORT    runs a long job from the window; a line once Jobs shows it
//     executing driven-desktop look PROJECT REPORT     writes what the window says about interrupted jobs
//
//     driven-desktop loop PROJECT REPORT SURVEY LABELS   labels a simulated survey by keys alone
//     (driven_loop.h)
//
// REPORT is written line by line with write(2), so that what was reported outlives the process.

#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

#include <QApplication>
#include <QLabel>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "app/bridge/session.h"
#include "app/desktop/jobs/jobs_model.h"
#include "app/desktop/jobs/jobs_place.h"
#include "app/desktop/label/label_place.h"
#include "app/desktop/shell/main_window.h"
#include "engine/jobs/job_store.h"
#include "engine/store/project.h"
#include "engine/store/round_archive.h"
#include "tests/end_to_end/driven_loop.h"
#include "widgets/common/theme.h"

namespace {

using namespace balmer;

int failed(const std::string& why) {
    std::fprintf(stderr, "driven-desktop: %s\n", why.c_str());
    return 1;
}

class Report {
  public:
    explicit Report(const char* file) : file_(::open(file, O_WRONLY | O_CREAT | O_APPEND, 0600)) {}
    ~Report() { ::close(file_); }
    void line(const std::string& words) {
        const std::string bytes = words + '\n';
        if (::write(file_, bytes.data(), bytes.size()) != ssize_t(bytes.size())) std::abort();
    }

  private:
    int file_;
};

const std::vector<std::string> classes{"other", "single peak", "double peak"};

int addRound(const char* folder, const std::string& dataset) {
    const auto project = store::Project::open(folder);
    if (!project) return failed(project.error().describe());
    const auto jobs = (*project)->jobs().list({});
    if (!jobs || jobs->empty()) return failed("the project has no job that the round could belong to");
    store::RoundRecord round;
    round.dataset = dataset;
    round.classes = classes;
    round.targets = {classes[1], classes[2]};
    round.job = jobs->front().id;
    for (int row = 0; row < 200; ++row) {
        store::RoundItem item;
        item.rank = row + 1;
        item.spectrum = "row-" + std::to_string(row);
        item.predicted = classes[std::size_t(row) % 3];
        round.items.push_back(item);
    }
    const auto added = (*project)->rounds().add(round);
    return added ? 0 : failed(added.error().describe());
}

int label(desktop::MainWindow& window, Report& report) {
    window.showPlace(QStringLiteral("label"));
    const auto shown = [&] { return window.label()->currentId().toStdString(); };
    if (!QTest::qWaitFor([&] { return !shown().empty() && window.settled(); }, 20000))
        return failed("there is nothing to label");
    for (std::size_t turn = 0; !shown().empty(); ++turn) {
        const std::string id = shown();
        const std::size_t digit = (turn + id.size()) % classes.size();
        report.line("press\t" + id + "\t" + classes[digit]);
        QTest::keyClick(window.label()->panel(), Qt::Key(Qt::Key_1 + int(digit)));
        // The next spectrum comes when the label is on the disk.
        if (!QTest::qWaitFor([&] { return shown() != id; }, 20000))
            return failed("the digit did not label " + id);
        report.line("given\t" + id + "\t" + classes[digit]);
        QTest::qWait(int(turn % 5));
    }
    return 0;
}

int train(desktop::MainWindow& window, Report& report) {
    jobs::JobSpec spec;
    spec.kind = "som";
    spec.label = "long training";
    spec.parameters = R"({"dataset": "m", "grid": "30x30", "epochs": 10000})";
    const auto job = window.session().workbench().jobs().submit(std::move(spec));
    if (!job) return failed(job.error().describe());
    window.showPlace(QStringLiteral("jobs"));
    const auto executing = [&] {
        const jobs::Job* shown = window.jobs()->model().job(0);
        return shown && shown->phase == jobs::Phase::Executing;
    };
    if (!QTest::qWaitFor(executing, 20000)) return failed("the job was never seen at work");
    report.line("executing");
    QTest::qWait(60000);
    return failed("nobody killed the window");
}

int look(desktop::MainWindow& window, Report& report) {
    const auto* words = window.findChild<QLabel*>(QStringLiteral("interruptedText"));
    report.line("banner\t" + (words && words->isVisible() ? words->text().toStdString() : std::string()));
    window.showPlace(QStringLiteral("jobs"));
    auto* model = window.findChild<QTableView*>(QStringLiteral("jobsView"))->model();
    if (!QTest::qWaitFor([&] { return model->rowCount() > 0; }, 20000)) return failed("no job is shown");
    for (const auto column : {desktop::JobsModel::Phase, desktop::JobsModel::Progress})
        report.line("job\t" + model->index(0, column).data().toString().toStdString());
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != (std::string_view(argc > 1 ? argv[1] : "") == "loop" ? 6 : 4))
        return failed("what to do, the project, and a file or dataset are wanted");
    const std::string what = argv[1];
    if (what == "round") return addRound(argv[2], argv[3]);
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("balmer"));
    QApplication::setApplicationName(QStringLiteral("driven-desktop"));
    const QTemporaryDir settings;
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
    widgets::applyTheme(application, widgets::ThemeMode::Light);
    auto workbench = api::openWorkbench(argv[2]);
    if (!workbench) return failed(workbench.error().describe());
    desktop::MainWindow window(std::make_unique<bridge::Session>(std::move(*workbench)), {});
    window.resize(1280, 800);
    window.show();
    if (!QTest::qWaitForWindowExposed(&window)) return failed("the window did not appear");
    Report report(argv[3]);
    if (what == "loop") {
        const auto problem =
            test::driveLoop(window, argv[4], argv[5], [&](const std::string& line) { report.line(line); });
        return problem.empty() ? 0 : failed(problem);
    }
    return what == "label"   ? label(window, report)
           : what == "train" ? train(window, report)
                             : look(window, report);
}
