// What the observer answers in the Label place; what is shown is in label_place.cpp.
#include "app/desktop/label/label_place.h"

#include <algorithm>
#include <utility>

#include "app/desktop/label/label_preparer.h"
#include "app/desktop/label/label_words.h"

namespace balmer::desktop {

active::LabelEvent LabelPlace::eventFor(int index) const {
    active::LabelEvent event;
    event.view = "panel";
    if (!round_ || !queue_.contains(index)) return event;
    const auto& entry = queue_.at(index);
    event.spectrum = entry.id;
    event.round = round_->number;
    event.list = entry.list;
    if (!panel_->predictionsHidden()) event.model = round_->model;
    return event;
}

bool LabelPlace::record(active::LabelEvent event) {
    const auto kept = session_.workbench().labelling().label(std::move(event));
    if (!kept)
        panel_->setError(
            tr("The label was not kept, and nothing was changed. %1").arg(errorSentence(kept.error())));
    return kept.has_value();
}

void LabelPlace::setVerdict(const std::string& id, const std::optional<Verdict>& verdict) {
    queue_.setVerdict(id, verdict);
    panel_->setQueueLabel(text(id), verdictWords(verdict));
}

void LabelPlace::take(const QString& id, const widgets::LabelGesture& gesture) {
    if (queue_.current() < 0 || id != currentId()) return;
    if (gesture.kind == widgets::LabelKind::Noteworthy) {
        setNoteworthy(id, !gesture.className.isEmpty());
        return;
    }
    PreparedItem* prepared = preparer_->find(plain(id));
    const QString before = prepared ? prepared->item.comment : QString();
    Verdict verdict{kindOf(gesture.kind), {}};
    if (verdict.kind == active::LabelKind::Class) verdict.className = plain(gesture.className);
    active::LabelEvent event = eventFor(queue_.current());
    event.kind = verdict.kind;
    event.className = verdict.className;
    if (gesture.comment != before) event.comment = plain(gesture.comment);
    if (!record(std::move(event))) {
        // The panel has marked the queue already.
        panel_->setQueueLabel(id, verdictWords(queue_.verdict(plain(id))));
        return;
    }
    if (gesture.comment.isEmpty() && !before.isEmpty()) {
        active::LabelEvent empty = eventFor(queue_.current());
        empty.kind = active::LabelKind::Comment;
        record(std::move(empty));
    }
    setVerdict(plain(id), verdict);
    if (prepared) prepared->item.comment = gesture.comment;
    ++labelsToday_;
    if (sinceLabel_.isValid()) pace_.add(double(sinceLabel_.elapsed()) / 1000);
    sinceLabel_.start();
    advance();
}

void LabelPlace::skip() {
    if (queue_.current() < 0) return;
    active::LabelEvent event = eventFor(queue_.current());
    event.kind = active::LabelKind::Skip;
    if (record(std::move(event))) advance();
}

void LabelPlace::takeComment(const QString& id, const QString& comment) {
    active::LabelEvent event = eventFor(queue_.current());
    event.spectrum = plain(id);
    event.kind = active::LabelKind::Comment;
    event.comment = plain(comment);
    if (!record(std::move(event))) return;
    if (PreparedItem* prepared = preparer_->find(plain(id))) prepared->item.comment = comment;
}

void LabelPlace::setNoteworthy(const QString& id, bool noteworthy) {
    active::LabelEvent event = eventFor(queue_.current());
    event.kind = active::LabelKind::Noteworthy;
    const auto mark = [this, id](bool value) {
        if (PreparedItem* prepared = preparer_->find(plain(id))) prepared->item.noteworthy = value;
    };
    if (noteworthy) {
        if (record(std::move(event))) mark(true);
        return;
    }
    // Taking the flag back is an event that names the one it takes back.
    session_.cursor().run(
        this,
        [&workbench = session_.workbench(), wanted = plain(id)](const std::stop_token&) {
            return workbench.labelling().history(wanted);
        },
        [this, event, mark](const core::Result<std::vector<active::LabelEvent>>& history) mutable {
            if (!history) {
                panel_->setError(errorSentence(history.error()));
                return;
            }
            const auto flagged = std::find_if(history->rbegin(), history->rend(), [](const auto& one) {
                return one.kind == active::LabelKind::Noteworthy;
            });
            if (flagged == history->rend()) return;
            event.kind = active::LabelKind::Undo;
            event.supersedes = flagged->id;
            if (record(std::move(event))) mark(false);
        });
}

void LabelPlace::undo() {
    const auto taken = session_.workbench().labelling().undo();
    if (!taken) {
        panel_->setError(errorSentence(taken.error()));
        return;
    }
    if (labelsToday_ > 0 && taken->kind != active::LabelKind::Skip &&
        taken->kind != active::LabelKind::Comment)
        --labelsToday_;
    setVerdict(taken->spectrum, std::nullopt);
    preparer_->forget(taken->spectrum);
    if (const int index = queue_.indexOf(taken->spectrum); index >= 0) go(index);
    const QString what =
        taken->kind == active::LabelKind::Class ? text(taken->className) : kindWords(taken->kind);
    Q_EMIT said(tr("Taken back: %1 of %2").arg(what, text(taken->spectrum)));
    readLabelAnew(text(taken->spectrum));
}

void LabelPlace::readLabelAnew(const QString& id) {
    session_.cursor().run(
        this,
        [&workbench = session_.workbench(), wanted = plain(id)](const std::stop_token&) {
            return workbench.spectra().row(wanted);
        },
        [this, id](const core::Result<api::SpectrumRow>& row) {
            if (!row) return;
            setVerdict(plain(id), verdictOf(*row));
            showStatus();
        });
}

} // namespace balmer::desktop
