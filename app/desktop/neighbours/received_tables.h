// ReceivedTables: the tables that other programs sent, in a window beside the work: what each holds, and what
// can be made of it. Remembers them until the program ends; their files stay in the project. Owned by the
// main window; UI thread.
#pragma once

#include <vector>

#include <QString>
#include <QWidget>

#include "app/bridge/session.h"

class QLabel;
class QListWidget;
class QPushButton;

namespace balmer::desktop {

class ReceivedTables : public QWidget {
    Q_OBJECT
  public:
    ReceivedTables(bridge::Session& session, QWidget* parent);

    /// Adds it at the top; the window stays as it is.
    void add(const QString& from, const api::ReceivedTable& table);
    int count() const { return int(tables_.size()); }
    /// To the front, with the keyboard.
    void open();

  Q_SIGNALS:
    /// fresh: how many more the user has not seen here; 0 when the window stands before the user.
    void countChanged(int tables, int fresh);
    /// Its spectra are to be listed, from this file.
    void listRequested(const QString& file);
    void said(const QString& sentence);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Received {
        QString from, clock;
        api::ReceivedTable table;
    };
    void showChosen();
    const Received* chosen() const;
    void takeColumns();
    void listSpectra();
    void removeChosen();

    bridge::Session& session_;
    std::vector<Received> tables_; ///< newest first, as in the list
    QListWidget* list_;
    QLabel *facts_, *file_;
    QPushButton *columns_, *spectra_, *remove_;
};

} // namespace balmer::desktop
