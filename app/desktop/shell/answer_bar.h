// AnswerBar: the line under the places that show many spectra: the classes and their keys, which say
// something of the selection, and the way to Label. A key does nothing while a view in sight still highlights
// another spectrum than the selection's. Owned by the window; UI thread.
#pragma once

#include <QWidget>

#include "app/bridge/session.h"
#include "app/desktop/answers/answering.h"

class QAction;

namespace balmer::desktop {

class Docks;
class Place;
struct LabelList;

class AnswerBar : public QWidget {
    Q_OBJECT
  public:
    /// window: whose actions they are.
    AnswerBar(bridge::Session& session, const Docks& docks, QWidget* window);

    /// This place is in sight now, or means something else by now.
    void follow(const Place* place);

  Q_SIGNALS:
    void said(const QString& sentence);
    void listRequested(const balmer::desktop::LabelList& list);

  private:
    AnswerTarget target() const;
    void request();

    bridge::Session& session_;
    const Docks& docks_;
    Answering* answering_;
    QAction* labelThese_;
};

} // namespace balmer::desktop
