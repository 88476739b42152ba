// What the observer answers in the Label place, and the rounds that are computed from it; what is shown is in
// label_place.cpp.
#include "app/desktop/label/label_place.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QComboBox>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>

#include "app/desktop/jobs/submit_job.h"
#include "app/desktop/jobs/where_choice.h"
#include "app/desktop/label/label_words.h"
#include "app/desktop/label/start_form.h"
#include "engine/api/job_kinds.h"
#include "widgets/common/progress_line.h"

namespace balmer::desktop {

namespace {

/// A pause longer than this is not part of the time that a label takes, in seconds.
constexpr double longestPause = 120;

} // namespace

active::LabelEvent LabelPlace::eventFor(int index) const {
    active::LabelEvent event;
    event.view = "panel";
    if (!round_ || index < 0) return event;
    const auto& entry = round_->entries[std::size_t(index)];
    event.spectrum = entry.id;
    event.round = round_->info.number;
    event.list = roundList(entry.list);
    if (!panel_->predictionsHidden()) event.model = round_->info.model;
    return event;
}

bool LabelPlace::record(active::LabelEvent event) {
    const auto kept = session_.workbench().labelling().label(std::move(event));
    if (!kept)
        panel_->setError(
            tr("The label was not kept, and nothing was changed. %1").arg(errorSentence(kept.error())));
    return kept.has_value();
}

void LabelPlace::take(const QString& id, const widgets::LabelGesture& gesture) {
    if (!round_ || current_ < 0 || id != currentId()) return;
    if (gesture.kind == widgets::LabelKind::Noteworthy) {
        setNoteworthy(id, !gesture.className.isEmpty());
        return;
    }
    const auto found = prepared_.find(plain(id));
    const QString before = found == prepared_.end() ? QString() : found->second.item.comment;
    active::LabelEvent event = eventFor(current_);
    event.kind = kindOf(gesture.kind);
    if (gesture.kind == widgets::LabelKind::Class) event.className = plain(gesture.className);
    if (gesture.comment != before) event.comment = plain(gesture.comment);
    if (!record(std::move(event))) {
        // The panel has marked the queue already.
        const auto standing = labels_.find(plain(id));
        panel_->setQueueLabel(id, standing == labels_.end() ? QString() : standing->second);
        return;
    }
    if (gesture.comment.isEmpty() && !before.isEmpty()) {
        active::LabelEvent empty = eventFor(current_);
        empty.kind = active::LabelKind::Comment;
        record(std::move(empty));
    }

    const QString verdict =
        gesture.kind == widgets::LabelKind::Class ? gesture.className : widgets::displayName(gesture.kind);
    setVerdict(plain(id), verdict);
    if (found != prepared_.end()) found->second.item.comment = gesture.comment;
    ++labelsToday_;
    if (sinceLabel_.isValid()) {
        if (const double seconds = double(sinceLabel_.elapsed()) / 1000; seconds < longestPause)
            secondsEach_.push_back(seconds);
        if (secondsEach_.size() > 25) secondsEach_.pop_front();
    }
    sinceLabel_.start();
    advance();
}

void LabelPlace::setNoteworthy(const QString& id, bool noteworthy) {
    active::LabelEvent event = eventFor(current_);
    event.kind = active::LabelKind::Noteworthy;
    const auto mark = [this, id](bool value) {
        if (const auto found = prepared_.find(plain(id)); found != prepared_.end())
            found->second.item.noteworthy = value;
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
    const QString id = text(taken->spectrum);
    setVerdict(taken->spectrum, {});
    prepared_.erase(taken->spectrum);
    if (round_)
        for (std::size_t i = 0; i < round_->entries.size(); ++i)
            if (round_->entries[i].id == taken->spectrum) {
                go(int(i));
                break;
            }
    Q_EMIT said(tr("Taken back: %1 of %2")
                    .arg(taken->kind == active::LabelKind::Class
                             ? text(taken->className)
                             : QString(text(std::string(active::toString(taken->kind)))).replace('-', ' '),
                         id));
    readLabelAnew(id);
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
            tellStatus();
        });
}

void LabelPlace::tellStatus() {
    widgets::RoundStatus status;
    status.labelsToday = int(labelsToday_);
    if (!secondsEach_.empty()) {
        std::vector<double> sorted(secondsEach_.begin(), secondsEach_.end());
        std::nth_element(sorted.begin(), sorted.begin() + std::ptrdiff_t(sorted.size() / 2), sorted.end());
        status.secondsPerLabel = sorted[sorted.size() / 2];
    }
    if (round_) {
        status.round = round_->info.number;
        status.list = current_ >= 0 ? queueList(round_->entries[std::size_t(current_)].list)
                                    : widgets::QueueList::Oracle;
        const ListCount& count = counts_[std::size_t(status.list)];
        status.total = count.total;
        status.done = count.done;
        const bool any =
            std::any_of(counts_.begin(), counts_.end(), [](const ListCount& one) { return one.done > 0; });
        status.nextRoundPossible = any && roundJob_ == 0;
        status.nextRoundHint = roundJob_ != 0 ? tr("The next round is being computed")
                               : any ? tr("Train with the labels given so far and rank the dataset anew")
                                     : tr("Label at least one spectrum of this round first");
    } else {
        status.nextRoundHint = tr("There is no round yet");
    }
    for (std::size_t list = 0; list < lists_.size(); ++list) {
        lists_[list]->setVisible(round_.has_value());
        lists_[list]->setChecked(current_ >= 0 && std::size_t(status.list) == list);
        lists_[list]->setText(QStringLiteral("%1  %2/%3")
                                  .arg(listTitles_[list])
                                  .arg(counts_[list].done)
                                  .arg(counts_[list].total));
    }
    rounds_->setVisible(round_.has_value());
    panel_->setRoundStatus(status);
}

