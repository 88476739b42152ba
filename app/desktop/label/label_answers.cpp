// What the observer answers in the Label place; what is shown is in label_place.cpp.
#include "app/desktop/label/label_place.h"

#include <algorithm>
#include <optional>
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

void LabelPlace::record(active::LabelEvent event, std::function<void(bool kept)> then) {
    session_.labels().run(
        this,
        [&workbench = session_.workbench(), event = std::move(event)](const std::stop_token&) {
            return workbench.labelling().label(event);
        },
        [this, then = std::move(then)](const core::Result<active::LabelEvent>& kept) {
            if (!kept)
                panel_->setError(tr("The label was not kept, and nothing was changed. %1")
                                     .arg(errorSentence(kept.error())));
            then(kept.has_value());
        });
}

void LabelPlace::setVerdict(const std::string& id, const std::optional<Verdict>& verdict) {
    queue_.setVerdict(id, verdict);
    panel_->setQueueLabel(text(id), verdictWords(verdict));
}

void LabelPlace::take(const QString& id, const widgets::LabelGesture& gesture) {
    if (queue_.current() < 0 || id != currentId() || onTheWay_.contains(plain(id))) return;
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
    std::optional<active::LabelEvent> noComment;
    if (gesture.comment.isEmpty() && !before.isEmpty()) {
        noComment = eventFor(queue_.current());
        noComment->kind = active::LabelKind::Comment;
    }
    onTheWay_.insert(plain(id));
    record(std::move(event), [this, id, verdict, comment = gesture.comment, noComment](bool kept) {
        onTheWay_.erase(plain(id));
        if (!kept) {
            // The panel has marked the queue already.
            panel_->setQueueLabel(id, verdictWords(queue_.verdict(plain(id))));
            return;
        }
        if (noComment) record(*noComment, [](bool) {});
        setVerdict(plain(id), verdict);
        if (PreparedItem* answered = preparer_->find(plain(id))) answered->item.comment = comment;
        ++labelsToday_;
        if (sinceLabel_.isValid()) pace_.add(double(sinceLabel_.elapsed()) / 1000);
        sinceLabel_.start();
        if (id == currentId())
            advance();
        else
            showStatus();
    });
}

void LabelPlace::skip() {
    const QString id = currentId();
    if (queue_.current() < 0 || !onTheWay_.insert(plain(id)).second) return;
    active::LabelEvent event = eventFor(queue_.current());
    event.kind = active::LabelKind::Skip;
    record(std::move(event), [this, id](bool kept) {
        onTheWay_.erase(plain(id));
        if (kept && id == currentId()) advance();
    });
}

void LabelPlace::takeComment(const QString& id, const QString& comment) {
    active::LabelEvent event = eventFor(queue_.current());
    event.spectrum = plain(id);
    event.kind = active::LabelKind::Comment;
    event.comment = plain(comment);
    record(std::move(event), [this, id, comment](bool kept) {
        PreparedItem* prepared = preparer_->find(plain(id));
        if (kept && prepared) prepared->item.comment = comment;
    });
}

void LabelPlace::setNoteworthy(const QString& id, bool noteworthy) {
    active::LabelEvent event = eventFor(queue_.current());
    event.kind = active::LabelKind::Noteworthy;
    const auto mark = [this, id, noteworthy](bool kept) {
        PreparedItem* prepared = preparer_->find(plain(id));
        if (kept && prepared) prepared->item.noteworthy = noteworthy;
    };
    if (noteworthy) return record(std::move(event), mark);
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
            record(std::move(event), mark);
        });
}

void LabelPlace::undo() {
    session_.labels().run(
        this,
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.labelling().undo(); },
        [this](const core::Result<std::vector<active::LabelEvent>>& taken) {
            showTakenBack(taken.map([](const auto& all) { return all.front(); }));
        });
}

void LabelPlace::showTakenBack(const core::Result<active::LabelEvent>& taken) {
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
