// AnswerActions: what can be said of a spectrum, wherever one is shown, as actions with object names,
// tooltips and keys that can be remapped. The digits 1 … 9 follow the classes; those after them are "not
// sure", "bad" and "artefact". While there are no classes a digit asks for them. UI thread only; the owner
// owns them.
#pragma once

#include <vector>

#include <QKeySequence>
#include <QList>
#include <QObject>
#include <QStringList>

#include "widgets/labelling/label_item.h"

class QAction;
class QWidget;

namespace balmer::widgets {

class AnswerActions : public QObject {
    Q_OBJECT
  public:
    /// prefix: of the object names, "labelling" for one. The keys work where `context` says, seen from the
    /// owner.
    AnswerActions(QWidget& owner, QString prefix, Qt::ShortcutContext context);

    /// In the order of their keys. True where they are others than before: there are new actions then.
    bool setClasses(const QStringList& names);
    const QStringList& classNames() const { return classNames_; }
    const std::vector<QAction*>& classes() const { return classes_; }
    /// Where there is nothing to say something of, they mean nothing.
    virtual void setAnswersEnabled(bool enabled);

    QAction *notSure, *bad, *artefact, *noteworthy, *undo;
    QAction* nameClasses; ///< asks which classes there are

  Q_SIGNALS:
    /// A class, with its index, or one of the other answers, with -1.
    void labelChosen(balmer::widgets::LabelKind kind, int classIndex);

  protected:
    QAction* make(const QString& name, const QString& text, const QString& tip,
                  const QList<QKeySequence>& keys);

  private:
    void giveDigits();
    QWidget& owner_;
    const QString prefix_;
    const Qt::ShortcutContext context_;
    QStringList classNames_;
    std::vector<QAction*> classes_;
    bool enabled_ = false;
};

} // namespace balmer::widgets
