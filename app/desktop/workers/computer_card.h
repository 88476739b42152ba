// ComputerCard: this computer, its means and the jobs that it has now. Owned by the Workers place; UI thread.
#pragma once

#include <vector>

#include <QFrame>

#include "app/bridge/session.h"

class QLabel;
class QProgressBar;
class QTreeWidget;

namespace balmer::desktop {

class ComputerCard : public QFrame {
    Q_OBJECT
  public:
    explicit ComputerCard(bridge::Session& session, QWidget* parent = nullptr);

    /// Fewer jobs at once, where other cards want room.
    void setCompact(bool compact);
    /// Reads anew how much memory and disk is free.
    void measure();
    /// All jobs of the project, newest first; those on workers are passed over.
    void showJobs(const std::vector<jobs::Job>& jobs);

  Q_SIGNALS:
    void jobActivated(qint64 job);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void build();
    void drawGlyph();

    bridge::Session& session_;
    QLabel *glyph_, *name_, *system_, *processors_, *memory_, *disk_, *version_, *summary_;
    QProgressBar *memoryBar_, *diskBar_;
    QTreeWidget* jobs_;
};

} // namespace balmer::desktop
