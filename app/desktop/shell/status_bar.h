// StatusBar: what is selected, the current spectrum, the read-out under the pointer, the latest sentence, and
// how it stands with workers and other programs. Owned by the window; UI thread.
#pragma once

#include <QWidget>

#include "app/bridge/session.h"

class QAction;
class QLabel;
class QMenu;
class QTimer;
class QToolButton;

namespace balmer::bridge {
class NeighbourLink;
}

namespace balmer::desktop {

class LostWorkers;
class NeighbourButton;

class StatusBar : public QWidget {
    Q_OBJECT
  public:
    struct Actions {
        QAction *clearSelection, *send;
    };
    /// actionOwner: of the actions of what stands here.
    StatusBar(bridge::Session& session, bridge::NeighbourLink& neighbours, const Actions& actions,
              QMenu* sendMenu, QWidget* actionOwner);

    /// A sentence, for some seconds.
    void say(const QString& sentence);
    void showReadOut(const QString& words);
    void showSelection(std::size_t totalSpectra);
    LostWorkers* lostWorkers() const { return lost_; }
    NeighbourButton* neighbours() const { return neighbours_; }
    QToolButton* sendButton() const { return send_; }

  private:
    bridge::Session& session_;
    Actions actions_;
    QLabel *selection_, *current_, *readOut_, *message_;
    QToolButton *clear_, *send_;
    LostWorkers* lost_;
    NeighbourButton* neighbours_;
    QTimer* messageTimer_;
};

} // namespace balmer::desktop
