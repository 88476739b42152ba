#include "app/desktop/label/label_place.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "app/bridge/plotted.h"
#include "app/desktop/data/inspector.h"
#include "app/desktop/label/label_words.h"
#include "app/desktop/place/actions.h"
#include "widgets/common/progress_line.h"
#include "widgets/common/theme.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::desktop {

namespace {

const QString origin = QStringLiteral("label");
constexpr int gap = widgets::gridStep;
constexpr int preparedAhead = 8, preparedBehind = 2, thumbnailsAround = 40;
constexpr std::size_t mostPrepared = 64;
/// Above so many entries the labels are read with one question instead of one each.
constexpr std::size_t mostSingleRows = 1000;

} // namespace

LabelPlace::LabelPlace(bridge::Session& session, QWidget* parent)
    : Place(session, QStringLiteral("label"), parent), panel_(new widgets::LabellingPanel),
      rounds_(new QComboBox), precision_(new QLabel), running_(new QLabel),
      progress_(new widgets::ProgressLine) {
    build();
    wantedRound_ = kept(QStringLiteral("round")).toLongLong();
    wantedId_ = kept(QStringLiteral("spectrum"));
    panel_->setPredictionsHidden(kept(QStringLiteral("predictionsHidden")) == QLatin1String("yes"));
    session.lists().run(
        this,
        [&workbench = session.workbench()](const std::stop_token&) { return workbench.labelling().counts(); },
        [this](const core::Result<api::LabelCounts>& counts) {
            if (counts) labelsToday_ = counts->today;
            tellStatus();
        });

    auto& events = session.events();
    connect(&events, &bridge::EventRelay::roundsChanged, this, [this] {
        stale_ = true;
        if (isVisible()) enter();
    });
    connect(&events, &bridge::EventRelay::datasetsChanged, this, [this] {
        stale_ = true;
        if (isVisible()) enter();
    });
    connect(&events, &bridge::EventRelay::jobsChanged, this, &LabelPlace::takeUpJobs);
    tellStatus();
}

void LabelPlace::build() {
    panel_->setObjectName(QStringLiteral("labellingPanel"));
    connect(panel_, &widgets::LabellingPanel::labelGiven, this, &LabelPlace::take);
    connect(panel_, &widgets::LabellingPanel::undoRequested, this, &LabelPlace::undo);
    connect(panel_, &widgets::LabellingPanel::backRequested, this, [this] {
        if (current_ > 0) go(current_ - 1);
    });
    connect(panel_, &widgets::LabellingPanel::skipRequested, this, [this] {
        if (current_ < 0) return;
        active::LabelEvent event = eventFor(current_);
        event.kind = active::LabelKind::Skip;
        if (record(std::move(event))) advance();
    });
    connect(panel_, &widgets::LabellingPanel::itemRequested, this, [this](int index) { go(index); });
    connect(panel_, &widgets::LabellingPanel::nextRoundRequested, this, &LabelPlace::nextRound);
    connect(panel_, &widgets::LabellingPanel::commentEdited, this,
            [this](const QString& id, const QString& comment) {
                active::LabelEvent event = eventFor(current_);
                event.spectrum = plain(id);
                event.kind = active::LabelKind::Comment;
                event.comment = plain(comment);
                if (!record(std::move(event))) return;
                if (const auto found = prepared_.find(plain(id)); found != prepared_.end())
                    found->second.item.comment = comment;
            });
    connect(panel_, &widgets::LabellingPanel::emptyActionTriggered, this, [this] {
        if (round_)
            nextRound();
        else if (hasDatasets_)
            startLabelling();
        else
            Q_EMIT placeRequested(QStringLiteral("data"));
    });
    for (auto* plot : {panel_->windowPlot(), panel_->wholePlot()})
        connect(plot, &widgets::SpectrumPlot::readOut, this,
                [this](const QString& words) { Q_EMIT readOut(words); });

    panel_->windowPlot()->setLegendLimit(0);
    panel_->windowPlot()->setAxisLabels(bridge::wavelengthLabel(true), tr("flux [scaled]"));
    panel_->wholePlot()->setAxisLabels(bridge::wavelengthLabel(true), tr("flux [arb.]"));

    rounds_->setObjectName(QStringLiteral("roundChoice"));
    rounds_->setToolTip(tr("The rounds of this project, newest first"));
    rounds_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    rounds_->setMinimumWidth(200);
    rounds_->setFocusPolicy(Qt::TabFocus);
    connect(rounds_, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (!silent_ && index >= 0) loadRound(rounds_->itemData(index).toLongLong());
    });
    precision_->setObjectName(QStringLiteral("precisionText"));
    running_->setObjectName(QStringLiteral("roundRunningText"));

    const QString names[] = {tr("Asked by the oracle"), tr("Performance estimate"), tr("Candidates")};
    const QString tips[] = {tr("What the model is least sure of"),
                            tr("A random sample of what it predicts as a target"),
                            tr("What it predicts as a target, surest first")};
    const int keys[] = {Qt::Key_O, Qt::Key_E, Qt::Key_C};
    auto* row = new QHBoxLayout;
    row->setContentsMargins(gap, gap, gap, 0);
    row->setSpacing(gap);
    row->addWidget(rounds_);
    for (int i = 0; i < 3; ++i) {
        lists_.push_back(makeAction(this,
                                    QByteArray("list").append(listNames[i]).append("Action").constData(),
                                    names[i], QKeySequence(Qt::ALT | keys[i]), tips[i],
                                    [this, i] { goToList(QString::fromLatin1(listNames[i])); }));
        lists_.back()->setCheckable(true);
        listTitles_ << names[i];
        auto* button = buttonFor(lists_.back(), this, ButtonLook::Flat);
        button->setFocusPolicy(Qt::TabFocus);
        row->addWidget(button);
    }
    auto* start =
        makeAction(this, "startLabellingAction", tr("Start labelling…"), QKeySequence(Qt::CTRL | Qt::Key_L),
                   tr("A new sequence of rounds: dataset, classes, targets"), [this] { startLabelling(); });
    auto* next = makeAction(this, "computeNextRoundAction", tr("Compute the next round"), {},
                            tr("Train with the labels given so far and rank anew; Ctrl+Enter in the panel"),
                            [this] { nextRound(); });
    Q_UNUSED(next)
    makeAction(this, "computeNextRoundHereAction", tr("Compute the next round on this computer"), {},
               tr("The same, whatever worker was chosen for the round before"), [this] { nextRoundHere(); });
    row->addStretch();
    row->addWidget(running_);
    row->addWidget(precision_);
    auto* startButton = buttonFor(start, this, ButtonLook::Flat);
    startButton->setFocusPolicy(Qt::TabFocus);
    row->addWidget(startButton);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(row);
    column->addWidget(progress_);
    column->addWidget(panel_, 1);
}

