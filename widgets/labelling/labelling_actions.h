// LabellingActions: what can be done with the spectrum on the labelling panel, as actions of the panel with
// object names, tooltips and keys that can be remapped. The digits 1 … 9 follow the classes; those after them
// are "not sure", "bad" and "artefact". UI thread only; the panel owns them.
#pragma once

#include <vector>

#include <QObject>
#include <QStringList>

#include "widgets/labelling/label_item.h"

class QAction;
class QWidget;

namespace balmer::widgets {

class LabellingActions : public QObject {
    Q_OBJECT
  public:
    explicit LabellingActions(QWidget& panel);

    /// In the order of their keys. True where they are others than before: there are new actions then.
    bool setClasses(const QStringList& names);
    const QStringList& classNames() const { return classNames_; }
    const std::vector<QAction*>& classes() const { return classes_; }

    /// Without a spectrum most of them mean nothing.
    void setSpectrumShown(bool shown);

    QAction *notSure, *bad, *artefact, *noteworthy;
    QAction *skip, *undo, *back, *blind, *comment, *nextRound;

  Q_SIGNALS:
    /// A class, with its index, or one of the other answers, with -1.
    void labelChosen(balmer::widgets::LabelKind kind, int classIndex);

  private:
    QAction* make(const QString& name, const QString& text, const QString& tip,
                  const QList<QKeySequence>& keys);
    QWidget& panel_;
    QStringList classNames_;
    std::vector<QAction*> classes_;
    bool shown_ = false;
};

} // namespace balmer::widgets
