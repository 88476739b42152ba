// What the observer answers in the Label place; what is shown is in label_place.cpp.
#include "app/desktop/label/label_place.h"

#include <optional>
#include <utility>

#include "app/desktop/answers/answer_words.h"
#include "app/desktop/answers/noteworthy.h"
#include "app/desktop/label/label_behind.h"
#include "app/desktop/label/label_words.h"
#include "app/desktop/label/queue_loading.h"

namespace balmer::desktop {

active::LabelEvent LabelPlace::eventFor(int index) const {
    active::LabelEvent event;
    event.view = "panel";
    if (!queue_.contains(index)) return event;
    const auto& entry = queue_.at(index);
    event.spectrum = entry.id;
    if (!round_) return event;
    event.round = round_->number;
    event.list = entry.list();
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
    behind_->labelsChanged();
    panel_->setAnswer(text(id), answerOf(verdict));
}

void LabelPlace::take(const QString& id, const widgets::LabelGesture& gesture) {
    if (queue_.current() < 0 || id != currentId() || onTheWay_.contains(plain(id))) return;
    if (gesture.kind == widgets::LabelKind::Noteworthy) {
        flagNoteworthy(id, !gesture.className.isEmpty());
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
            panel_->setAnswer(id, answerOf(queue_.verdict(plain(id))));
            return;
        }
        if (noComment) record(*noComment, [](bool) {});
        setVerdict(plain(id), verdict);
        if (PreparedItem* answered = preparer_->find(plain(id))) answered->item.comment = comment;
        ++labelsToday_;
        if (sinceLabel_.isValid()) pace_.add(double(sinceLabel_.elapsed()) / 1000);
        sinceLabel_.start();
        prepareRound();
        if (id == currentId())
            advance();
        else
            showStatus();
    });
}

void LabelPlace::takeRest(const QStringList& ids, const QString& className) {
    std::vector<active::LabelEvent> events;
    for (const QString& id : ids) {
        const int index = queue_.indexOf(plain(id));
        if (index < 0 || !onTheWay_.insert(plain(id)).second) continue;
        events.push_back(eventFor(index));
        events.back().view = "sheet";
        events.back().className = plain(className);
    }
    if (events.empty()) return;
    session_.labels().run(
        this,
        [&workbench = session_.workbench(), events](const std::stop_token&) {
            return workbench.labelling().labelAll(events);
        },
        [this, events](const core::Status& kept) {
            for (const auto& event : events) {
                onTheWay_.erase(event.spectrum);
                if (kept) setVerdict(event.spectrum, Verdict{event.kind, event.className});
            }
            if (!kept)
                return panel_->setError(tr("The labels were not kept, and nothing was changed. %1")
                                            .arg(errorSentence(kept.error())));
            labelsToday_ += events.size();
            Q_EMIT said(tr("%1 labelled %2; Z takes it back")
                            .arg(countText(events.size(), tr("spectrum"), tr("spectra")),
                                 text(events.front().className)));
            prepareRound();
            if (queue_.current() >= 0 && queue_.isDone(queue_.current()))
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
        if (kept && !queue_.verdict(plain(id))) panel_->setQueueLabel(id, tr("skipped"));
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

void LabelPlace::flagNoteworthy(const QString& id, bool noteworthy) {
    session_.labels().run(
        this,
        [&workbench = session_.workbench(), event = eventFor(queue_.current()), noteworthy](
            const std::stop_token&) { return setNoteworthy(workbench.labelling(), {event}, noteworthy); },
        [this, id, noteworthy](const core::Result<bool>& flagged) {
            if (!flagged) panel_->setError(errorSentence(flagged.error()));
            PreparedItem* prepared = preparer_->find(plain(id));
            if (flagged && prepared) prepared->item.noteworthy = noteworthy;
        });
}

void LabelPlace::undo() {
    session_.labels().run(
        this,
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.labelling().undo(); },
        [this](const core::Result<std::vector<active::LabelEvent>>& taken) { showTakenBack(taken); });
}

void LabelPlace::showTakenBack(const core::Result<std::vector<active::LabelEvent>>& taken) {
    if (!taken) {
        panel_->setError(errorSentence(taken.error()));
        return;
    }
    int there = -1;
    for (const auto& event : *taken) {
        if (labelsToday_ > 0 && event.kind != active::LabelKind::Skip &&
            event.kind != active::LabelKind::Comment)
            --labelsToday_;
        setVerdict(event.spectrum, std::nullopt);
        preparer_->forget(event.spectrum);
        if (there < 0) there = queue_.indexOf(event.spectrum);
    }
    if (there >= 0) go(there);
    Q_EMIT said(takenBackWords(*taken));
    // What stood before it stands again: the event that tells of the change has it read.
}

void LabelPlace::readLabelsAnew(const QStringList& ids) {
    behind_->labelsChanged();
    std::vector<std::string> wanted;
    if (ids.contains(QString())) {
        for (const auto& entry : queue_.entries())
            wanted.push_back(entry.id);
    } else {
        for (const QString& id : ids)
            if (queue_.has(plain(id))) wanted.push_back(plain(id));
    }
    if (wanted.empty()) return;
    session_.cursor().run(
        this,
        [&workbench = session_.workbench(), wanted](const std::stop_token& stop) {
            return std::pair(wanted, verdictsOf(workbench, wanted, stop));
        },
        [this](const std::pair<std::vector<std::string>, Verdicts>& read) {
            for (const auto& id : read.first) {
                const auto found = read.second.find(id);
                const auto verdict = found == read.second.end() ? std::nullopt : std::optional(found->second);
                if (!onTheWay_.contains(id) && queue_.verdict(id) != verdict) setVerdict(id, verdict);
            }
            showStatus();
        });
}

} // namespace balmer::desktop