void LabelPlace::enter() {
    if (std::exchange(stale_, false)) loadRounds();
    panel_->setFocus();
}

void LabelPlace::keep() {
    keepValue(QStringLiteral("round"), round_ ? QString::number(round_->info.job) : QString());
    keepValue(QStringLiteral("spectrum"), currentId());
    keepValue(QStringLiteral("predictionsHidden"),
              panel_->predictionsHidden() ? QStringLiteral("yes") : QString());
}

bool LabelPlace::settled() const {
    return Place::settled() && !stale_;
}

Sendable LabelPlace::sendable() const {
    Sendable what = Place::sendable();
    if (!currentId().isEmpty()) what.current = currentId();
    if (!round_) return what;
    for (std::size_t i = 0; i < std::size(listNames); ++i) {
        api::TableChoice table;
        table.name = plain(listTitles_[qsizetype(i)]);
        for (const auto& entry : round_->entries)
            if (entry.list == listNames[i]) table.ids.push_back(entry.id);
        if (table.ids.empty()) continue;
        what.lists.push_back(
            {tr("%1 (%2), as a table").arg(listTitles_[qsizetype(i)], countText(table.ids.size())),
             std::move(table)});
    }
    return what;
}

void LabelPlace::loadRounds() {
    struct Answer {
        core::Result<std::vector<api::RoundInfo>> rounds;
        bool datasets = false;
    };
    session_.lists().latest(
        this, "rounds",
        [&workbench = session_.workbench()](const std::stop_token&) {
            Answer answer{workbench.labelling().rounds(), false};
            if (const auto datasets = workbench.datasets().list()) answer.datasets = !datasets->empty();
            return answer;
        },
        [this](const Answer& answer) {
            if (answer.rounds)
                fillRounds(*answer.rounds, answer.datasets);
            else
                panel_->setError(errorSentence(answer.rounds.error()));
        });
}

