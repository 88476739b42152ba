#include "widgets/labelling/answer_actions.h"

#include <utility>

#include <QAction>
#include <QWidget>

namespace balmer::widgets {

namespace {
constexpr int mostDigits = 9;

QKeySequence digit(int number) {
    return QKeySequence(Qt::Key_0 + number);
}
} // namespace

AnswerActions::AnswerActions(QWidget& owner, QString prefix, Qt::ShortcutContext context)
    : QObject(&owner), owner_(owner), prefix_(std::move(prefix)), context_(context) {
    notSure = make(QStringLiteral("NotSure"), displayName(LabelKind::NotSure),
                   tr("I cannot decide; the spectrum may be asked again"), {Qt::Key_U});
    bad = make(QStringLiteral("Bad"), displayName(LabelKind::Bad), tr("The spectrum cannot be used"),
               {Qt::Key_D});
    artefact = make(QStringLiteral("Artefact"), displayName(LabelKind::Artefact),
                    tr("An effect of the instrument or the reduction"), {Qt::Key_A});
    noteworthy = make(QStringLiteral("Noteworthy"), displayName(LabelKind::Noteworthy),
                      tr("Flag as noteworthy, beside its label; once more takes the flag back"), {Qt::Key_N});
    undo = make(QStringLiteral("Undo"), tr("undo"), tr("Take back the last label"),
                {Qt::Key_Z, QKeySequence(Qt::CTRL | Qt::Key_Z)});
    nameClasses = make(QStringLiteral("NameClasses"), tr("classes…"),
                       tr("Say which classes there are, in the order of their digits"), {Qt::Key_F2});
    const std::pair<QAction*, LabelKind> answers[] = {
        {notSure, LabelKind::NotSure}, {bad, LabelKind::Bad}, {artefact, LabelKind::Artefact}};
    for (const auto& [action, answer] : answers)
        connect(action, &QAction::triggered, this, [this, kind = answer] { Q_EMIT labelChosen(kind, -1); });
    giveDigits();
    AnswerActions::setAnswersEnabled(false);
}

QAction* AnswerActions::make(const QString& name, const QString& text, const QString& tip,
                             const QList<QKeySequence>& keys) {
    auto* action = new QAction(text, &owner_);
    action->setObjectName(prefix_ + name);
    action->setToolTip(tip);
    action->setShortcuts(keys);
    action->setShortcutContext(context_);
    action->setAutoRepeat(false);
    owner_.addAction(action);
    return action;
}

bool AnswerActions::setClasses(const QStringList& names) {
    if (names == classNames_) return false;
    classNames_ = names;
    for (QAction* old : classes_)
        delete old;
    classes_.clear();
    for (int i = 0; i < names.size(); ++i) {
        const QList<QKeySequence> keys =
            i < mostDigits ? QList<QKeySequence>{digit(i + 1)} : QList<QKeySequence>{};
        QAction* action =
            make(QStringLiteral("Class%1").arg(i + 1), names[i], tr("Label as “%1”").arg(names[i]), keys);
        connect(action, &QAction::triggered, this, [this, i] { Q_EMIT labelChosen(LabelKind::Class, i); });
        classes_.push_back(action);
    }
    giveDigits();
    setAnswersEnabled(enabled_);
    return true;
}

void AnswerActions::giveDigits() {
    // The digits after the classes, as long as there are some; the letters work always.
    const std::pair<QAction*, Qt::Key> others[] = {
        {notSure, Qt::Key_U}, {bad, Qt::Key_D}, {artefact, Qt::Key_A}};
    int number = int(classes_.size()) + 1;
    for (const auto& [other, letter] : others) {
        QList<QKeySequence> keys{QKeySequence(letter)};
        if (!classes_.empty() && number <= mostDigits) keys.prepend(digit(number));
        other->setShortcuts(keys);
        ++number;
    }
    QList<QKeySequence> asking{QKeySequence(Qt::Key_F2)};
    if (classes_.empty())
        for (int i = mostDigits; i > 0; --i)
            asking.prepend(digit(i));
    nameClasses->setShortcuts(asking);
}

void AnswerActions::setAnswersEnabled(bool enabled) {
    enabled_ = enabled;
    for (QAction* action : {notSure, bad, artefact, noteworthy, nameClasses})
        action->setEnabled(enabled);
    for (QAction* action : classes_)
        action->setEnabled(enabled);
}

} // namespace balmer::widgets
