// MainWindow: the frame around the five places: rail, top bar, banner, status bar. Owns the session. UI
// thread.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include <QMainWindow>

#include "app/bridge/neighbour_link.h"
#include "app/bridge/session.h"

class QAction;
class QActionGroup;
class QFrame;
class QLabel;
class QMenu;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace balmer::desktop {

class ReceivedTables;
class CommandPalette;
class DataPlace;
class JobsPlace;
class LabelPlace;
class MapPlace;
class NeighbourButton;
class Place;
class WorkersPlace;

class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    /// recent: folders of projects opened before, newest first.
    MainWindow(std::unique_ptr<bridge::Session> session, const QStringList& recent,
               QWidget* parent = nullptr);
    ~MainWindow() override;

    bridge::Session& session() { return *session_; }
    const std::vector<Place*>& places() const { return places_; }
    Place* currentPlace() const;
    void showPlace(const QString& key);
    DataPlace* data() const { return data_; }
    MapPlace* map() const { return map_; }
    LabelPlace* label() const { return label_; }
    JobsPlace* jobs() const { return jobs_; }
    WorkersPlace* workers() const { return workers_; }
    bridge::NeighbourLink& neighbours() { return *neighbours_; }
    CommandPalette* commandPalette() const { return palette_; }
    /// A sentence in the status bar, for some seconds.
    void say(const QString& sentence);
    /// Keeps what was arranged, in the project and in the user's settings.
    void keep();

  Q_SIGNALS:
    /// Another project is to be opened, or made where there is none.
    void projectRequested(const QString& folder);
    void themeRequested(const QString& mode); ///< "system", "light", "dark"

  protected:
    void showEvent(QShowEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

  private:
    QWidget* buildRail();
    QWidget* buildTopBar(const QStringList& recent);
    QWidget* buildBanner();
    QWidget* buildStatus();
    void makeActions();
    void addPlace(Place* place, const QString& title);
    void tellSelection();
    void takeUpJobs(const std::vector<balmer::jobs::Job>& jobs);
    void makeNeighbours();
    void loadWorkers();
    void tellWorkers(const std::vector<api::WorkerInfo>& workers);
    void retryWorkers();
    void chooseProject(bool create);

    std::unique_ptr<bridge::Session> session_;
    std::unique_ptr<bridge::NeighbourLink> neighbours_; ///< ends before the session
    std::vector<Place*> places_;
    DataPlace* data_;
    MapPlace* map_;
    LabelPlace* label_;
    JobsPlace* jobs_;
    WorkersPlace* workers_;
    QStackedWidget* stack_;
    QActionGroup* rail_;
    CommandPalette* palette_ = nullptr;
    QPushButton* jobsButton_ = nullptr;
    QProgressBar* jobsBar_ = nullptr;
    QFrame* banner_ = nullptr;
    QLabel *selectionText_ = nullptr, *readOutText_ = nullptr, *currentText_ = nullptr,
           *messageText_ = nullptr;
    QToolButton *clearSelection_ = nullptr, *lostButton_ = nullptr, *sendButton_ = nullptr;
    NeighbourButton* neighbourButton_ = nullptr;
    ReceivedTables* receivedTables_ = nullptr; ///< once a table has come
    QTimer* messageTimer_ = nullptr;
    QAction *clearAction_ = nullptr, *paletteAction_ = nullptr, *openAction_ = nullptr, *newAction_ = nullptr,
            *retryAction_ = nullptr, *sendAction_ = nullptr;
    QMenu *themeMenu_ = nullptr, *sendMenu_ = nullptr;
    std::map<balmer::jobs::JobId, balmer::jobs::Job> running_;
    std::vector<std::string> lost_; ///< workers that cannot be reached and have jobs of this project
};

} // namespace balmer::desktop
