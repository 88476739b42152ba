#include "app/desktop/answers/answering.h"

#include <utility>

#include <QAction>

#include "app/bridge/display_text.h"
#include "app/desktop/answers/answer_words.h"
#include "app/desktop/answers/noteworthy.h"
#include "app/desktop/place/lines_form.h"

namespace balmer::desktop {

using bridge::errorSentence;
using bridge::plain;
using bridge::text;

namespace {

/// "12", or the one by its name.
QString subjects(const std::vector<active::LabelEvent>& events) {
    return events.size() == 1 ? text(events.front().spectrum) : bridge::countText(events.size());
}

core::Status give(api::Labelling& labelling, const std::vector<active::LabelEvent>& events) {
    if (events.size() > 1) return labelling.labelAll(events);
    BALMER_TRY([[maybe_unused]] const auto kept, labelling.label(events.front()));
    return {};
}

} // namespace

Answering::Answering(bridge::Session& session, QWidget& owner, const QString& prefix,
                     std::function<AnswerTarget()> target)
    : QObject(&owner), session_(session), owner_(owner),
      actions_(new widgets::AnswerActions(owner, prefix, Qt::WindowShortcut)), target_(std::move(target)) {
    connect(actions_, &widgets::AnswerActions::labelChosen, this, &Answering::answer);
    connect(actions_->noteworthy, &QAction::triggered, this, &Answering::toggleNoteworthy);
    connect(actions_->undo, &QAction::triggered, this, &Answering::undo);
    connect(actions_->nameClasses, &QAction::triggered, this,
            [this] { askForClasses(session_.classes(), &owner_); });
    connect(&session.classes(), &bridge::LabelClasses::changed, this, &Answering::followClasses);
    followClasses();
    setEnabled(true);
}

void Answering::setEnabled(bool enabled) {
    actions_->setAnswersEnabled(enabled);
    actions_->undo->setEnabled(enabled);
}

void Answering::followClasses() {
    if (actions_->setClasses(session_.classes().names())) Q_EMIT classesChanged();
}

std::vector<active::LabelEvent> Answering::eventsOfTarget() {
    const AnswerTarget target = target_();
    std::vector<active::LabelEvent> events;
    if (!target.problem.isEmpty()) {
        Q_EMIT said(tr("Nothing was labelled: %1").arg(target.problem));
        return events;
    }
    for (const QString& id : target.ids) {
        active::LabelEvent event;
        event.spectrum = plain(id);
        event.view = target.view;
        events.push_back(std::move(event));
    }
    return events;
}

void Answering::answer(widgets::LabelKind kind, int classIndex) {
    auto events = eventsOfTarget();
    if (events.empty()) return;
    const QString className =
        kind == widgets::LabelKind::Class ? actions_->classNames().value(classIndex) : QString();
    for (auto& event : events) {
        event.kind = kindOf(kind);
        event.className = plain(className);
    }
    const QString words =
        tr("%1 labelled %2 · Z undoes").arg(subjects(events), widgets::answerWord({kind, className}));
    session_.labels().run(
        this,
        [&workbench = session_.workbench(), events = std::move(events)](const std::stop_token&) {
            return give(workbench.labelling(), events);
        },
        [this, words](const core::Status& kept) {
            Q_EMIT said(kept ? words
                             : tr("The label was not kept, and nothing was changed. %1")
                                   .arg(errorSentence(kept.error())));
        });
}

void Answering::toggleNoteworthy() {
    auto events = eventsOfTarget();
    if (events.empty()) return;
    const QString who = subjects(events);
    session_.labels().run(
        this,
        [&workbench = session_.workbench(), events = std::move(events)](const std::stop_token&) {
            return setNoteworthy(workbench.labelling(), events, std::nullopt);
        },
        [this, who](const core::Result<bool>& flagged) {
            Q_EMIT said(!flagged ? tr("The flag was not kept, and nothing was changed. %1")
                                       .arg(errorSentence(flagged.error()))
                        : *flagged ? tr("%1 flagged noteworthy · N takes it back").arg(who)
                                   : tr("%1 no longer noteworthy · N flags again").arg(who));
        });
}

void Answering::undo() {
    session_.labels().run(
        this,
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.labelling().undo(); },
        [this](const core::Result<std::vector<active::LabelEvent>>& taken) {
            Q_EMIT said(taken ? takenBackWords(*taken) : errorSentence(taken.error()));
        });
}

void askForClasses(bridge::LabelClasses& classes, QWidget* parent) {
    if (auto* open = parent->findChild<QDialog*>(QStringLiteral("classesForm"))) {
        open->raise();
        return;
    }
    auto* form = new LinesForm(
        {QStringLiteral("classes"), QObject::tr("Classes"),
         QObject::tr(
             "The classes of this project, each in a line of its own: the first gets the digit 1, the "
             "second 2 and so on. Classes that labels have already are kept."),
         QObject::tr("names of classes"), QObject::tr("Names of the classes, in the order of their digits"),
         QObject::tr("Keep")},
        classes.names(), parent);
    QObject::connect(form, &LinesForm::given, &classes, [form, &classes](const QStringList& names) {
        classes.set(names);
        form->accept();
    });
    form->show();
}

} // namespace balmer::desktop
