// balmer-desktop: the window on a project; or pictures of it, without one.

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QMessageBox>
#include <QRegularExpression>
#include <QTimer>

#include "app/bridge/display_text.h"
#include "app/desktop/pictures/figures.h"
#include "app/desktop/pictures/screenshots.h"
#include "app/desktop/shell/desktop.h"
#include "app/desktop/shell/main_window.h"
#include "engine/core/file.h"
#include "engine/core/standard_streams.h"
#include "engine/core/utf8.h"

namespace {

using namespace balmer;

enum Exit { Done = 0, Failed = 1, WrongUse = 2 };

int complain(const QString& sentence, Exit status) {
    core::writeErrors("balmer-desktop: " + core::visible(sentence.toStdString()) + '\n');
    return status;
}

int complain(const core::Error& error) {
    return complain(bridge::errorText(error),
                    error.code() == core::ErrorCode::InvalidArgument ? WrongUse : Failed);
}

core::Result<std::unique_ptr<api::Workbench>> openForReading(const QString& folder) {
    api::OpenOptions options;
    options.create = false;
    return api::openWorkbench(folder.toStdString(), options);
}

} // namespace

int main(int argc, char** argv) {
    // What is drawn into files needs no display.
    for (int i = 1; i < argc; ++i) {
        const QByteArray word(argv[i]);
        if ((word.startsWith("--pictures") || word.startsWith("--plot") || word == "--help" ||
             word == "--version") &&
            qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
            qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("balmer"));
    QApplication::setApplicationName(QStringLiteral("balmer-desktop"));
    QApplication::setApplicationDisplayName(QStringLiteral("Balmer"));
    QApplication::setApplicationVersion(QStringLiteral(BALMER_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("balmer-desktop"));

    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("From an archive of spectra to a trusted catalogue of rare objects."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("id"), QStringLiteral("With --plot: more spectra to draw."),
                                 QStringLiteral("[id…]"));
    const QCommandLineOption project(QStringLiteral("project"),
                                     QStringLiteral("The project to open; it is made where there is none."),
                                     QStringLiteral("DIR"));
    const QCommandLineOption screenshots(QStringLiteral("screenshots"),
                                         QStringLiteral("Write a picture of each place into DIR and exit."),
                                         QStringLiteral("DIR"));
    const QCommandLineOption size(QStringLiteral("size"), QStringLiteral("Size of the window, as 1280x800."),
                                  QStringLiteral("WxH"));
    const QCommandLineOption theme(QStringLiteral("theme"),
                                   QStringLiteral("light, dark or system, for this run."),
                                   QStringLiteral("WORD"));
    const QCommandLineOption pictures(
        QStringLiteral("pictures"),
        QStringLiteral("Write the newest map and the best candidates as PNG into DIR and exit."),
        QStringLiteral("DIR"));
    const QCommandLineOption top(QStringLiteral("top"),
                                 QStringLiteral("How many candidates --pictures draws (10)."),
                                 QStringLiteral("N"), QStringLiteral("10"));
    const QCommandLineOption plot(
        QStringLiteral("plot"),
        QStringLiteral("Draw this spectrum, and those named after it, into the file of --out and exit."),
        QStringLiteral("ID"));
    const QCommandLineOption out(QStringLiteral("out"),
                                 QStringLiteral("The file of --plot: PNG, SVG or PDF by its ending."),
                                 QStringLiteral("FILE"));
    const QCommandLineOption range(
        QStringLiteral("range"), QStringLiteral("The wavelengths that --plot shows, ångström, as 6400:6700."),
        QStringLiteral("A:B"));
    parser.addOptions({project, screenshots, size, theme, pictures, top, plot, out, range});
    parser.process(application);

    const QString folder = parser.isSet(project) ? parser.value(project) : desktop::Desktop::lastProject();
    const QString mode = parser.isSet(theme) ? parser.value(theme) : desktop::Desktop::rememberedTheme();
    if (mode != QLatin1String("light") && mode != QLatin1String("dark") && mode != QLatin1String("system"))
        return complain(QStringLiteral("--theme \"%1\" must be light, dark or system.").arg(mode), WrongUse);
    if (!parser.isSet(plot) && !parser.positionalArguments().isEmpty())
        return complain(QStringLiteral("\"%1\" is not understood; a project is named with --project DIR.")
                            .arg(parser.positionalArguments().first()),
                        WrongUse);

    desktop::Desktop desk(application,
                          [](const std::filesystem::path& path) { return api::openWorkbench(path); });

    if (parser.isSet(plot)) {
        desk.applyTheme(parser.isSet(theme) ? mode : QStringLiteral("light"));
        std::optional<std::pair<double, double>> limits;
        if (parser.isSet(range)) {
            const QStringList ends = parser.value(range).split(':');
            bool low = false, high = false;
            limits = {ends.value(0).toDouble(&low), ends.value(1).toDouble(&high)};
            if (ends.size() != 2 || !low || !high)
                return complain(QStringLiteral("--range must be LOWER:UPPER in ångström, as 6400:6700."),
                                WrongUse);
        }
        if (!parser.isSet(out))
            return complain(QStringLiteral("--plot needs --out FILE.png, FILE.svg or FILE.pdf."), WrongUse);
        const auto workbench = openForReading(folder);
        if (!workbench) return complain(workbench.error());
        const auto drawn = desktop::writePlot(**workbench, parser.values(plot) + parser.positionalArguments(),
                                              parser.value(out), limits);
        return drawn ? int(Done) : complain(drawn.error());
    }

    if (parser.isSet(pictures)) {
        desk.applyTheme(parser.isSet(theme) ? mode : QStringLiteral("light"));
        bool number = false;
        const int count = parser.value(top).toInt(&number);
        if (!number || count < 0)
            return complain(QStringLiteral("--top \"%1\" must be a whole number of candidates, as 10.")
                                .arg(parser.value(top)),
                            WrongUse);
        const auto workbench = openForReading(folder);
        if (!workbench) return complain(workbench.error());
        const auto files = desktop::writePictures(**workbench, parser.value(pictures), count);
        if (!files) return complain(files.error());
        for (const QString& file : *files)
            core::writeOutput(core::visible(QDir(parser.value(pictures)).filePath(file).toStdString()) +
                              '\n');
        if (const auto written = core::finishOutput(); !written) return complain(written.error());
        return Done;
    }

    desk.applyTheme(mode);
    QSize wanted;
    if (parser.isSet(size)) {
        static const QRegularExpression form(QStringLiteral("^(\\d{3,5})[xX](\\d{3,5})$"));
        const auto match = form.match(parser.value(size));
        if (!match.hasMatch())
            return complain(QStringLiteral("--size must be WIDTHxHEIGHT, as 1280x800."), WrongUse);
        wanted = {match.captured(1).toInt(), match.captured(2).toInt()};
    }
    const bool taking = parser.isSet(screenshots);
    if (taking)
        if (const auto made = core::makeFolders(parser.value(screenshots).toStdString()); !made)
            return complain(made.error());

    QObject::connect(&desk, &desktop::Desktop::opened, &application, [&](desktop::MainWindow* window) {
        if (wanted.isValid()) window->resize(wanted);
        window->show();
        if (!taking) return;
        auto* shots = new desktop::Screenshots(*window, parser.value(screenshots), window);
        QObject::connect(shots, &desktop::Screenshots::finished, &application, [](const QString& problem) {
            QCoreApplication::exit(problem.isEmpty() ? int(Done) : complain(problem, Failed));
        });
        shots->start();
    });
    QObject::connect(
        &desk, &desktop::Desktop::failed, &application, [&](const QString& path, const QString& sentence) {
            complain(sentence, Failed);
            if (desk.window()) return;
            if (taking) {
                QCoreApplication::exit(Failed);
                return;
            }
            auto* box = new QMessageBox(QMessageBox::Warning, QStringLiteral("Balmer"),
                                        QObject::tr("The project cannot be opened.\n\n%1").arg(path),
                                        QMessageBox::Close);
            box->setInformativeText(sentence);
            box->setTextInteractionFlags(Qt::TextSelectableByMouse);
            box->setAttribute(Qt::WA_DeleteOnClose);
            QObject::connect(box, &QMessageBox::finished, &application,
                             [] { QCoreApplication::exit(Failed); });
            box->open();
        });
    desk.open(folder);
    return application.exec();
}
