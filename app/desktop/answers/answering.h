// Answering: what the keys say of spectra where several can be chosen or one stands in a window of its own.
// An answer to several is one act, which one undo takes back. Owned by the widget whose keys they are; UI
// thread; writes on balmer-labels.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/bridge/session.h"
#include "engine/active/label_event.h"
#include "widgets/labelling/answer_actions.h"

namespace balmer::desktop {

/// Of which spectra the next key says something.
struct AnswerTarget {
    QStringList ids;
    QString problem;  ///< why a key can say nothing now, a sentence; "" where it can
    std::string view; ///< where they are seen: "data", "map", "window"
};

class Answering : public QObject {
    Q_OBJECT
  public:
    /// Makes the actions on their owner, which work in all of its window. target: asked at each key.
    Answering(bridge::Session& session, QWidget& owner, const QString& prefix,
              std::function<AnswerTarget()> target);

    widgets::AnswerActions& actions() { return *actions_; }
    /// Off: none of the keys does anything here.
    void setEnabled(bool enabled);

  Q_SIGNALS:
    void said(const QString& sentence);
    /// The actions have other classes.
    void classesChanged();

  private:
    void answer(widgets::LabelKind kind, int classIndex);
    void toggleNoteworthy();
    void undo();
    void followClasses();
    /// One for each spectrum of the target; says why where there are none.
    std::vector<active::LabelEvent> eventsOfTarget();

    bridge::Session& session_;
    QWidget& owner_;
    widgets::AnswerActions* actions_;
    std::function<AnswerTarget()> target_;
};

/// Asks which classes there are; the form belongs to the widget.
void askForClasses(bridge::LabelClasses& classes, QWidget* parent);

} // namespace balmer::desktop
