// MainWindow: the frame around the places and their panels: rail, top bar, banner, status bar. Owns the
// session. UI thread.
#pragma once

#include <memory>
#include <vector>

#include <QMainWindow>

#include "app/bridge/neighbour_link.h"
#include "app/bridge/session.h"
#include "app/desktop/shell/panels.h"
#include "app/desktop/shell/places.h"

class QAction;
class QActionGroup;
class QMenu;

namespace balmer::desktop {

class AnswerBar;
class ReceivedTables;
class CommandPalette;
class DataPlace;
class Docks;
class JobsPlace;
class LabelPlace;
class MapPlace;
class Place;
class StatusBar;
class WorkersPlace;
struct LabelList;

class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    /// recent: folders of projects opened before, newest first.
    MainWindow(std::unique_ptr<bridge::Session> session, const QStringList& recent,
               const std::vector<PlaceRow>& places = placeTable(),
               const std::vector<PanelRow>& panels = panelTable());
    ~MainWindow() override;

    bridge::Session& session() { return *session_; }
    /// In the order of their table.
    const std::vector<Place*>& places() const { return places_; }
    Place* currentPlace() const;
    /// "" is the first place; an unknown key changes nothing.
    void showPlace(const QString& key);
    // Null where the table has no such place.
    DataPlace* data() const;
    MapPlace* map() const;
    LabelPlace* label() const;
    JobsPlace* jobs() const;
    WorkersPlace* workers() const;
    bridge::NeighbourLink& neighbours() { return *neighbours_; }
    Docks* docks() const { return docks_; }
    /// Nothing that belongs on the screen is still on its way.
    bool settled() const;
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
    void makeActions();
    void makeThemeMenu();
    void makeViewMenu();
    void addPlace(const PlaceRow& row);
    void connectPanels();
    void addSendMenu(QMenu* menu);
    QWidget* buildRail();
    QWidget* buildTopBar(const QStringList& recent);
    QWidget* buildBanner();
    void buildPalette();
    void connectParts();
    ReceivedTables* receivedTables();
    void showSelection();
    void showJob(qint64 job);
    void labelList(const LabelList& list);
    void findSpectra(QString words);
    void chooseProject(bool create);

    std::unique_ptr<bridge::Session> session_;
    std::unique_ptr<bridge::NeighbourLink> neighbours_; ///< ends before the session
    std::vector<Place*> places_;
    Docks* docks_ = nullptr;
    AnswerBar* answers_ = nullptr;
    QActionGroup* rail_;
    StatusBar* status_ = nullptr;
    CommandPalette* palette_ = nullptr;
    ReceivedTables* receivedTables_ = nullptr; ///< once a table has been received
    QAction *clearAction_ = nullptr, *paletteAction_ = nullptr, *openAction_ = nullptr, *newAction_ = nullptr,
            *retryAction_ = nullptr, *sendAction_ = nullptr;
    QMenu *themeMenu_ = nullptr, *viewMenu_ = nullptr, *sendMenu_ = nullptr;
};

} // namespace balmer::desktop
