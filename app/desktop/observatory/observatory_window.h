// ObservatoryWindow: "From the Observatory…": spectra from a folder on the net, a VOTable or an SSAP service,
// in a window beside the work. Closed it keeps what was typed and found. Owned by the place Data; UI thread.
//
// Nothing here touches the net before a button is pressed.
#pragma once

#include <vector>

#include <QWidget>

#include "app/bridge/session.h"

class QTabWidget;

namespace balmer::desktop {

class ListPage;
class ObservatoryPage;

class ObservatoryWindow : public QWidget {
    Q_OBJECT
  public:
    ObservatoryWindow(bridge::Session& session, QWidget* parent);

    /// Shows it, before the other windows.
    void open();
    /// Opens on the list of spectra in this file.
    void openList(const QString& file);
    /// What was typed and which page is in sight, for the next session.
    void keep();
    bool asking() const;

  Q_SIGNALS:
    void jobRequested(qint64 job);
    void spectrumRequested(const QString& id);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

  private:
    void addPage(ObservatoryPage* page, const QString& title, const QString& tip);
    ObservatoryPage* page() const;

    bridge::Session& session_;
    QTabWidget* tabs_;
    std::vector<ObservatoryPage*> pages_;
    ListPage* list_;
};

} // namespace balmer::desktop
