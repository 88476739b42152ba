// The desktop on a made-up project: to be looked at, and for pictures while the look is worked on.

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QSettings>
#include <QTemporaryDir>

#include "app/desktop/pictures/figures.h"
#include "app/desktop/pictures/screenshots.h"
#include "app/desktop/shell/desktop.h"
#include "app/desktop/shell/main_window.h"
#include "tests/app/desktop/fake_workbench.h"

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
    parser.addOptions({screenshots, pictures, size, theme, spectra, empty, interrupted});
    parser.process(application);

    test::FakeOptions options;
    options.spectra = parser.value(spectra).toULongLong();
    options.interrupted = parser.isSet(interrupted);
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
        QObject::connect(shots, &desktop::Screenshots::finished, &application, [](const QString& problem) {
            if (!problem.isEmpty()) qWarning("%s", qUtf8Printable(problem));
            QCoreApplication::exit(problem.isEmpty() ? 0 : 1);
        });
        shots->start();
    });
    desk.open("/survey/lamost.balmer");
    return application.exec();
}
