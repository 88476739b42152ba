// Desktop: opens projects off the UI thread and keeps one window for the one that is open. Remembers the
// projects opened before and the theme in the user's settings. Owned by main(); UI thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include <QObject>
#include <QPointer>
#include <QStringList>

#include "app/bridge/background.h"
#include "engine/api/workbench.h"

class QApplication;

namespace balmer::desktop {

class MainWindow;

class Desktop : public QObject {
    Q_OBJECT
  public:
    /// How a project is opened; called on a thread of its own.
    using Opener =
        std::function<core::Result<std::unique_ptr<api::Workbench>>(const std::filesystem::path& folder)>;

    Desktop(QApplication& application, Opener opener);
    ~Desktop() override;

    void open(const QString& folder);
    MainWindow* window() const { return window_.get(); }

    /// "system", "light", "dark": at once and for later starts.
    void setTheme(const QString& mode);
    /// The same without remembering it.
    void applyTheme(const QString& mode);
    /// The theme chosen before; "system" at first.
    static QString rememberedTheme();

    /// Newest first.
    static QStringList recentProjects();
    /// The project opened last, or the default one in the user's data folder.
    static QString lastProject();
    static QString defaultProject();

  Q_SIGNALS:
    void opened(balmer::desktop::MainWindow* window);
    /// The sentence has been shown already where a window is open.
    void failed(const QString& folder, const QString& sentence);

  private:
    void show(std::unique_ptr<api::Workbench> workbench, const QString& folder);

    QApplication& application_;
    Opener opener_;
    std::unique_ptr<MainWindow> window_;
    std::unique_ptr<bridge::Background> opening_;
};

} // namespace balmer::desktop