void LabelPlace::fillRounds(const std::vector<api::RoundInfo>& rounds, bool datasets) {
    hasDatasets_ = datasets;
    if (rounds.empty()) {
        rounds_->setEnabled(false);
        panel_->clearCurrent(datasets ? tr("No round yet: the network ranks the spectra and asks for labels")
                                      : tr("Labelling needs a dataset: import and preprocess spectra first"),
                             datasets ? tr("Start labelling…") : tr("Go to Data"));
        tellStatus();
        return;
    }
    const qint64 newest = rounds.front().job;
    const bool grew = rounds_->count() > 0 && rounds_->itemData(0).toLongLong() != newest;
    const qint64 shown = round_ ? round_->info.job : wantedRound_;
    silent_ = true;
    rounds_->clear();
    int index = 0;
    for (const auto& one : rounds) {
        rounds_->addItem(tr("%1 · round %2").arg(text(one.dataset)).arg(one.number), qint64(one.job));
        rounds_->setItemData(
            rounds_->count() - 1,
            tr("Job %1, %2, model %3").arg(one.job).arg(bridge::timeText(one.created), text(one.model)),
            Qt::ToolTipRole);
        if (!grew && one.job == shown) index = rounds_->count() - 1;
    }
    rounds_->setEnabled(true);
    rounds_->setCurrentIndex(index);
    silent_ = false;
    const qint64 job = rounds_->itemData(index).toLongLong();
    if (!round_ || round_->info.job != job) loadRound(job);
}

void LabelPlace::loadRound(qint64 job) {
    struct Answer {
        core::Result<api::RoundContent> round;
        std::unordered_map<std::string, QString> labels;
        std::unordered_map<std::string, api::Prediction> predictions;
    };
    progress_->setFraction(-1);
    session_.lists().latest(
        this, "round",
        [&workbench = session_.workbench(), job](const std::stop_token& stop) {
            Answer answer{workbench.labelling().round(job), {}, {}};
            if (!answer.round) return answer;
            std::vector<std::string> ids;
            for (const auto& entry : answer.round->entries)
                ids.push_back(entry.id);
            // This opens the dataset too, so that its rows are quick from now on.
            if (auto predictions = workbench.models().predictions(answer.round->info.dataset, ids))
                for (std::size_t i = 0; i < ids.size(); ++i)
                    answer.predictions.insert_or_assign(ids[i], std::move((*predictions)[i]));
            const auto keep = [&](const api::SpectrumRow& row) {
                if (QString verdict = verdictOf(row); !verdict.isEmpty())
                    answer.labels[row.id] = std::move(verdict);
            };
            if (answer.round->entries.size() > mostSingleRows) {
                if (const auto rows = workbench.spectra().list({}))
                    std::for_each(rows->begin(), rows->end(), keep);
            } else {
                for (const auto& entry : answer.round->entries) {
                    if (stop.stop_requested()) break;
                    if (const auto row = workbench.spectra().row(entry.id)) keep(*row);
                }
            }
            return answer;
        },
        [this](Answer answer) {
            progress_->finish();
            if (answer.round) {
                predictions_ = std::move(answer.predictions);
                showRound(std::move(*answer.round), std::move(answer.labels));
            } else
                panel_->setError(errorSentence(answer.round.error()));
        });
}

void LabelPlace::showRound(api::RoundContent content, std::unordered_map<std::string, QString> labels) {
    const bool first = !round_.has_value();
    std::stable_sort(content.entries.begin(), content.entries.end(),
                     [](const auto& a, const auto& b) { return queueList(a.list) < queueList(b.list); });
    round_ = std::move(content);
    labels_ = std::move(labels);
    prepared_.clear();
    counts_ = {};
    standsOn_.clear();
    std::vector<widgets::QueueEntry> queue;
    queue.reserve(round_->entries.size());
    for (const auto& entry : round_->entries) {
        const auto label = labels_.find(entry.id);
        const auto list = std::size_t(queueList(entry.list));
        ++standsOn_[entry.id][list];
        ++counts_[list].total;
        if (label != labels_.end()) ++counts_[list].done;
        queue.push_back(
            {text(entry.id), queueList(entry.list), label == labels_.end() ? QString() : label->second, {}});
    }
    panel_->setQueue(std::move(queue));
    const auto& info = round_->info;
    precision_->setText(info.precision
                            ? tr("precision %1, at least %2")
                                  .arg(bridge::numberText(info.precision, 2),
                                       info.precisionLower95 ? bridge::numberText(info.precisionLower95, 2)
                                                             : QStringLiteral("–"))
                            : QString());
    precision_->setToolTip(
        tr("At least so much with 95 % confidence; estimated from %1 of the performance-estimate lists")
            .arg(countText(info.judged, tr("label"), tr("labels"))));

    current_ = -1;
    int index = -1;
    if (first && !wantedId_.isEmpty())
        for (std::size_t i = 0; i < round_->entries.size(); ++i)
            if (text(round_->entries[i].id) == wantedId_) {
                index = int(i);
                break;
            }
    if (index < 0) index = nextUnlabelled(0);
    if (index < 0 && !round_->entries.empty()) index = 0;
    sinceLabel_.invalidate();
    go(index, first);
}

