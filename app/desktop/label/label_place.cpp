#include "app/desktop/label/label_place.h"

#include <algorithm>
#include <utility>

#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include "app/bridge/plotted.h"
#include "app/desktop/label/label_preparer.h"
#include "app/desktop/label/label_words.h"
#include "app/desktop/label/round_runner.h"
#include "app/desktop/place/actions.h"
#include "widgets/common/progress_line.h"
#include "widgets/common/theme.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::desktop {

namespace {

const QString origin = QStringLiteral("label");
constexpr int preparedAhead = 8, preparedBehind = 2, thumbnailsAround = 40;
/// Above so many entries the labels are read with one question instead of one each.
constexpr std::size_t mostSingleRows = 1000;

} // namespace

LabelPlace::LabelPlace(bridge::Session& session, QWidget* parent)
    : Place(session, QStringLiteral("label"), parent), panel_(new widgets::LabellingPanel),
      rounds_(new QComboBox), precision_(new QLabel), running_(new QLabel),
      progress_(new widgets::ProgressLine), preparer_(new LabelPreparer(session, this)),
      runner_(new RoundRunner(session, this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildPanel();
    buildBar();
    column->addWidget(progress_);
    column->addWidget(panel_, 1);
    connectRunner();
    wantedRound_ = kept(QStringLiteral("round")).toLongLong();
    wantedId_ = kept(QStringLiteral("spectrum"));
    panel_->setPredictionsHidden(!kept(QStringLiteral("predictionsHidden")).isEmpty());
    session.lists().run(
        this,
        [&workbench = session.workbench()](const std::stop_token&) { return workbench.labelling().counts(); },
        [this](const core::Result<api::LabelCounts>& counts) {
            if (counts) labelsToday_ = counts->today;
            showStatus();
        });

    const auto stale = [this] {
        stale_ = true;
        if (isVisible()) enter();
    };
    connect(&session.events(), &bridge::EventRelay::roundsChanged, this, stale);
    connect(&session.events(), &bridge::EventRelay::datasetsChanged, this, stale);
    connect(runner_, &RoundRunner::completed, this, stale);
    connect(preparer_, &LabelPreparer::ready, this, &LabelPlace::showPrepared);
    connect(preparer_, &LabelPreparer::thumbnailReady, panel_, &widgets::LabellingPanel::setThumbnail);
    showStatus();
}

void LabelPlace::buildPanel() {
    panel_->setObjectName(QStringLiteral("labellingPanel"));
    connect(panel_, &widgets::LabellingPanel::labelGiven, this, &LabelPlace::take);
    connect(panel_, &widgets::LabellingPanel::undoRequested, this, &LabelPlace::undo);
    connect(panel_, &widgets::LabellingPanel::backRequested, this, [this] {
        if (queue_.current() > 0) go(queue_.current() - 1);
    });
    connect(panel_, &widgets::LabellingPanel::skipRequested, this, &LabelPlace::skip);
    connect(panel_, &widgets::LabellingPanel::itemRequested, this, [this](int index) { go(index); });
    connect(panel_, &widgets::LabellingPanel::nextRoundRequested, this, &LabelPlace::nextRound);
    connect(panel_, &widgets::LabellingPanel::commentEdited, this, &LabelPlace::takeComment);
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
}

void LabelPlace::buildBar() {
    rounds_->setObjectName(QStringLiteral("roundChoice"));
    rounds_->setToolTip(tr("The rounds of this project, newest first"));
    rounds_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    rounds_->setMinimumWidth(200);
    rounds_->setFocusPolicy(Qt::TabFocus);
    connect(rounds_, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (index >= 0) loadRound(rounds_->itemData(index).toLongLong());
    });
    precision_->setObjectName(QStringLiteral("precisionText"));
    running_->setObjectName(QStringLiteral("roundRunningText"));

    const QString tips[] = {tr("What the model is least sure of"),
                            tr("A random sample of what it predicts as a target"),
                            tr("What it predicts as a target, surest first")};
    const int keys[] = {Qt::Key_O, Qt::Key_E, Qt::Key_C};
    auto* row = new QHBoxLayout;
    row->setContentsMargins(widgets::gridStep, widgets::gridStep, widgets::gridStep, 0);
    row->setSpacing(widgets::gridStep);
    row->addWidget(rounds_);
    for (const auto list : active::roundLists) {
        const auto i = std::size_t(list);
        const std::string name = "list_" + std::string(active::toString(list)) + "_Action";
        lists_.push_back(makeAction(this, name.c_str(), bridge::listTitle(list),
                                    QKeySequence(Qt::ALT | keys[i]), tips[i],
                                    [this, list] { goToList(list); }));
        lists_.back()->setCheckable(true);
        auto* button = buttonFor(lists_.back(), this, ButtonLook::Flat);
        button->setFocusPolicy(Qt::TabFocus);
        row->addWidget(button);
    }
    auto* start =
        makeAction(this, "startLabellingAction", tr("Start labelling…"), QKeySequence(Qt::CTRL | Qt::Key_L),
                   tr("A new sequence of rounds: dataset, classes, targets"), [this] { startLabelling(); });
    makeAction(this, "computeNextRoundAction", tr("Compute the next round"), {},
               tr("Train with the labels given so far and rank anew; Ctrl+Enter in the panel"),
               [this] { nextRound(); });
    makeAction(this, "computeNextRoundHereAction", tr("Compute the next round on this computer"), {},
               tr("The same, whatever worker was chosen for the round before"), [this] { nextRoundHere(); });
    row->addStretch();
    row->addWidget(running_);
    row->addWidget(precision_);
    auto* startButton = buttonFor(start, this, ButtonLook::Flat);
    startButton->setFocusPolicy(Qt::TabFocus);
    row->addWidget(startButton);
    static_cast<QVBoxLayout*>(layout())->addLayout(row);
}

