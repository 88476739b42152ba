// NeighbourButton: how it stands with the programs beside Balmer, in the status bar; its menu tells who is
// there, connects, and leaves. Owned by the main window; UI thread.
#pragma once

#include <QToolButton>

class QAction;
class QMenu;

namespace balmer::bridge {
class NeighbourLink;
}

namespace balmer::desktop {

class NeighbourButton : public QToolButton {
    Q_OBJECT
  public:
    /// Its actions belong to `actionOwner`, so that their names are found where all commands are.
    NeighbourButton(bridge::NeighbourLink& link, QWidget* actionOwner);

    /// Connects, if the user wants that at every start.
    void start();

  Q_SIGNALS:
    void tablesWanted();

  public Q_SLOTS:
    /// How many tables have come; fresh: how many more have not been looked at, 0 when all have been.
    void countTables(int tables, int fresh);

  private:
    void makeActions(QWidget* owner);
    void fillMenu();
    void showState();
    void showText();
    void addTrusted();
    void addQuestion(const QString& words);
    QString stateSentence() const;

    bridge::NeighbourLink& link_;
    int fresh_ = 0; ///< tables that were not looked at
    QMenu* menu_;
    QAction *connect_ = nullptr, *leave_ = nullptr, *atStart_ = nullptr, *share_ = nullptr,
            *tables_ = nullptr, *once_ = nullptr, *always_ = nullptr, *never_ = nullptr;
};

} // namespace balmer::desktop