widgets::LabelItem LabelPlace::itemOf(int index, const api::WindowRow& row) const {
    const auto& entry = round_->entries[std::size_t(index)];
    widgets::LabelItem item;
    item.id = text(entry.id);
    item.list = queueList(entry.list);
    item.window = bridge::plotted(row);
    for (const auto& name : round_->info.classes)
        item.classNames << text(name);
    item.predicted = text(entry.predicted);
    item.entropy = entry.entropy;
    item.reason = text(entry.reason);
    const auto known = predictions_.find(entry.id);
    if (known == predictions_.end() || known->second.probabilities.empty()) return item;
    const auto& prediction = known->second;
    for (const auto& name : round_->info.classes) {
        const auto found = std::find(prediction.classes.begin(), prediction.classes.end(), name);
        item.probabilities.push_back(
            found == prediction.classes.end()
                ? 0.0
                : prediction.probabilities[std::size_t(found - prediction.classes.begin())]);
    }
    return item;
}

void LabelPlace::go(int index, bool rescale) {
    if (!round_ || index < 0 || std::size_t(index) >= round_->entries.size()) {
        current_ = -1;
        if (round_)
            panel_->clearCurrent(
                tr("Every spectrum of this round is labelled: train with the labels and rank anew"),
                tr("Next round"));
        tellStatus();
        return;
    }
    current_ = index;
    const std::string& id = round_->entries[std::size_t(index)].id;
    auto found = prepared_.find(id);
    if (found == prepared_.end()) {
        const auto row = session_.workbench().datasets().row(round_->info.dataset, id);
        if (!row) {
            panel_->setError(errorSentence(row.error()));
            return;
        }
        found = prepared_.emplace(id, Prepared{itemOf(index, *row), false, {}}).first;
    }
    auto& item = found->second.item;
    const auto label = labels_.find(id);
    item.currentLabel = label == labels_.end() ? QString() : label->second;
    // It may have been prepared for another list on which it stands too.
    const auto& entry = round_->entries[std::size_t(index)];
    item.list = queueList(entry.list);
    item.predicted = text(entry.predicted);
    item.entropy = entry.entropy;
    item.reason = text(entry.reason);
    tellProblem(found->second.problem);
    panel_->setCurrent(item, rescale);
    tellStatus();
    // What is not needed for this frame waits until it is drawn.
    QMetaObject::invokeMethod(
        this,
        [this, shown = text(id)] {
            if (currentId() != shown) return;
            session_.selection().select({shown}, origin);
            prepareAround(current_);
        },
        Qt::QueuedConnection);
}

void LabelPlace::tellProblem(const QString& problem) {
    panel_->wholePlot()->setEmptyText(problem.isEmpty() ? tr("The whole spectrum is being read") : problem);
}