void LabelPlace::connectRunner() {
    connect(runner_, &RoundRunner::changed, this, [this] {
        running_->setText(runner_->words());
        if (runner_->progress() > 0)
            progress_->setFraction(runner_->progress());
        else if (!runner_->running())
            progress_->finish();
        showStatus();
    });
    connect(runner_, &RoundRunner::failed, panel_, &widgets::LabellingPanel::setError);
    connect(runner_, &RoundRunner::said, this, &Place::said);
}

void LabelPlace::enter() {
    if (std::exchange(stale_, false)) loadRounds();
    panel_->setFocus();
}

void LabelPlace::keep() {
    keepValue(QStringLiteral("round"), round_ ? QString::number(round_->job) : QString());
    keepValue(QStringLiteral("spectrum"), currentId());
    keepValue(QStringLiteral("predictionsHidden"),
              panel_->predictionsHidden() ? QStringLiteral("yes") : QString());
}

bool LabelPlace::settled() const {
    return Place::settled() && !stale_;
}

std::size_t LabelPlace::prepared() const {
    return preparer_->size();
}

Sendable LabelPlace::sendable() const {
    Sendable what = Place::sendable();
    if (!currentId().isEmpty()) what.current = currentId();
    for (const auto list : active::roundLists) {
        api::TableChoice table;
        table.name = plain(bridge::listTitle(list));
        for (const auto& entry : queue_.entries())
            if (entry.list == list) table.ids.push_back(entry.id);
        if (table.ids.empty()) continue;
        what.lists.push_back(
            {tr("%1 (%2), as a table").arg(bridge::listTitle(list), countText(table.ids.size())),
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
                showRounds(*answer.rounds, answer.datasets);
            else
                panel_->setError(errorSentence(answer.rounds.error()));
        });
}

void LabelPlace::showRounds(const std::vector<api::RoundInfo>& rounds, bool datasets) {
    hasDatasets_ = datasets;
    if (rounds.empty()) {
        rounds_->setEnabled(false);
        panel_->clearCurrent(datasets ? tr("No round yet: the network ranks the spectra and asks for labels")
                                      : tr("Labelling needs a dataset: import and preprocess spectra first"),
                             datasets ? tr("Start labelling…") : tr("Go to Data"));
        showStatus();
        return;
    }
    const QSignalBlocker quiet(rounds_);
    const bool grew = rounds_->count() > 0 && rounds_->itemData(0).toLongLong() != rounds.front().job;
    const bool labelling = round_ && queue_.current() >= 0;
    if (grew && labelling && rounds.front().job != round_->job) {
        offered_ = rounds.front();
        Q_EMIT said(tr("Round %1 is ready: Ctrl+Enter shows it").arg(offered_->number));
    }
    const qint64 shown = round_ ? round_->job : wantedRound_;
    rounds_->clear();
    int index = 0;
    for (const auto& one : rounds) {
        rounds_->addItem(tr("%1 · round %2").arg(text(one.dataset)).arg(one.number), qint64(one.job));
        rounds_->setItemData(
            rounds_->count() - 1,
            tr("Job %1, %2, model %3").arg(one.job).arg(bridge::timeText(one.created), text(one.model)),
            Qt::ToolTipRole);
        if ((!grew || labelling) && one.job == shown) index = rounds_->count() - 1;
    }
    rounds_->setEnabled(true);
    rounds_->setCurrentIndex(index);
    const qint64 job = rounds_->itemData(index).toLongLong();
    if (!round_ || round_->job != job) loadRound(job);
    showStatus();
}

void LabelPlace::loadRound(qint64 job) {
    struct Answer {
        core::Result<api::RoundContent> round;
        Verdicts verdicts;
        Predictions predictions;
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
            if (auto predictions =
                    workbench.models().predictions(answer.round->info.dataset, ids, answer.round->info.job))
                for (std::size_t i = 0; i < ids.size(); ++i)
                    answer.predictions.insert_or_assign(ids[i], std::move((*predictions)[i]));
            const auto keep = [&](const api::SpectrumRow& row) {
                if (const auto verdict = verdictOf(row)) answer.verdicts[row.id] = *verdict;
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
            if (answer.round)
                showRound(std::move(*answer.round), std::move(answer.verdicts),
                          std::move(answer.predictions));
            else
                panel_->setError(errorSentence(answer.round.error()));
        });
}

void LabelPlace::showRound(api::RoundContent content, Verdicts verdicts, Predictions predictions) {
    const bool first = !round_.has_value();
    round_ = std::move(content.info);
    if (offered_ && offered_->job == round_->job) offered_.reset();
    queue_ = LabelQueue(std::move(content.entries), std::move(verdicts));
    preparer_->setRound(*round_, std::move(predictions));
    std::vector<widgets::QueueEntry> strip;
    strip.reserve(queue_.entries().size());
    for (const auto& entry : queue_.entries())
        strip.push_back({text(entry.id), entry.list, verdictWords(queue_.verdict(entry.id)), {}});
    panel_->setQueue(std::move(strip));
    precision_->setText(round_->precision ? tr("precision %1, at least %2")
                                                .arg(bridge::numberText(round_->precision, 2),
                                                     round_->precisionLower95
                                                         ? bridge::numberText(round_->precisionLower95, 2)
                                                         : QStringLiteral("–"))
                                          : QString());
    precision_->setToolTip(
        tr("At least so much with 95 % confidence; estimated from %1 of the performance-estimate lists")
            .arg(countText(round_->judged, tr("label"), tr("labels"))));
    sinceLabel_.invalidate();
    go(queue_.start(first ? plain(wantedId_) : std::string()), first);
}

void LabelPlace::go(int index, bool rescale) {
    queue_.setCurrent(index);
    if (queue_.current() < 0) {
        if (round_)
            panel_->clearCurrent(
                tr("Every spectrum of this round is labelled: train with the labels and rank anew"),
                tr("Next round"));
        showStatus();
        return;
    }
    const auto& entry = queue_.at(index);
    const auto prepared = preparer_->itemFor(entry);
    if (!prepared) {
        panel_->setError(errorSentence(prepared.error()));
        return;
    }
    auto& item = (*prepared)->item;
    item.currentLabel = verdictWords(queue_.verdict(entry.id));
    showProblem((*prepared)->problem);
    panel_->setCurrent(item, rescale);
    showStatus();
    // What is not needed for this frame waits until it is drawn.
    QMetaObject::invokeMethod(
        this,
        [this, shown = item.id] {
            if (currentId() != shown) return;
            session_.selection().select({shown}, origin);
            prepareAround(queue_.current());
        },
        Qt::QueuedConnection);
}

void LabelPlace::showProblem(const QString& problem) {
    panel_->wholePlot()->setEmptyText(problem.isEmpty() ? tr("The whole spectrum is being read") : problem);
}

void LabelPlace::prepareAround(int index) {
    std::vector<api::RoundEntry> wanted;
    for (const int at : queue_.around(index, preparedAhead, preparedBehind))
        wanted.push_back(queue_.at(at));
    std::vector<std::string> thumbnails;
    for (int at = index - thumbnailsAround; at < index + thumbnailsAround; ++at)
        if (queue_.contains(at)) thumbnails.push_back(queue_.at(at).id);
    preparer_->prepare(std::move(wanted), std::move(thumbnails), plain(currentId()));
}

void LabelPlace::showPrepared(const QString& id) {
    PreparedItem* prepared = preparer_->find(plain(id));
    if (id != currentId() || queue_.current() < 0 || !prepared) return;
    auto& item = prepared->item;
    item.currentLabel = verdictWords(queue_.verdict(plain(id)));
    item.list = queue_.at(queue_.current()).list;
    showProblem(prepared->problem);
    // A comment that is being written must not be replaced.
    const auto* field = qobject_cast<const QPlainTextEdit*>(panel_->focusWidget());
    if (!field || !field->hasFocus())
        panel_->setCurrent(item);
    else if (item.whole)
        panel_->setWholeSpectrum(id, *item.whole);
}

void LabelPlace::advance() {
    go(queue_.afterCurrent());
}

void LabelPlace::goToList(active::RoundList list) {
    if (!round_) return;
    if (const int index = queue_.firstOf(list); index >= 0)
        go(index);
    else
        Q_EMIT said(tr("This list is empty in this round"));
    showStatus(); // which also sets the buttons' marks right
}

void LabelPlace::showStatus() {
    widgets::RoundStatus status;
    status.labelsToday = int(labelsToday_);
    status.secondsPerLabel = pace_.seconds();
    const int current = queue_.current();
    if (round_) {
        status.round = round_->number;
        if (current >= 0) status.list = queue_.at(current).list;
        status.total = queue_.count(status.list).total;
        status.done = queue_.count(status.list).done;
        const bool any = queue_.anyDone();
        status.nextRoundPossible = any && !runner_->running();
        status.nextRoundHint = runner_->running() ? tr("The next round is being computed")
                               : any ? tr("Train with the labels given so far and rank the dataset anew")
                                     : tr("Label at least one spectrum of this round first");
        if (offered_) {
            status.readyRound = offered_->number;
            status.nextRoundPossible = true;
            status.nextRoundHint = tr("It was computed while you labelled: show it");
        }
    } else {
        status.nextRoundHint = tr("There is no round yet");
    }
    for (const auto list : active::roundLists) {
        QAction* action = lists_[std::size_t(list)];
        action->setVisible(round_.has_value());
        action->setChecked(current >= 0 && status.list == list);
        action->setText(QStringLiteral("%1  %2/%3")
                            .arg(bridge::listTitle(list))
                            .arg(queue_.count(list).done)
                            .arg(queue_.count(list).total));
    }
    rounds_->setVisible(round_.has_value());
    panel_->setRoundStatus(status);
}

void LabelPlace::nextRound() {
    if (offered_)
        rounds_->setCurrentIndex(rounds_->findData(qint64(offered_->job)));
    else
        computeNextRound(false);
}

void LabelPlace::nextRoundHere() {
    computeNextRound(true);
}

void LabelPlace::computeNextRound(bool here) {
    if (!round_ || runner_->running())
        Q_EMIT said(runner_->running() ? tr("The next round is being computed")
                                       : tr("There is no round yet: start labelling first"));
    else
        runner_->computeNext(*round_, std::size_t(queue_.count(active::RoundList::Oracle).total), here);
}

void LabelPlace::startLabelling() {
    runner_->start();
}

} // namespace balmer::desktop
