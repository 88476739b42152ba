#include "app/desktop/shell/desktop.h"

#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

#include "app/bridge/display_text.h"
#include "app/bridge/questions.h"
#include "app/desktop/shell/main_window.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

namespace {

const QString recentKey = QStringLiteral("projects/recent");
const QString themeKey = QStringLiteral("theme");
constexpr qsizetype mostRecent = 8;

} // namespace

Desktop::Desktop(QApplication& application, Opener opener)
    : application_(application), opener_(std::move(opener)),
      opening_(std::make_unique<bridge::Background>("balmer-open")) {}

Desktop::~Desktop() {
    window_.reset();
    bridge::Questions::waitForAll();
}

QStringList Desktop::recentProjects() {
    return QSettings().value(recentKey).toStringList();
}

QString Desktop::defaultProject() {
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) +
           QStringLiteral("/balmer/default.balmer");
}

QString Desktop::lastProject() {
    for (const QString& folder : recentProjects())
        if (QFileInfo(folder).isDir()) return folder;
    return defaultProject();
}

QString Desktop::rememberedTheme() {
    return QSettings().value(themeKey, QStringLiteral("system")).toString();
}

void Desktop::setTheme(const QString& mode) {
    QSettings().setValue(themeKey, mode);
    applyTheme(mode);
}

void Desktop::applyTheme(const QString& mode) {
    widgets::applyTheme(application_, mode == QLatin1String("light")  ? widgets::ThemeMode::Light
                                      : mode == QLatin1String("dark") ? widgets::ThemeMode::Dark
                                                                      : widgets::ThemeMode::System);
}

void Desktop::open(const QString& folder) {
    const QString path = QDir(folder).absolutePath();
    if (window_) window_->say(tr("Opening %1").arg(path));
    opening_->latest(
        this, "open",
        [opener = opener_, path](const std::stop_token&) {
            return opener(std::filesystem::path(path.toStdString()));
        },
        [this, path](core::Result<std::unique_ptr<api::Workbench>> workbench) {
            if (workbench) {
                show(std::move(*workbench), path);
                return;
            }
            const QString sentence = bridge::errorSentence(workbench.error());
            if (window_) window_->say(sentence);
            Q_EMIT failed(path, sentence);
        });
}

void Desktop::show(std::unique_ptr<api::Workbench> workbench, const QString& folder) {
    QStringList recent = recentProjects();
    recent.removeAll(folder);
    recent.prepend(folder);
    QSettings().setValue(recentKey, recent.mid(0, mostRecent));
    const bool quits = application_.quitOnLastWindowClosed();
    application_.setQuitOnLastWindowClosed(false);
    if (window_) {
        window_->keep();
        // The request to open may have come from the old window's own menu, which must return first.
        window_->hide();
        window_.release()->deleteLater();
    }
    window_ = std::make_unique<MainWindow>(std::make_unique<bridge::Session>(std::move(workbench)), recent);
    connect(window_.get(), &MainWindow::projectRequested, this, &Desktop::open);
    connect(window_.get(), &MainWindow::themeRequested, this, &Desktop::setTheme);
    application_.setQuitOnLastWindowClosed(quits);
    Q_EMIT opened(window_.get());
}

} // namespace balmer::desktop