void LabelPlace::prepareAround(int index) {
    struct Wanted {
        int index;
        std::string id;
        bool whole;
    };
    std::vector<Wanted> wanted;
    const int count = int(round_->entries.size());
    const auto want = [&](int at) {
        if (at >= 0 && at < count) wanted.push_back({at, round_->entries[std::size_t(at)].id, at == index});
    };
    want(index);
    for (int k = 1; k <= preparedAhead; ++k)
        want(index + k);
    if (const int next = nextUnlabelled(index + 1); next > index + preparedAhead) want(next);
    for (int k = 1; k <= preparedBehind; ++k)
        want(index - k);
    std::erase_if(wanted, [this](const Wanted& one) {
        const auto found = prepared_.find(one.id);
        return found != prepared_.end() && found->second.whole;
    });
    std::vector<std::string> thumbnails;
    for (int at = std::max(0, index - thumbnailsAround); at < std::min(count, index + thumbnailsAround); ++at)
        thumbnails.push_back(round_->entries[std::size_t(at)].id);

    struct Ready {
        int index = 0;
        std::string id;
        core::Result<api::WindowRow> row;
        std::optional<api::SpectrumRow> catalogue;
        std::optional<widgets::PlottedSpectrum> whole;
        QString problem;
    };
    struct Answer {
        std::vector<Ready> ready;
        std::vector<std::pair<QString, std::vector<float>>> thumbnails;
    };
    session_.cursor().latest(
        this, "prepare",
        [&workbench = session_.workbench(), wanted, thumbnails,
         dataset = round_->info.dataset](const std::stop_token& stop) {
            Answer answer;
            for (const Wanted& one : wanted) {
                if (stop.stop_requested()) return answer;
                Ready ready{one.index, one.id, workbench.datasets().row(dataset, one.id), {}, {}, {}};
                if (auto row = workbench.spectra().row(one.id)) ready.catalogue = std::move(*row);
                if (const auto whole = workbench.spectra().load(one.id))
                    ready.whole = bridge::plotted(*whole, text(one.id));
                else
                    ready.problem = errorSentence(whole.error());
                answer.ready.push_back(std::move(ready));
            }
            for (const auto& id : thumbnails) {
                if (stop.stop_requested()) return answer;
                if (const auto row = workbench.datasets().row(dataset, id))
                    answer.thumbnails.emplace_back(text(id), bridge::thumbnail(row->flux));
            }
            return answer;
        },
        [this, job = round_->info.job](Answer answer) {
            if (!round_ || round_->info.job != job) return;
            if (prepared_.size() > mostPrepared)
                std::erase_if(prepared_, [this](const auto& one) { return text(one.first) != currentId(); });
            for (auto& ready : answer.ready) {
                if (!ready.row) continue;
                Prepared prepared{itemOf(ready.index, *ready.row), true, ready.problem};
                if (ready.catalogue) {
                    prepared.item.metadata = metadataOf(*ready.catalogue);
                    std::erase_if(prepared.item.metadata, [](const auto& fact) {
                        return fact.first == QLatin1String("label") || fact.first == QLatin1String("flags") ||
                               fact.first == QLatin1String("comment") ||
                               fact.first == QLatin1String("predicted") ||
                               fact.first == QLatin1String("entropy");
                    });
                    prepared.item.comment = text(ready.catalogue->comment);
                    prepared.item.noteworthy = isNoteworthy(*ready.catalogue);
                }
                prepared.item.whole = std::move(ready.whole);
                const QString id = prepared.item.id;
                prepared_.insert_or_assign(ready.id, std::move(prepared));
                if (id == currentId() && ready.index == current_) {
                    auto& item = prepared_.at(ready.id).item;
                    const auto label = labels_.find(ready.id);
                    item.currentLabel = label == labels_.end() ? QString() : label->second;
                    tellProblem(ready.problem);
                    // A comment that is being written must not be replaced.
                    const auto* field = qobject_cast<const QPlainTextEdit*>(panel_->focusWidget());
                    const bool writing = field && field->hasFocus();
                    if (!writing)
                        panel_->setCurrent(item);
                    else if (item.whole)
                        panel_->setWholeSpectrum(id, *item.whole);
                }
            }
            for (auto& [id, fluxes] : answer.thumbnails)
                panel_->setThumbnail(id, std::move(fluxes));
        });
}

bool LabelPlace::isDone(int index) const {
    return labels_.contains(round_->entries[std::size_t(index)].id);
}

void LabelPlace::setVerdict(const std::string& id, const QString& verdict) {
    const bool before = labels_.contains(id), after = !verdict.isEmpty();
    if (after)
        labels_[id] = verdict;
    else
        labels_.erase(id);
    panel_->setQueueLabel(text(id), verdict);
    const auto lists = standsOn_.find(id);
    if (before == after || lists == standsOn_.end()) return;
    for (std::size_t list = 0; list < counts_.size(); ++list)
        counts_[list].done += (after ? 1 : -1) * lists->second[list];
}

int LabelPlace::nextUnlabelled(int from) const {
    if (!round_) return -1;
    for (int i = std::max(0, from); i < int(round_->entries.size()); ++i)
        if (!isDone(i)) return i;
    return -1;
}

void LabelPlace::advance() {
    int next = nextUnlabelled(current_ + 1);
    if (next < 0) next = nextUnlabelled(0);
    go(next == current_ ? -1 : next);
}

void LabelPlace::goToList(const QString& list) {
    if (!round_) return;
    int first = -1;
    for (int i = 0; i < int(round_->entries.size()); ++i) {
        if (text(round_->entries[std::size_t(i)].list) != list) continue;
        if (first < 0) first = i;
        if (!isDone(i)) {
            go(i);
            return;
        }
    }
    if (first >= 0)
        go(first);
    else
        Q_EMIT said(tr("This list is empty in this round"));
    tellStatus(); // which also sets the buttons' marks right
}

} // namespace balmer::desktop
