// Docks: the place in sight with the panels beside it. There is one of each panel, and each place has its own
// layout of them, kept in the project. Owns places and panels; must end before the session. UI thread.
#pragma once

#include <map>
#include <vector>

#include <QByteArray>
#include <QMainWindow>

#include "app/desktop/place/chosen.h"
#include "app/desktop/shell/panels.h"

class QAction;
class QDockWidget;
class QStackedWidget;

namespace balmer::desktop {

class Docks : public QMainWindow {
    Q_OBJECT
  public:
    /// places: in the order of their table.
    Docks(bridge::Session& session, const std::vector<Place*>& places, const std::vector<PanelRow>& panels);

    void showPlace(Place* place);
    Place* currentPlace() const { return shown_; }
    /// Brings the panel into sight, in the present place.
    void showPanel(const Panel* panel);
    /// The panels of the present place stand as they did at first.
    void resetLayout();
    /// Keeps the layouts of all places in the project.
    void keep();
    /// Nothing that belongs into the place in sight or its panels is still on its way.
    bool settled() const;
    /// Why the place or a panel in sight highlights something else, a sentence's part; "" where none does.
    QString differs(const Chosen& chosen) const;
    /// One for each panel: shows or hides it in the present place.
    std::vector<QAction*> toggles() const;
    const std::vector<Panel*>& panels() const { return panels_; }

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    struct Dock {
        PanelRow row;
        Panel* panel;
        QDockWidget* dock;
    };
    void add(const PanelRow& row, Panel* panel);
    void arrangeAsAtFirst(const QString& place);
    void rememberLayout();
    void applyLayout();

    bridge::Session& session_;
    std::vector<Panel*> panels_;
    std::vector<Dock> docks_;
    QStackedWidget* stack_;
    Place* shown_ = nullptr;
    std::map<QString, QByteArray> layouts_; ///< by place, of those that were in sight or are kept
    bool wasShown_ = false;
    bool bare_ = false; ///< the place in sight takes all the room
};

} // namespace balmer::desktop
