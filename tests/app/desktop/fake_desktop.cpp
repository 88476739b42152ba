// The desktop on a made-up project: to be looked at, and for pictures while the look is worked on.

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QCommandLineParser>
#include <QDialog>
#include <QDir>
#include <QLineEdit>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "app/desktop/pictures/figures.h"
#include "app/desktop/pictures/screenshots.h"
#include "app/desktop/shell/desktop.h"
#include "app/desktop/shell/main_window.h"
#include "tests/app/desktop/fake_workbench.h"

namespace {

/// Opens a form, fills it in, and saves a picture of it. step: "action", "field=text", "button!".
void takeForm(QWidget* window, const QStringList& steps, const QString& file) {
    QDialog* form = nullptr;
    for (const QString& step : steps) {
        const qsizetype equals = step.indexOf('=');
        if (step.endsWith('!')) {
            if (auto* button = window->findChild<QAbstractButton*>(step.chopped(1))) button->click();
        } else if (equals > 0) {
            if (auto* field = window->findChild<QLineEdit*>(step.left(equals)))
                field->setText(step.mid(equals + 1));
        } else if (auto* action = window->findChild<QAction*>(step)) {
            action->trigger();
        }
        QTest::qWait(400);
    }
    for (auto* dialog : window->findChildren<QDialog*>())
        if (dialog->isVisible()) form = dialog;
    (form ? form : window)->grab().save(file, "PNG");
}

} // namespace

int main(int argc, char** argv) {
    using namespace balmer;
    QApplication application(argc, argv);
    const QTemporaryDir settings;
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
    QApplication::setOrganizationName(QStringLiteral("balmer"));
    QApplication::setApplicationName(QStringLiteral("balmer-desktop-fake"));
    QCommandLineParser parser;
    parser.addHelpOption();
    const QCommandLineOption screenshots("screenshots", "Write a picture of each place into DIR and exit.",
                                         "DIR");
    const QCommandLineOption pictures("pictures", "Write the map and the best candidates into DIR and exit.",
                                      "DIR");
    const QCommandLineOption size("size", "WIDTHxHEIGHT", "WxH", "1280x800");
    const QCommandLineOption theme("theme", "light or dark", "WORD", "light");
    const QCommandLineOption spectra("spectra", "How many there are.", "N", "600");
    const QCommandLineOption empty("empty", "A project with nothing in it.");
    const QCommandLineOption interrupted("interrupted", "With a job that was interrupted.");
    const QCommandLineOption workers("workers", "How many workers there are, 0 to 4.", "N", "4");
    const QCommandLineOption form("form",
                                  "With --screenshots: open, fill in and take a form, as "
                                  "addWorkerAction,workerNameField=kepler,workerTestButton!",
                                  "STEPS");
    parser.addOptions({form, screenshots, pictures, size, theme, spectra, empty, interrupted, workers});
    parser.process(application);

    test::FakeOptions options;
    options.spectra = parser.value(spectra).toULongLong();
    options.interrupted = parser.isSet(interrupted);
    options.workers = parser.value(workers).toULongLong();
    if (parser.isSet(empty)) {
        options.spectra = 0;
        options.dataset = options.map = options.round = options.jobs = false;
    }
    desktop::Desktop desk(
        application,
        [options](const std::filesystem::path&) -> core::Result<std::unique_ptr<api::Workbench>> {
            return std::make_unique<test::FakeWorkbench>(options);
        });
    desk.applyTheme(parser.value(theme));
    if (parser.isSet(pictures)) {
        test::FakeWorkbench workbench(options);
        const auto files = desktop::writePictures(workbench, parser.value(pictures), 3);
        return files ? 0 : 1;
    }
    QObject::connect(&desk, &desktop::Desktop::opened, &application, [&](desktop::MainWindow* window) {
        const QStringList sides = parser.value(size).split('x');
        window->resize(sides.value(0).toInt(), sides.value(1).toInt());
        window->show();
        if (!parser.isSet(screenshots)) return;
        QDir().mkpath(parser.value(screenshots));
        auto* shots = new desktop::Screenshots(*window, parser.value(screenshots), window);
        QObject::connect(
            shots, &desktop::Screenshots::finished, &application, [&, window](const QString& problem) {
                int number = 0;
                for (const QString& steps : parser.values(form))
                    takeForm(window, steps.split(','),
                             QStringLiteral("%1/form_%2.png").arg(parser.value(screenshots)).arg(++number));
                if (!problem.isEmpty()) qWarning("%s", qUtf8Printable(problem));
                QCoreApplication::exit(problem.isEmpty() ? 0 : 1);
            });
        shots->start();
    });
    desk.open("/survey/lamost.balmer");
    return application.exec();
}