void LabelPlace::nextRound() {
    computeNextRound(false);
}

void LabelPlace::nextRoundHere() {
    computeNextRound(true);
}

void LabelPlace::computeNextRound(bool here) {
    if (!round_ || roundJob_ != 0) {
        Q_EMIT said(roundJob_ != 0 ? tr("The next round is being computed")
                                   : tr("There is no round yet: start labelling first"));
        return;
    }
    const api::RoundInfo info = round_->info;
    std::size_t batch = 0;
    for (const auto& entry : round_->entries)
        if (entry.list == listNames[0]) ++batch;
    session_.lists().run(
        this,
        [&workbench = session_.workbench(), job = info.job](const std::stop_token&) {
            return workbench.jobs().get(job);
        },
        [this, info, batch, here](const core::Result<jobs::Job>& job) {
            QJsonObject parameters;
            if (job)
                parameters =
                    QJsonDocument::fromJson(QByteArray::fromStdString(job->spec.parameters)).object();
            const auto names = [](const std::vector<std::string>& all) {
                QJsonArray array;
                for (const auto& one : all)
                    array << text(one);
                return array;
            };
            parameters[QStringLiteral("dataset")] = text(info.dataset);
            parameters[QStringLiteral("classes")] = names(info.classes);
            parameters[QStringLiteral("targets")] = names(info.targets);
            if (!parameters.contains(QStringLiteral("batch")))
                parameters[QStringLiteral("batch")] = qint64(std::max<std::size_t>(1, batch));
            jobs::JobSpec spec;
            spec.kind = "round";
            spec.label = plain(tr("round %1 of %2").arg(info.number + 1).arg(text(info.dataset)));
            spec.parameters = QJsonDocument(parameters).toJson(QJsonDocument::Compact).toStdString();
            const std::string where = here ? "here" : WhereChoice::lastChoice(session_, "round");
            roundJob_ = -1;
            running_->setText(tr("next round: looking for a worker"));
            submitJob(session_, this, std::move(spec), where,
                      [this, where](const core::Result<jobs::JobId>& submitted) {
                          roundJob_ = submitted ? *submitted : 0;
                          running_->setText(submitted ? tr("next round: waiting") : QString());
                          tellStatus();
                          if (submitted) return;
                          QString sentence = errorSentence(submitted.error());
                          if (where != "here")
                              sentence +=
                                  tr(" “Compute the next round on this computer” (Ctrl+K) does without "
                                     "a worker.");
                          panel_->setError(sentence);
                      });
        });
}

void LabelPlace::takeUpJobs(const std::vector<jobs::Job>& jobs) {
    for (const auto& job : jobs) {
        if (!api::jobMakes(job, jobs::Change::Rounds)) continue;
        if (!jobs::isFinal(job.phase)) {
            roundJob_ = job.id;
            running_->setText(
                tr("next round: %1 %2 %").arg(text(job.stage)).arg(int(std::lround(job.progress * 100))));
            progress_->setFraction(job.progress);
            tellStatus();
        } else if (job.id == roundJob_) {
            roundJob_ = 0;
            running_->clear();
            progress_->finish();
            if (job.error)
                panel_->setError(tr("The next round was not made. %1").arg(errorSentence(*job.error)));
            tellStatus();
            if (job.phase == jobs::Phase::Completed) {
                stale_ = true;
                if (isVisible()) enter();
            }
        }
    }
}

void LabelPlace::startLabelling() {
    session_.lists().run(
        this,
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.datasets().list(); },
        [this](const core::Result<std::vector<api::DatasetInfo>>& datasets) {
            if (!datasets) {
                panel_->setError(errorSentence(datasets.error()));
                return;
            }
            if (datasets->empty()) {
                Q_EMIT said(tr("Labelling needs a dataset: import and preprocess spectra first"));
                return;
            }
            auto* form = showStartForm(session_, *datasets, this);
            connect(form, &JobForm::submitted, this, [this](qint64 job) {
                roundJob_ = job;
                running_->setText(tr("first round: waiting"));
                tellStatus();
            });
        });
}

} // namespace balmer::desktop
