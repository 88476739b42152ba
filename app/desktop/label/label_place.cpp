#include "app/desktop/label/label_place.h"

#include <algorithm>
#include <utility>

#include <QAbstractButton>
#include <QAction>
#include <QActionGroup>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QVBoxLayout>

#include "app/bridge/plotted.h"
#include "app/desktop/answers/answering.h"
#include "app/desktop/label/label_behind.h"
#include "app/desktop/label/label_words.h"
#include "app/desktop/label/queue_chooser.h"
#include "app/desktop/label/queue_loading.h"
#include "app/desktop/label/round_runner.h"
#include "app/desktop/place/actions.h"
#include "app/desktop/place/lines_form.h"
#include "widgets/common/progress_line.h"
#include "widgets/common/theme.h"
#include "widgets/labelling/queue_header.h"
#include "widgets/spectrum/line_plot.h"

namespace balmer::desktop {

namespace {
constexpr qsizetype mostPasted = 4 << 20; // letters
}

LabelPlace::LabelPlace(bridge::Session& session, QWidget* parent)
    : Place(session, QStringLiteral("label"), parent), panel_(new widgets::LabellingPanel),
      listCount_(new QLabel), precision_(new QLabel), running_(new QLabel),
      progress_(new widgets::ProgressLine), preparer_(new LabelPreparer(session, this)),
      behind_(new LabelBehind(session, *panel_, this)), runner_(new RoundRunner(session, this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    buildPanel();
    buildHeader();
    column->addWidget(progress_);
    column->addWidget(panel_, 1);
    connectRunner();
    wantedKey_ = kept(QStringLiteral("queue"));
    wantedId_ = kept(QStringLiteral("spectrum"));
    panel_->setPredictionsHidden(!kept(QStringLiteral("predictionsHidden")).isEmpty());
    const auto stale = [this] {
        stale_ = true;
        if (isVisible()) enter();
    };
    auto& events = session.events();
    connect(&events, &bridge::EventRelay::roundsChanged, this, stale);
    connect(&events, &bridge::EventRelay::datasetsChanged, this, stale);
    connect(&events, &bridge::EventRelay::catalogueChanged, this, stale);
    connect(&events, &bridge::EventRelay::labelsChanged, this, &LabelPlace::readLabelsAnew);
    connect(runner_, &RoundRunner::completed, this, stale);
    connect(behind_, &LabelBehind::said, this, &Place::said);
    connect(preparer_, &LabelPreparer::ready, this, &LabelPlace::showPrepared);
    connect(preparer_, &LabelPreparer::thumbnailReady, panel_, &widgets::LabellingPanel::setThumbnail);
    connect(&session.classes(), &bridge::LabelClasses::changed, this, &LabelPlace::followClasses);
    showStatus();
}

void LabelPlace::buildPanel() {
    panel_->setObjectName(QStringLiteral("labellingPanel"));
    connect(panel_, &widgets::LabellingPanel::labelGiven, this, &LabelPlace::take);
    connect(panel_, &widgets::LabellingPanel::restGiven, this, &LabelPlace::takeRest);
    connect(panel_, &widgets::LabellingPanel::sheetShown, this, [this](bool shown) {
        if (shown && queue_.current() >= 0) prepareAround(queue_.current());
    });
    connect(panel_, &widgets::LabellingPanel::undoRequested, this, &LabelPlace::undo);
    connect(panel_, &widgets::LabellingPanel::backRequested, this, [this] {
        // Also from the end, where every spectrum has its label.
        const int before = (queue_.current() < 0 ? queue_.size() : queue_.current()) - 1;
        if (before >= 0) go(before);
    });
    connect(panel_, &widgets::LabellingPanel::onRequested, this, [this] {
        if (queue_.current() >= 0 && queue_.contains(queue_.current() + 1)) go(queue_.current() + 1);
    });
    connect(panel_, &widgets::LabellingPanel::skipRequested, this, &LabelPlace::skip);
    connect(panel_, &widgets::LabellingPanel::itemRequested, this, [this](int index) { go(index); });
    connect(panel_, &widgets::LabellingPanel::nextRoundRequested, this, &LabelPlace::nextRound);
    connect(panel_, &widgets::LabellingPanel::commentEdited, this, &LabelPlace::takeComment);
    connect(panel_, &widgets::LabellingPanel::classesRequested, this,
            [this] { askForClasses(session_.classes(), this); });
    connect(panel_, &widgets::LabellingPanel::emptyActionTriggered, this, [this] {
        if (emptyAction_) emptyAction_();
    });
    auto* line = panel_->linePlot();
    if (const auto known = spectrum::findLine(plain(kept(QStringLiteral("line")))))
        line->setLine(widgets::marked(*known));
    connect(line, &widgets::LinePlot::lineChosen, this,
            [this](const QString& name) { keepValue(QStringLiteral("line"), name); });
    line->setLegendLimit(0);
    for (auto* plot : {static_cast<widgets::SpectrumPlot*>(line), panel_->windowPlot(), panel_->wholePlot()})
        connect(plot, &widgets::SpectrumPlot::readOut, this,
                [this](const QString& words) { Q_EMIT readOut(words); });
    panel_->windowPlot()->setLegendLimit(0);
    panel_->windowPlot()->setAxisLabels(bridge::wavelengthLabel(true), tr("flux [scaled]"));
    panel_->wholePlot()->setAxisLabels(bridge::wavelengthLabel(true), tr("flux [arb.]"));
}

void LabelPlace::buildHeader() {
    auto* unlabelled = makeAction(this, "labelUnlabelledAction", tr("Label all unlabelled"), {},
                                  tr("Every spectrum of which nothing has been said, one after the other"),
                                  [this] { labelUnlabelled(); });
    auto* paste = makeAction(
        this, "pasteSpectraAction", tr("Paste spectra…"), QKeySequence(Qt::CTRL | Qt::Key_V),
        tr("Label spectra whose names you have copied, one after the other"), [this] { pasteSpectra(); });
    auto* start =
        makeAction(this, "startLabellingAction", tr("Start labelling…"), QKeySequence(Qt::CTRL | Qt::Key_L),
                   tr("A new sequence of rounds: dataset, classes, targets"), [this] { startLabelling(); });
    removeList_ =
        makeAction(this, "removeListAction", tr("Forget this list"), {},
                   tr("Takes the list away from the queues; labels stay"), [this] { removeList(); });
    auto* next = makeAction(this, "computeNextRoundAction", tr("Compute the next round"), {},
                            tr("Train with the labels given so far and rank anew; Ctrl+Enter in the panel"),
                            [this] { nextRound(); });
    auto* nextHere = makeAction(
        this, "computeNextRoundHereAction", tr("Compute the next round on this computer"), {},
        tr("The same, whatever worker was chosen for the round before"), [this] { nextRoundHere(); });
    for (QAction* action : {start, next, nextHere})
        needsWriting(action, session_);
    chooser_ = new QueueChooser(session_, {unlabelled, paste, start, removeList_, buildPreparing()});
    connect(chooser_, &QueueChooser::chosen, this, [this](const QString& key) { load(key); });

    widgets::QueueHeader* header = panel_->header();
    header->addLeading(chooser_);
    const QString titles[] = {tr("oracle"), tr("estimate"), tr("candidates")};
    const QString tips[] = {tr("Asked by the oracle: what the model is least sure of"),
                            tr("To estimate the precision: a random sample of what it predicts as a target"),
                            tr("Candidates: what it predicts as a target, surest first")};
    const int keys[] = {Qt::Key_O, Qt::Key_E, Qt::Key_C};
    for (const auto list : active::roundLists) {
        const auto i = std::size_t(list);
        const std::string name = "list_" + std::string(active::toString(list)) + "_Action";
        lists_.push_back(makeAction(this, name.c_str(), titles[i], QKeySequence(Qt::ALT | keys[i]), tips[i],
                                    [this, list] { goToList(list); }));
        lists_.back()->setCheckable(true);
        lists_.back()->setProperty("words", titles[i]);
        auto* button = buttonFor(lists_.back(), this, ButtonLook::Flat);
        button->setFocusPolicy(Qt::TabFocus);
        header->addLeading(button);
    }
    listCount_->setObjectName(QStringLiteral("listCountText"));
    precision_->setObjectName(QStringLiteral("precisionText"));
    running_->setObjectName(QStringLiteral("roundRunningText"));
    header->addLeading(listCount_);
    header->addDetail(running_);
    header->addDetail(precision_);
}

QAction* LabelPlace::buildPreparing() {
    if (const QString wanted = kept(QStringLiteral("prepareEvery")); !wanted.isEmpty())
        prepareEvery_ = wanted.toInt();
    auto* menu = new QMenu(tr("Prepare the next round by itself"), this);
    menu->setToolTipsVisible(true);
    auto* group = new QActionGroup(this);
    for (const int every : {0, 10, 25, 50}) {
        const std::string name = "prepareAfter" + std::to_string(every) + "Action";
        auto* action =
            makeAction(this, name.c_str(),
                       every == 0 ? tr("Never prepare a round by itself")
                                  : tr("Prepare the next round after every %1 labels").arg(every),
                       {},
                       every == 0 ? tr("A round is computed when you ask for it (Ctrl+Enter)")
                                  : tr("It is computed while you label, and shown when you ask for it"),
                       [this, every] {
                           prepareEvery_ = every;
                           answersSinceRound_ = 0;
                       });
        action->setCheckable(true);
        action->setChecked(every == prepareEvery_);
        group->addAction(action);
        menu->addAction(action);
    }
    return menu->menuAction();
}

void LabelPlace::prepareRound() {
    if (!round_ || prepareEvery_ == 0 || ++answersSinceRound_ < prepareEvery_ || runner_->running()) return;
    computeNextRound(false);
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
    if (std::exchange(stale_, false)) loadChoices();
    countToday();
    panel_->setFocus();
}

void LabelPlace::countToday() {
    session_.lists().latest(
        this, "counts",
        [&workbench = session_.workbench()](const std::stop_token&) {
            return workbench.labelling().counts();
        },
        [this](const core::Result<api::LabelCounts>& counts) {
            if (counts) labelsToday_ = counts->today;
            showStatus();
        });
}

void LabelPlace::keep() {
    keepValue(QStringLiteral("queue"), shown_);
    keepValue(QStringLiteral("spectrum"), currentId());
    keepValue(QStringLiteral("prepareEvery"), QString::number(prepareEvery_));
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
    const auto add = [&](const QString& title, std::optional<active::RoundList> list) {
        api::TableChoice table;
        table.name = plain(title);
        for (const auto& entry : queue_.entries())
            if (entry.list() == list) table.ids.push_back(entry.id);
        if (table.ids.empty()) return;
        what.lists.push_back(
            {tr("%1 (%2), as a table").arg(title, countText(table.ids.size())), std::move(table)});
    };
    for (const auto list : active::roundLists)
        add(bridge::listTitle(list), list);
    add(tr("The queue of Label"), std::nullopt);
    return what;
}

void LabelPlace::loadChoices() {
    struct Answer {
        core::Result<std::vector<api::RoundInfo>> rounds;
        bool datasets = false, spectra = false;
    };
    session_.lists().latest(
        this, "rounds",
        [&workbench = session_.workbench()](const std::stop_token&) {
            Answer answer{workbench.labelling().rounds(), false, false};
            if (const auto datasets = workbench.datasets().list()) answer.datasets = !datasets->empty();
            if (const auto any = workbench.spectra().list({}, 1)) answer.spectra = !any->empty();
            return answer;
        },
        [this](const Answer& answer) {
            hasDatasets_ = answer.datasets;
            hasSpectra_ = answer.spectra;
            if (answer.rounds)
                showChoices(*answer.rounds);
            else
                panel_->setError(errorSentence(answer.rounds.error()));
        });
}

void LabelPlace::showChoices(const std::vector<api::RoundInfo>& rounds) {
    chooser_->setRounds(rounds);
    const jobs::JobId newest = rounds.empty() ? 0 : rounds.front().job;
    const bool grew = std::exchange(newestRound_, newest) != newest && newest != 0;
    if (shown_.isEmpty() && !loading_.isEmpty()) {
        // What was asked for comes.
    } else if (shown_.isEmpty()) {
        // Where the user was, or what asks for labels.
        const bool again = chooser_->has(wantedKey_);
        const QString key = again ? wantedKey_ : newest != 0 ? QueueKey::ofRound(newest) : QString();
        if (!key.isEmpty())
            load(key, again ? wantedId_ : QString());
        else
            showEmpty();
    } else if (grew && (!round_ || round_->job != newest)) {
        if (round_ && queue_.current() < 0) {
            load(QueueKey::ofRound(newest));
        } else {
            offered_ = rounds.front();
            Q_EMIT said(tr("Round %1 is ready: Ctrl+Enter shows it").arg(offered_->number));
        }
    } else if (queue_.current() < 0) {
        showEmpty();
    }
    showStatus();
}

void LabelPlace::labelThese(const LabelList& list) {
    load(chooser_->add(list), list.start);
}

void LabelPlace::load(const QString& key, const QString& start) {
    chooser_->setKey(key);
    loading_ = key;
    progress_->setFraction(-1);
    std::function<core::Result<LoadedQueue>(api::Workbench&, const std::stop_token&)> read;
    if (const auto job = QueueKey::round(key))
        read = [job = *job](auto& workbench, const auto& stop) { return loadRound(workbench, job, stop); };
    else if (const auto* list = chooser_->lists().find(QueueKey::list(key).value_or(0)))
        read = [ids = list->ids, reasons = list->reasons](auto& workbench, const auto& stop) {
            return loadList(workbench, ids, reasons, stop);
        };
    else
        read = [](auto& workbench, const auto& stop) { return loadUnlabelled(workbench, stop); };
    session_.lists().latest(
        this, "queue",
        [&workbench = session_.workbench(), read = std::move(read)](const std::stop_token& stop) {
            return read(workbench, stop);
        },
        [this, key, start](core::Result<LoadedQueue> loaded) {
            progress_->finish();
            loading_.clear();
            if (loaded) {
                showQueue(key, std::move(*loaded), start);
            } else {
                chooser_->setKey(shown_);
                panel_->setError(errorSentence(loaded.error()));
            }
        });
}

void LabelPlace::showQueue(const QString& key, LoadedQueue loaded, const QString& start) {
    const bool first = shown_.isEmpty();
    shown_ = key;
    round_ = std::move(loaded.round);
    if (offered_ && round_ && offered_->job == round_->job) offered_.reset();
    queue_ = LabelQueue(std::move(loaded.entries), std::move(loaded.verdicts));
    preparer_->setQueue(loaded.dataset, std::move(loaded.predictions));
    behind_->setDataset(loaded.dataset);
    followClasses();
    std::vector<widgets::QueueEntry> strip;
    strip.reserve(queue_.entries().size());
    for (const auto& entry : queue_.entries()) {
        const auto given = answerOf(queue_.verdict(entry.id));
        strip.push_back({text(entry.id), entry.list(), given ? widgets::answerWord(*given) : QString(), {}});
    }
    panel_->setQueue(std::move(strip));
    panel_->setError({});
    precision_->setVisible(round_ && round_->precision);
    if (round_ && round_->precision) {
        precision_->setText(round_->precisionLower95
                                ? tr("precision %1 ≥ %2")
                                      .arg(bridge::numberText(round_->precision, 2),
                                           bridge::numberText(round_->precisionLower95, 2))
                                : tr("precision %1").arg(bridge::numberText(round_->precision, 2)));
        precision_->setToolTip(
            tr("At least so much with 95 % confidence; estimated from %1 of the performance-estimate lists")
                .arg(countText(round_->judged, tr("label"), tr("labels"))));
    }
    sinceLabel_.invalidate();
    go(queue_.start(plain(start)), first);
}

void LabelPlace::followClasses() {
    if (round_) {
        QStringList names;
        for (const auto& name : round_->classes)
            names << text(name);
        preparer_->setClasses(names);
        const auto rest = std::ranges::find_if(round_->classes, [this](const auto& name) {
            return std::ranges::find(round_->targets, name) == round_->targets.end();
        });
        panel_->setRestClass(rest == round_->classes.end() ? QString() : text(*rest));
        // So that a digit means the same in every place.
        session_.classes().putFirst(names);
        return;
    }
    preparer_->setClasses(session_.classes().names());
    panel_->setRestClass(session_.classes().names().value(0));
    if (!currentId().isEmpty()) showPrepared(currentId());
    if (!shown_.isEmpty() && session_.classes().names().isEmpty()) askForClasses(session_.classes(), this);
}

void LabelPlace::offer(const QString& sentence, const QString& action, std::function<void()> then) {
    emptyAction_ = std::move(then);
    panel_->clearCurrent(sentence, action);
}

void LabelPlace::showEmpty() {
    if (!session_.onlyReads().isEmpty())
        offer(session_.onlyReads(), {}, {});
    else if (round_)
        offer(tr("Every spectrum of this round is labelled: train with the labels and rank anew"),
              tr("Next round"), [this] { nextRound(); });
    else if (!shown_.isEmpty() && shown_ != QueueKey::unlabelled())
        offer(tr("Every spectrum of this list is labelled; ← goes back over them"),
              tr("Label all unlabelled"), [this] { labelUnlabelled(); });
    else if (!shown_.isEmpty())
        offer(tr("Every spectrum of this project is labelled"), {}, {});
    else if (hasDatasets_)
        offer(
            tr("Nothing is in the queue: choose spectra in Data or Map and press L, or let the network ask"),
            tr("Start labelling…"), [this] { startLabelling(); });
    else if (hasSpectra_)
        offer(tr("Nothing is in the queue: choose spectra in Data and press L, or take them all"),
              tr("Label all unlabelled"), [this] { labelUnlabelled(); });
    else
        offer(tr("Labelling needs spectra: import some first"), tr("Go to Data"),
              [this] { Q_EMIT placeRequested(QStringLiteral("data")); });
}

void LabelPlace::labelUnlabelled() {
    chooser_->choose(QueueKey::unlabelled());
}

void LabelPlace::removeList() {
    const auto number = QueueKey::list(shown_);
    if (!number) return;
    chooser_->remove(*number);
    shown_.clear();
    queue_ = {};
    panel_->setQueue({});
    go(-1);
}

void LabelPlace::pasteSpectra() {
    auto* form =
        new LinesForm({QStringLiteral("paste"), tr("Paste spectra"),
                       tr("Spectra of this project, each in a line of its own: by id, by the survey's id, by "
                          "file or by object."),
                       tr("names of spectra"), tr("They become the queue of Label"), tr("Label these")},
                      QGuiApplication::clipboard()->text().left(mostPasted).split('\n'), this);
    connect(form, &LinesForm::given, this,
            [this, form](const QStringList& names) { takeNames(form, names); });
    form->show();
}

void LabelPlace::takeNames(LinesForm* form, const QStringList& names) {
    std::vector<std::string> wanted;
    for (const QString& name : names)
        wanted.push_back(plain(name));
    session_.lists().latest(
        form, "names",
        [&workbench = session_.workbench(), wanted = std::move(wanted)](const std::stop_token&) {
            return workbench.spectra().named(wanted);
        },
        [this, form](core::Result<api::NamedRows> named) {
            if (!named) return form->refuse(errorSentence(named.error()));
            QStringList missing;
            for (const auto* without : {&named->unknown, &named->ambiguous})
                for (const auto& name : *without)
                    missing << text(name);
            const qsizetype left = missing.size();
            constexpr qsizetype shown = 5;
            const QString which = missing.mid(0, shown).join(QStringLiteral(", ")) +
                                  (left > shown ? QStringLiteral(" …") : QString());
            if (named->ids.empty())
                return form->refuse(tr("No spectrum of this project has one of these names, or several have "
                                       "it: %1")
                                        .arg(which));
            if (left > 0)
                Q_EMIT said(tr("Left out, since no spectrum has the name or several have it: %1 (%2)")
                                .arg(which, countText(std::size_t(left))));
            labelThese({tr("pasted"), std::move(named->ids), {}});
            form->accept();
        });
}

void LabelPlace::showStatus() {
    widgets::QueueStatus status;
    status.labelsToday = int(labelsToday_);
    status.secondsPerLabel = pace_.seconds();
    const int current = queue_.current();
    const auto shownList = current >= 0 ? queue_.at(current).list() : std::nullopt;
    if (round_) {
        const bool any = queue_.anyDone();
        status.nextRoundPossible = any && !runner_->running();
        status.nextRoundHint = runner_->running() ? tr("The next round is being computed")
                               : any ? tr("Train with the labels given so far and rank the dataset anew")
                                     : tr("Label at least one spectrum of this round first");
    } else {
        status.nextRoundHint = tr("The queue is no round: choose one, or start labelling by rounds (Ctrl+L)");
    }
    if (offered_) {
        status.readyRound = offered_->number;
        status.nextRoundPossible = true;
        status.nextRoundHint = tr("It was computed while you labelled: show it");
    }
    for (const auto list : active::roundLists) {
        QAction* action = lists_[std::size_t(list)];
        action->setVisible(round_.has_value());
        action->setChecked(current >= 0 && shownList == list);
        action->setText(QStringLiteral("%1  %2/%3")
                            .arg(action->property("words").toString())
                            .arg(queue_.count(list).done)
                            .arg(queue_.count(list).total));
    }
    const auto& count = queue_.count(std::nullopt);
    listCount_->setVisible(!round_ && count.total > 0);
    listCount_->setText(
        tr("%1 of %2 labelled").arg(countText(std::size_t(count.done)), countText(std::size_t(count.total))));
    chooser_->setVisible(hasSpectra_ || !shown_.isEmpty());
    removeList_->setEnabled(QueueKey::list(shown_).has_value());
    panel_->setStatus(status);
}

void LabelPlace::nextRound() {
    if (offered_)
        chooser_->choose(QueueKey::ofRound(offered_->job));
    else
        computeNextRound(false);
}

void LabelPlace::nextRoundHere() {
    computeNextRound(true);
}

void LabelPlace::computeNextRound(bool here) {
    if (!round_ || runner_->running())
        Q_EMIT said(runner_->running() ? tr("The next round is being computed")
                                       : tr("The queue is no round: start labelling by rounds first"));
    else {
        answersSinceRound_ = 0;
        runner_->computeNext(*round_, std::size_t(queue_.count(active::RoundList::Oracle).total), here);
    }
}

void LabelPlace::startLabelling() {
    runner_->start();
}

} // namespace balmer::desktop
