#include "widgets/labelling/labelling_actions.h"

#include <utility>

#include <QAction>
#include <QWidget>

namespace balmer::widgets {

LabellingActions::LabellingActions(QWidget& panel) : QObject(&panel), panel_(panel) {
    notSure = make(QStringLiteral("labellingNotSure"), tr("not sure"),
                   tr("I cannot decide; the spectrum may be asked again"), {Qt::Key_U});
    bad = make(QStringLiteral("labellingBad"), tr("bad"), tr("The spectrum cannot be used"), {Qt::Key_D});
    artefact = make(QStringLiteral("labellingArtefact"), tr("artefact"),
                    tr("An effect of the instrument or the reduction"), {Qt::Key_A});
    noteworthy = make(QStringLiteral("labellingNoteworthy"), tr("noteworthy"),
                      tr("Flag as noteworthy, beside its label"), {Qt::Key_N});
    noteworthy->setCheckable(true);
    skip = make(QStringLiteral("labellingSkip"), tr("skip"), tr("Go on without a label"), {Qt::Key_S});
    undo = make(QStringLiteral("labellingUndo"), tr("undo"), tr("Take back the last label"),
                {Qt::Key_Z, QKeySequence(Qt::CTRL | Qt::Key_Z)});
    back = make(QStringLiteral("labellingBack"), tr("back"),
                tr("Go to the spectrum before; a change there is a new label"), {Qt::Key_Backspace});
    blind = make(QStringLiteral("labellingHide"), tr("blind"),
                 tr("Hide what the model says, so as not to be led"), {Qt::Key_B});
    blind->setCheckable(true);
    comment = make(QStringLiteral("labellingComment"), tr("comment"),
                   tr("Write a comment; Enter or Escape leaves the field"), {Qt::Key_C});
    nextRound = make(QStringLiteral("labellingNextRound"), tr("next round ▸"),
                     tr("Train with the new labels and choose the next lists"),
                     {QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)});
    const std::pair<QAction*, LabelKind> answers[] = {
        {notSure, LabelKind::NotSure}, {bad, LabelKind::Bad}, {artefact, LabelKind::Artefact}};
    for (const auto& [action, answer] : answers)
        connect(action, &QAction::triggered, this, [this, kind = answer] { Q_EMIT labelChosen(kind, -1); });
    setSpectrumShown(false);
}

QAction* LabellingActions::make(const QString& name, const QString& text, const QString& tip,
                                const QList<QKeySequence>& keys) {
    auto* action = new QAction(text, &panel_);
    action->setObjectName(name);
    action->setToolTip(tip);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setAutoRepeat(false);
    panel_.addAction(action);
    return action;
}

bool LabellingActions::setClasses(const QStringList& names) {
    if (names == classNames_) return false;
    classNames_ = names;
    for (QAction* old : classes_)
        delete old;
    classes_.clear();
    for (int i = 0; i < names.size(); ++i) {
        const QList<QKeySequence> keys =
            i < 9 ? QList<QKeySequence>{QKeySequence(Qt::Key_1 + i)} : QList<QKeySequence>{};
        QAction* action = make(QStringLiteral("labellingClass%1").arg(i + 1), names[i],
                               tr("Label as “%1”").arg(names[i]), keys);
        connect(action, &QAction::triggered, this, [this, i] { Q_EMIT labelChosen(LabelKind::Class, i); });
        classes_.push_back(action);
    }
    // The digits after the classes, as long as there are some; their letters work always.
    const std::pair<QAction*, Qt::Key> others[] = {
        {notSure, Qt::Key_U}, {bad, Qt::Key_D}, {artefact, Qt::Key_A}};
    int digit = int(names.size()) + 1;
    for (const auto& [other, letter] : others) {
        QList<QKeySequence> keys{QKeySequence(letter)};
        if (digit <= 9) keys.prepend(QKeySequence(Qt::Key_0 + digit));
        other->setShortcuts(keys);
        ++digit;
    }
    setSpectrumShown(shown_);
    return true;
}

void LabellingActions::setSpectrumShown(bool shown) {
    shown_ = shown;
    for (QAction* action : {notSure, bad, artefact, noteworthy, skip, comment})
        action->setEnabled(shown);
    for (QAction* action : classes_)
        action->setEnabled(shown);
}

} // namespace balmer::widgets
